/** A message's octets in the page: fetched a piece at a time, read as text. Pure but for the port. */
import { type MessagePiece, PIECE_BYTES, type WireResult } from "../../core/api/contract.ts";
import { ProblemError } from "../../core/model/problem.ts";

/** What is read whole to be shown; what is larger can be saved. */
export const SHOWN_BYTES = 33_554_432;

export type FetchPiece = (offset: number, length: number) => Promise<WireResult<MessagePiece>>;

export interface Fetching {
  readonly signal?: AbortSignal;
  readonly onProgress?: (octets: number, size: number) => void;
  /** No more than these. */
  readonly most?: number;
}

/** Rejects with ProblemError, and with the signal's reason when it was ended. */
export async function fetchOctets(
  fetchPiece: FetchPiece,
  { signal, onProgress, most = Number.POSITIVE_INFINITY }: Fetching = {},
): Promise<readonly Uint8Array<ArrayBuffer>[]> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let offset = 0;
  for (;;) {
    signal?.throwIfAborted();
    const result = await fetchPiece(offset, Math.min(PIECE_BYTES, most - offset));
    signal?.throwIfAborted();
    if ("error" in result) throw new ProblemError(result.error);
    const piece = octetsOfBase64(result.ok.content);
    const { size } = result.ok;
    if (piece.length > 0) pieces.push(piece);
    offset += piece.length;
    onProgress?.(offset, size);
    if (piece.length === 0 || offset >= Math.min(size, most)) return pieces;
  }
}

export function octetsOfBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const octets = new Uint8Array(binary.length);
  for (let index = 0; index < binary.length; index += 1) octets[index] = binary.charCodeAt(index);
  return octets;
}

export function joined(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const piece of pieces) {
    whole.set(piece, offset);
    offset += piece.length;
  }
  return whole;
}

const strict = new TextDecoder("utf-8", { fatal: true });
const western = new TextDecoder("windows-1252");

/** UTF-8 where it is, else as Windows in western Europe wrote it: something readable always comes out. */
export function readableText(octets: Uint8Array): string {
  try {
    return strict.decode(octets);
  } catch {
    return western.decode(octets);
  }
}

/** Longer lines are shown in parts of this many characters. */
const LONGEST_LINE = 1_000;
const LF = 10;
const CR = 13;

/** Each line read for itself, as one broken character must not change all others. Without line ends. */
export function sourceLines(octets: Uint8Array): readonly string[] {
  const lines: string[] = [];
  let start = 0;
  while (start < octets.length) {
    const found = octets.indexOf(LF, start);
    const end = found === -1 ? octets.length : found;
    const cut = end > start && octets[end - 1] === CR ? end - 1 : end;
    const text = readableText(octets.subarray(start, cut));
    if (text.length <= LONGEST_LINE) lines.push(text);
    else {
      for (let at = 0; at < text.length; at += LONGEST_LINE) lines.push(text.slice(at, at + LONGEST_LINE));
    }
    start = end + 1;
  }
  return lines;
}

export interface HeaderField {
  readonly name: string;
  /** Unfolded; encoded words as they are. */
  readonly value: string;
}

/** The fields of the header at the top, in their order; what is no field is left out. */
export function headerFields(octets: Uint8Array): readonly HeaderField[] {
  const fields: { name: string; value: string }[] = [];
  for (const line of sourceLines(octets)) {
    if (line === "") break;
    const last = fields.at(-1);
    if (/^[ \t]/.test(line)) {
      if (last !== undefined) last.value = `${last.value} ${line.trim()}`.trim();
      continue;
    }
    const found = /^([!-9;-~]+)[ \t]*:(.*)$/s.exec(line);
    if (found !== null) fields.push({ name: found[1] ?? "", value: (found[2] ?? "").trim() });
    else if (last !== undefined) last.value += line;
  }
  return fields;
}
