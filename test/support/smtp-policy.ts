/**
 * What the embedded mail server answers: by the local part of a recipient (`unknown-ada@`: 550), by the local
 * part of the sender, by a list of known users, or by a rule that is set while it runs.
 */
export interface PolicyReply {
  readonly code: number;
  readonly text: string;
}

/** To RCPT. */
const RECIPIENT_REPLIES: Readonly<Record<string, PolicyReply>> = {
  unknown: { code: 550, text: "5.1.1 No such user here" },
  denied: { code: 554, text: "5.7.1 Relay access denied" },
  malformed: { code: 501, text: "5.1.3 Bad recipient address syntax" },
  later: { code: 450, text: "4.2.1 Mailbox is busy, try again later" },
  full: { code: 452, text: "4.2.2 Mailbox is full" },
  closed: { code: 421, text: "4.3.2 Going away" },
};

/** To the final dot. */
const DATA_REPLIES: Readonly<Record<string, PolicyReply>> = {
  "toolarge-data": { code: 552, text: "5.3.4 Message is too large for this mailbox" },
  "content-data": { code: 554, text: "5.7.1 Refused because of its content" },
  "later-data": { code: 451, text: "4.3.0 Cannot store it now" },
  "full-data": { code: 452, text: "4.3.1 Disk is full" },
  "closed-data": { code: 421, text: "4.3.2 Going away" },
};

/** To MAIL. */
const SENDER_REPLIES: Readonly<Record<string, PolicyReply>> = {
  refused: { code: 553, text: "5.1.7 Sender address refused" },
  "later-sender": { code: 451, text: "4.1.8 Sender domain cannot be checked now" },
};

/** Stored, and then the connection ends without an answer. */
const LOST = "lost-data";

export type PolicyVerdict = "accept" | "lose-answer" | PolicyReply;

export interface SmtpPolicy {
  /** Local parts that exist; null: all. Unknown ones get 550. The magic local parts go first. */
  users: readonly string[] | null;
  /** What unknown ones get instead of the usual 550. */
  unknown?: PolicyReply;
  /** When set, every RCPT gets it. */
  allRecipients: PolicyReply | null;
  /** When set, every final dot gets it. */
  allData: PolicyReply | null;
}

export function judgeSender(address: string): PolicyVerdict {
  return lookUp(SENDER_REPLIES, address) ?? "accept";
}

export function judgeRecipient(policy: SmtpPolicy, address: string): PolicyVerdict {
  if (policy.allRecipients !== null) return policy.allRecipients;
  if (isMagicData(address)) return "accept";
  const magic = lookUp(RECIPIENT_REPLIES, address);
  if (magic !== undefined) return magic;
  const local = localPart(address);
  return policy.users === null || policy.users.includes(local)
    ? "accept"
    : (policy.unknown ?? (RECIPIENT_REPLIES["unknown"] as PolicyReply));
}

/** The first recipient with a rule decides for all. */
export function judgeData(policy: SmtpPolicy, recipients: readonly string[]): PolicyVerdict {
  if (policy.allData !== null) return policy.allData;
  for (const address of recipients) {
    if (localPart(address).startsWith(`${LOST}-`)) return "lose-answer";
    const reply = lookUp(DATA_REPLIES, address);
    if (reply !== undefined) return reply;
  }
  return "accept";
}

function isMagicData(address: string): boolean {
  return localPart(address).startsWith(`${LOST}-`) || lookUp(DATA_REPLIES, address) !== undefined;
}

/** `full-data-x` is not `full-x`: the longest name that fits decides. */
function lookUp(replies: Readonly<Record<string, PolicyReply>>, address: string): PolicyReply | undefined {
  const local = localPart(address);
  const names = Object.keys(replies).filter((name) => local.startsWith(`${name}-`));
  return names.length === 0 ? undefined : replies[names.reduce((a, b) => (b.length > a.length ? b : a))];
}

function localPart(address: string): string {
  return address.slice(0, Math.max(0, address.lastIndexOf("@"))).toLowerCase();
}
