/**
 * One POP3 connection's lines for the detail window.
 *
 * 1. Secrets are masked here, at the source: PASS, APOP's digest, everything behind AUTH's mechanism, and the
 *    password wherever a server should repeat it.
 * 2. Bodies are folded into one line; of a listing only its size is told.
 */
import type { Tap } from "../model/ports.ts";
import { escapeUnprintable } from "../model/reply.ts";

export const MASK = "•••";

let sessions = 0;

export class Pop3Transcript {
  /** As in `TranscriptEntry.session`. */
  readonly session: string;
  readonly #accountId: string;
  readonly #tap: Tap | null;
  #secret: string | null = null;

  constructor(accountId: string, tap: Tap | null) {
    sessions += 1;
    this.session = `pop3-${sessions}`;
    this.#accountId = accountId;
    this.#tap = tap;
  }

  /** From now on this text never appears, in either direction. */
  hide(secret: string): void {
    this.#secret = secret;
  }

  /** `text` with the password taken out and unprintable characters escaped: fit for people. */
  clean(text: string): string {
    const secret = this.#secret;
    // A one- or two-letter password is no secret, and to mask it would garble every line.
    const open = secret === null || secret.length < 3 ? text : text.replaceAll(secret, MASK);
    return escapeUnprintable(open);
  }

  client(command: string): void {
    this.#emit("client", maskCommand(command));
  }

  server(text: string): void {
    this.#emit("server", text);
  }

  note(text: string): void {
    this.#emit("note", text);
  }

  #emit(direction: "client" | "server" | "note", text: string): void {
    if (this.#tap === null) return;
    const { session } = this;
    this.#tap({ session, protocol: "pop3", peer: this.#accountId, direction, text: this.clean(text) });
  }
}

/** A command as people may see it. */
export function maskCommand(command: string): string {
  const [name = ""] = command.split(" ", 1);
  switch (name.toUpperCase()) {
    case "PASS":
      return `${name} ${MASK}`;
    case "APOP":
      return command.replace(/ [^ ]*$/, ` ${MASK}`);
    case "AUTH":
      return command.replace(/^(AUTH [^ ]+) .*$/i, `$1 ${MASK}`);
    default:
      return command;
  }
}

/** `(1,234 octets)` */
export function foldedBody(octets: number): string {
  return `(${grouped(octets)} octets)`;
}

/** `(2 lines, 1,234 octets)` */
export function foldedListing(lines: number, octets: number): string {
  return `(${grouped(lines)} lines, ${grouped(octets)} octets)`;
}

/** `1,234`. Without `toLocaleString`: to load what it knows takes longer than a hundred messages. */
function grouped(count: number): string {
  let digits = String(count);
  let groups = "";
  for (; digits.length > 3; digits = digits.slice(0, -3)) groups = `,${digits.slice(-3)}${groups}`;
  return digits + groups;
}
