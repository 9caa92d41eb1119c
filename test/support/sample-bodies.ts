/** What office mail has below its header. */
import type { Random } from "./random.ts";
import { base64Lines, lines, quotedPrintable, words } from "./sample-text.ts";

export interface SampleBody {
  /** The MIME fields that go with it, whole lines. */
  readonly headers: string;
  readonly octets: Buffer;
}

export interface BodyKind {
  readonly name: string;
  readonly weight: number;
  make(random: Random, octets: number): SampleBody;
}

const ATTACHMENTS: readonly (readonly [string, string])[] = [
  ["application/pdf", "invoice.pdf"],
  ["image/jpeg", "photo.jpg"],
  ["application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "figures.xlsx"],
  ["application/zip", "files.zip"],
];

export const bodyKinds: readonly BodyKind[] = [
  {
    name: "plain",
    weight: 24,
    make: (random, octets) => body(text("us-ascii", "7bit"), lines(random, octets)),
  },
  { name: "no-mime", weight: 4, make: (random, octets) => body("", lines(random, octets)) },
  {
    name: "plain-8bit",
    weight: 10,
    make: (random, octets) => body(text("utf-8", "8bit"), lines(random, octets, true)),
  },
  { name: "latin1-8bit", weight: 4, make: latin1 },
  {
    name: "quoted-printable",
    weight: 10,
    make: (random, octets) =>
      body(text("utf-8", "quoted-printable"), quotedPrintable(lines(random, octets * 0.9, true))),
  },
  {
    name: "html",
    weight: 8,
    make: (random, octets) => body(text("utf-8", "8bit", "html"), html(random, octets)),
  },
  { name: "alternative", weight: 14, make: alternative },
  { name: "mixed", weight: 18, make: mixed },
  { name: "report", weight: 2, make: report },
  { name: "dots", weight: 2, make: (random, octets) => body(text("us-ascii", "7bit"), dots(random, octets)) },
  { name: "long-lines", weight: 2, make: longLines },
  { name: "empty", weight: 1, make: () => body("", "") },
  { name: "blank-end", weight: 1, make: (random) => body("", `${lines(random, 400)}\r\n\r\n \r\n\r\n`) },
];

function body(headers: string, octets: string, encoding: "utf8" | "latin1" = "utf8"): SampleBody {
  return {
    headers: headers === "" ? "" : `MIME-Version: 1.0\r\n${headers}`,
    octets: Buffer.from(octets, encoding),
  };
}

function text(charset: string, encoding: string, subtype = "plain"): string {
  return `Content-Type: text/${subtype}; charset=${charset}\r\nContent-Transfer-Encoding: ${encoding}\r\n`;
}

function latin1(random: Random, octets: number): SampleBody {
  const short = lines(random, octets, true).replace(/[^\x00-\xff]/g, "?");
  return body(text("iso-8859-1", "8bit"), short, "latin1");
}

function html(random: Random, octets: number): string {
  return `<html><head><title>${words(random, 3)}</title></head><body>\r\n<p>\r\n${lines(random, octets, true)}</p>\r\n</body></html>\r\n`;
}

function boundary(random: Random): string {
  return `=_${random.integer(1e8, 9e8)}.${random.integer(1e8, 9e8)}`;
}

function alternative(random: Random, octets: number): SampleBody {
  const mark = boundary(random);
  const plain = `--${mark}\r\n${text("utf-8", "8bit")}\r\n${lines(random, octets / 3, true)}\r\n`;
  const rich = `--${mark}\r\n${text("utf-8", "8bit", "html")}\r\n${html(random, octets / 2)}\r\n`;
  return body(
    `Content-Type: multipart/alternative;\r\n\tboundary="${mark}"\r\n`,
    `${plain}${rich}--${mark}--\r\n`,
  );
}

function mixed(random: Random, octets: number): SampleBody {
  const mark = boundary(random);
  const first = `--${mark}\r\n${text("us-ascii", "7bit")}\r\n${lines(random, Math.min(1_500, octets / 3))}\r\n`;
  const room = Math.max(200, octets - first.length - 400);
  const count = room > 20_000 ? random.integer(1, 3) : 1;
  const parts = Array.from({ length: count }, (_, index) => {
    const [type, file] = random.pick(ATTACHMENTS);
    return `--${mark}\r\nContent-Type: ${type}; name="${index}-${file}"\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename="${index}-${file}"\r\n\r\n${base64Lines(random, room / count - 250)}\r\n`;
  });
  const preamble = random.chance(0.5) ? "This is a multi-part message in MIME format.\r\n" : "";
  return body(
    `Content-Type: multipart/mixed;\r\n boundary="${mark}"\r\n`,
    `${preamble}${first}${parts.join("")}--${mark}--\r\n`,
  );
}

/** A delivery report of another server (RFC 3464). */
function report(random: Random): SampleBody {
  const mark = boundary(random);
  const who = `user${random.integer(1, 99)}@remote.test`;
  return body(
    `Content-Type: multipart/report; report-type=delivery-status;\r\n\tboundary="${mark}"\r\nAuto-Submitted: auto-replied\r\n`,
    `--${mark}\r\n${text("us-ascii", "7bit")}\r\nYour message to <${who}> could not be delivered.\r\n\r\n` +
      `--${mark}\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.remote.test\r\n\r\nFinal-Recipient: rfc822; ${who}\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 unknown\r\n\r\n` +
      `--${mark}\r\nContent-Type: text/rfc822-headers\r\n\r\nSubject: ${words(random, 4)}\r\n\r\n--${mark}--\r\n`,
  );
}

function dots(random: Random, octets: number): string {
  let out = ".\r\n..\r\n";
  while (out.length < Math.min(octets, 8_000))
    out += `${".".repeat(random.integer(1, 5))}${random.pick(["", " ", "end", "\t."])}\r\n`;
  return `${out}.\r\n`;
}

/** At the limit of RFC 5322 (998) and, as everyday senders do, above it. */
function longLines(random: Random, octets: number): SampleBody {
  const sizes = octets < 8_000 ? [998, 999, 1_500] : [998, 999, random.integer(1_500, 9_000), 20_000];
  const rows = sizes.map((size) => words(random, size).slice(0, size));
  return body(text("us-ascii", "7bit"), `${rows.join("\r\n")}\r\nshort\r\n`);
}
