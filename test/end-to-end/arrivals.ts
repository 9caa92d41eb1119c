/**
 * What went into a mailbox against what came out at the mail server and what stayed in the folders: nothing may be
 * missing, nothing may be more, nothing may have changed. Compared by content, with the tests' own normaliser.
 */
import { normaliseLineEnds, stripTrace } from "../support/line-ends.ts";
import { sha256 } from "../support/message-content.ts";
import type { ReceivedMail } from "../support/smtp-mail-server.ts";
import type { GatewayKit } from "./gateway-kit.ts";

export interface Sent {
  readonly uid: string;
  readonly content: Buffer;
}

export interface Account {
  /** Ids by what became of the message. */
  readonly delivered: readonly string[];
  readonly errors: readonly string[];
  readonly junk: readonly string[];
  /** Neither delivered nor in a folder. */
  readonly missing: readonly string[];
  /** Received at the mail server, and equal to nothing that was sent (or once too often). */
  readonly strange: readonly ReceivedMail[];
}

/** `copies`: how many transactions a message takes; one by default. Reports are to be left out of `received`. */
export function account(
  sent: readonly Sent[],
  received: readonly ReceivedMail[],
  kit: GatewayKit,
  copies: (uid: string) => number = () => 1,
): Account {
  const open = Map.groupBy(sent, ({ content }) => key(content));
  const strange: ReceivedMail[] = [];
  const delivered: string[] = [];
  for (const [hash, group] of Map.groupBy(received, receivedKey)) {
    const originals = open.get(hash) ?? [];
    let left = group.length;
    while (originals.length > 0 && left > 0) {
      const { uid } = originals.shift() as Sent;
      delivered.push(uid);
      left -= copies(uid);
    }
    if (left !== 0) strange.push(...group);
  }
  const stored = (folder: "Errors" | "Junk"): string[] => {
    const uids: string[] = [];
    for (const bytes of kit.files(folder).values()) {
      const original = open.get(key(bytes))?.shift();
      if (original !== undefined) uids.push(original.uid);
    }
    return uids;
  };
  const [errors, junk] = [stored("Errors"), stored("Junk")];
  const missing = [...open.values()].flatMap((originals) => originals.map(({ uid }) => uid));
  return { delivered, errors, junk, missing, strange };
}

function key(content: Buffer): string {
  return sha256(normaliseLineEnds(content));
}

function receivedKey({ bytes, sequence }: ReceivedMail): string {
  try {
    return sha256(stripTrace(bytes ?? Buffer.alloc(0)));
  } catch (error) {
    return `${sequence}: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** A report of ours, by its header. */
export function isReport({ bytes }: ReceivedMail): boolean {
  const text = bytes?.subarray(0, 8_192).toString("latin1") ?? "";
  return /\r\nX-EFS-Report: /i.test(text.slice(0, text.indexOf("\r\n\r\n") + 2));
}
