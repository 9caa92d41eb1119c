/**
 * What the tests compare delivered mail with, written without any of the gateway's code.
 *
 * 1. On the wire every bare CR and every bare LF is CRLF (RFC 5321 2.3.8), and the last line is ended.
 * 2. The gateway adds exactly one Received header, on top; nothing else differs.
 */
const CR = 0x0d;
const LF = 0x0a;
const CRLF = Buffer.from("\r\n");

/** Bare CR and bare LF become CRLF; a last line without end gets one. Nothing stays nothing. */
export function normaliseLineEnds(bytes: Buffer): Buffer {
  let extra = 0;
  for (let index = 0; index < bytes.length; index += 1) {
    if (bytes[index] === CR && bytes[index + 1] === LF) index += 1;
    else if (bytes[index] === CR || bytes[index] === LF) extra += 1;
  }
  const unended = bytes.length > 0 && bytes[bytes.length - 1] !== LF && bytes[bytes.length - 1] !== CR;
  if (extra === 0 && !unended) return bytes;
  const out = Buffer.allocUnsafe(bytes.length + extra + (unended ? 2 : 0));
  let length = 0;
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index] as number;
    if (byte === CR || byte === LF) {
      out[length++] = CR;
      out[length++] = LF;
      if (byte === CR && bytes[index + 1] === LF) index += 1;
    } else {
      out[length++] = byte;
    }
  }
  if (unended) CRLF.copy(out, length);
  return out;
}

/** Only the line end of the last line is completed: what a POP3 server has to do before it can send the dot. */
export function completeLastLine(bytes: Buffer): Buffer {
  const last = bytes[bytes.length - 1];
  if (last === undefined) return bytes;
  if (last === LF) {
    return bytes[bytes.length - 2] === CR ? bytes : Buffer.concat([bytes.subarray(0, -1), CRLF]);
  }
  return Buffer.concat([bytes, last === CR ? CRLF.subarray(1) : CRLF]);
}

/** Our trace header as it must look: it names the program, and ends with its date on the field's last line. */
const TRACE =
  /^Received: (?:from [^\r\n]+\r\n\t)?by \S+ \(EFS Mail Gateway [^\r\n()]+\)(?:\r\n\t[^\r\n]+?)*?;(?:\r\n\t| )\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} [+-]\d{4}\r\n/;

/** Removes exactly our one Received header from the top. Throws when the first field is not ours. */
export function stripTrace(bytes: Buffer): Buffer {
  const top = bytes.subarray(0, 4_096).toString("latin1");
  const trace = TRACE.exec(top)?.[0];
  if (trace === undefined) {
    throw new Error(`no trace header of ours on top, but: ${JSON.stringify(top.slice(0, 200))}`);
  }
  return bytes.subarray(trace.length);
}

/** Where two byte strings part, for a failed comparison; null when they are equal. */
export function firstDifference(actual: Buffer, expected: Buffer): string | null {
  if (actual.equals(expected)) return null;
  const limit = Math.min(actual.length, expected.length);
  let at = 0;
  while (at < limit && actual[at] === expected[at]) at += 1;
  const show = (bytes: Buffer): string =>
    JSON.stringify(bytes.subarray(Math.max(0, at - 20), at + 40).toString("latin1"));
  return `octet ${at}: got ${show(actual)}, expected ${show(expected)} (${actual.length} and ${expected.length} octets)`;
}
