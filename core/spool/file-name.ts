/**
 * Names of message files: `<owner>-<hash>-<queue id>.eml`, at most 64 lower-case ASCII characters.
 *
 * The owner is the account's id, or `_hand`, `_report`, `_alert` (an account's id never begins with `_`). The
 * hash is of the message's identity on its server, so that a file which lost its record still says what was
 * collected (PRODUCT section 2, rule 6).
 */
import { hash } from "node:crypto";
import type { MessageKind } from "../model/message.ts";

const NAME = /^(_?[a-z0-9][a-z0-9-]{0,15})-([0-9a-f]{28})-([0-9a-f]{12})\.eml$/;
const OWNER = /^_?[a-z0-9][a-z0-9-]{0,15}$/;

/** Stands for the account of a file that was put into Inbox by hand. */
export const HAND_ACCOUNT = "_hand";

export interface FileNameParts {
  readonly kind: MessageKind;
  readonly accountId: string;
  readonly uidHash: string;
  /** As in the journal: upper case. */
  readonly queueId: string;
}

/** Identity of a listed message, short enough for a file name; hostile identities become harmless. */
export function hashUid(uid: string): string {
  return hash("sha256", uid, "hex").slice(0, 28);
}

export function makeFileName(parts: FileNameParts): string {
  const owner = parts.kind === "mail" ? parts.accountId : `_${parts.kind}`;
  const safe = OWNER.test(owner) ? owner : "_other";
  return `${safe}-${parts.uidHash}-${parts.queueId.toLowerCase()}.eml`;
}

/** null: not a name of ours. */
export function parseFileName(file: string): FileNameParts | null {
  const [, owner, uidHash, queueId] = NAME.exec(file) ?? [];
  if (owner === undefined || uidHash === undefined || queueId === undefined) return null;
  const kind = owner === "_report" ? "report" : owner === "_alert" ? "alert" : "mail";
  return { kind, accountId: owner, uidHash, queueId: queueId.toUpperCase() };
}

/** What counts as a message when somebody else put it there. */
export function isMessageFile(file: string): boolean {
  return /\.eml$/i.test(file) && !file.startsWith(".");
}
