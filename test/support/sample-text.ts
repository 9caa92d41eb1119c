/** Words, lines and attachments that office mail is made of. */
import type { Random } from "./random.ts";

const WORDS =
  "about after agenda amount and approval as attached at balance before budget by call changes client comments confirm contract copy costs date deadline delivery department discuss draft due enclosed figures final first for forward from further good hours in invoice is it items kind last latest letter list look meeting minutes Monday month morning new next note number of offer office on open order our payment phone plan please price project proposal quarter question received regarding reply report review room schedule second send server ship signed site soon staff start status stock team thank that the this time to tomorrow training travel update visit we week will with work you your".split(
    " ",
  );
const WORDS_8BIT = [
  "Grüße",
  "Übersicht",
  "Straße",
  "façade",
  "élève",
  "naïve",
  "señor",
  "smørrebrød",
  "10 €",
  "日程",
  "привет",
];

export function words(random: Random, count: number, eightBit = false): string {
  return Array.from({ length: count }, () =>
    eightBit && random.chance(0.12) ? random.pick(WORDS_8BIT) : random.pick(WORDS),
  ).join(" ");
}

/** About so many octets of lines, among them those that trip careless programs: dots, `From `, blanks at the end. */
export function lines(random: Random, octets: number, eightBit = false): string {
  const out: string[] = [];
  for (let size = 0; size < octets; ) {
    const line = oneLine(random, words(random, random.integer(4, 12), eightBit));
    out.push(line);
    size += Buffer.byteLength(line) + 2;
  }
  return out.map((line) => `${line}\r\n`).join("");
}

function oneLine(random: Random, text: string): string {
  return random.weighted([
    [text, 83],
    ["", 8],
    [`.${text}`, 2],
    [".", 1],
    ["..", 1],
    [`From ${text}`, 1],
    [`> ${text}`, 2],
    [`${text}  `, 1],
    [`\t${text}`, 1],
  ]);
}

/** Base64 of random octets, in lines of 76, about so many octets in all. */
export function base64Lines(random: Random, octets: number): string {
  const rows = Math.max(1, Math.floor(octets / 78));
  return random
    .bytes(rows * 57)
    .toString("base64")
    .replace(/.{76}/g, "$&\r\n");
}

/** Quoted-printable, each line at most 76 octets (RFC 2045 6.7). */
export function quotedPrintable(text: string): string {
  const encoded = text.split("\r\n").map((line) => {
    let row = "";
    let out = "";
    const bytes = Buffer.from(line);
    for (const [index, byte] of bytes.entries()) {
      const last = index === bytes.length - 1;
      const plain = byte >= 0x21 && byte <= 0x7e && byte !== 0x3d;
      const blank = (byte === 0x20 || byte === 0x09) && !last;
      const piece =
        plain || blank ? String.fromCharCode(byte) : `=${byte.toString(16).toUpperCase().padStart(2, "0")}`;
      if (row.length + piece.length > 75) {
        out += `${row}=\r\n`;
        row = "";
      }
      row += piece;
    }
    return out + row;
  });
  return encoded.join("\r\n");
}

/** RFC 2047, in words of at most 75 octets, folded. */
export function encodedWords(text: string, form: "B" | "Q"): string {
  const pieces: string[] = [];
  let piece = "";
  for (const character of text) {
    if (Buffer.byteLength(piece + character) > (form === "B" ? 42 : 20)) {
      pieces.push(piece);
      piece = "";
    }
    piece += character;
  }
  pieces.push(piece);
  return pieces
    .map((each) =>
      form === "B"
        ? `=?UTF-8?B?${Buffer.from(each).toString("base64")}?=`
        : `=?utf-8?Q?${[...Buffer.from(each)].map(qOctet).join("")}?=`,
    )
    .join("\r\n ");
}

function qOctet(byte: number): string {
  const character = String.fromCharCode(byte);
  if (character === " ") return "_";
  return /[A-Za-z0-9]/.test(character) ? character : `=${byte.toString(16).toUpperCase().padStart(2, "0")}`;
}
