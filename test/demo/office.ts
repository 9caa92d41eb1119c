/** The demo's little world: a mailbox at the ISP, a mail server in the office, and what is to become of the mail. */
import { firstDifference, normaliseLineEnds, stripTrace } from "../support/line-ends.ts";
import { contentBytes, contentSize } from "../support/message-content.ts";
import type { MailboxServer } from "../support/pop3-mailbox-server.ts";
import { startMailboxServer } from "../support/pop3-mailbox-server.ts";
import type { SampleMessage } from "../support/sample-messages.ts";
import { makeSamples, SAMPLE_USERS } from "../support/sample-messages.ts";
import type { MailServer, ReceivedMail } from "../support/smtp-mail-server.ts";
import { startMailServer } from "../support/smtp-mail-server.ts";

export const DOMAIN = "office.test";
export const POSTMASTER = `postmaster@${DOMAIN}`;
/** People whom the mail server does not know. */
const STRANGERS = ["former.colleague", "adda", "no-such-person"];

export interface DemoOffice {
  readonly mailbox: MailboxServer;
  readonly mailServer: MailServer;
  /** Settings for `efs import`. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Everything that was ever in the mailbox. */
  readonly samples: readonly SampleMessage[];
  readonly octets: number;
  /** Puts new mail into the mailbox. */
  addMail(count: number): void;
  compare(): Comparison;
  close(): Promise<void>;
}

export interface Comparison {
  /** Sample messages that arrived for exactly the right people, each copy equal to what was sent. */
  readonly arrived: number;
  readonly recipients: number;
  /** Messages for unknown users: refused, and told to the postmaster. */
  readonly reported: number;
  /** The server's words for them. */
  readonly refusal: string | null;
  /** What is not as it should be; empty when all is well. */
  readonly faults: readonly string[];
}

/** Of `count` messages three are for people who do not exist (fewer of few). */
function makeMail(count: number, first: number, seed: string): SampleMessage[] {
  const strange = first === 0 ? Math.min(STRANGERS.length, Math.floor(count / 4)) : 0;
  const known = makeSamples(count - strange, { seed, first, domain: DOMAIN });
  const unknown = makeSamples(strange, {
    seed: `${seed}-strangers`,
    profile: "small",
    domain: DOMAIN,
    users: STRANGERS,
    ways: ["x-original-to"],
  });
  // Spread among the others.
  for (const [index, sample] of unknown.entries()) {
    known.splice(Math.floor(((index + 1) * count) / (strange + 1)), 0, sample);
  }
  return known;
}

export async function openOffice(count: number, seed = "demo"): Promise<DemoOffice> {
  const samples = makeMail(count, 0, seed);
  const mailbox = await startMailboxServer(samples);
  const mailServer = await startMailServer({ users: [...SAMPLE_USERS, "postmaster"] });
  return {
    mailbox,
    mailServer,
    samples,
    get octets() {
      return samples.reduce((sum, { content }) => sum + contentSize(content), 0);
    },
    settings: {
      accounts: [
        {
          id: "demo",
          name: "The ISP's catch-all mailbox",
          host: mailbox.host,
          port: mailbox.port,
          username: mailbox.user,
          password: mailbox.password,
          firstUse: "all",
        },
      ],
      domains: { primary: DOMAIN },
      smtp: { host: mailServer.host, port: mailServer.port },
      postmaster: { address: POSTMASTER },
    },
    addMail(more) {
      const fresh = makeMail(more, samples.length, seed);
      samples.push(...fresh);
      mailbox.add(fresh);
    },
    compare: () => compare(samples, mailServer),
    async close() {
      await Promise.all([mailbox.close(), mailServer.close()]);
    },
  };
}

function compare(samples: readonly SampleMessage[], { messages, refusals }: MailServer): Comparison {
  const faults: string[] = [];
  const copies = new Map<string, ReceivedMail[]>();
  const reports: string[] = [];
  for (const message of messages) {
    const text = message.bytes?.toString("latin1") ?? "";
    const header = text.slice(0, text.indexOf("\r\n\r\n"));
    const uid = /^X-Sample: (\S+)/m.exec(header)?.[1];
    if (uid !== undefined) copies.set(uid, [...(copies.get(uid) ?? []), message]);
    else if (message.rcptTo.join() === POSTMASTER) reports.push(text);
    else faults.push(`message ${message.sequence} at the mail server is none of ours`);
  }
  let arrived = 0;
  let recipients = 0;
  let reported = 0;
  for (const sample of samples) {
    const strange = sample.recipients.every((address) =>
      STRANGERS.includes(address.replace(`@${DOMAIN}`, "")),
    );
    const fault = strange
      ? faultOfStranger(sample, reports)
      : faultOfCopies(sample, copies.get(sample.uid) ?? []);
    if (fault !== null) faults.push(`${sample.uid}: ${fault}`);
    else if (strange) reported += 1;
    else {
      arrived += 1;
      recipients += sample.recipients.length;
    }
  }
  const refusal = refusals[0]?.reply;
  return {
    arrived,
    recipients,
    reported,
    refusal: refusal ? `${refusal.code} ${refusal.text}` : null,
    faults,
  };
}

function faultOfCopies(sample: SampleMessage, copies: readonly ReceivedMail[]): string | null {
  const reached = copies.flatMap(({ rcptTo }) => rcptTo).sort();
  if (reached.join() !== [...sample.recipients].sort().join()) {
    return `is for ${sample.recipients.join(", ")}; it reached ${reached.join(", ") || "nobody"}`;
  }
  const sent = normaliseLineEnds(contentBytes(sample.content));
  for (const { bytes, mailFrom } of copies) {
    if (mailFrom !== sample.sender) return `is from <${sample.sender}>, it was sent as from <${mailFrom}>`;
    try {
      const difference = firstDifference(stripTrace(bytes ?? Buffer.alloc(0)), sent);
      if (difference !== null) return `differs: ${difference}`;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
  return null;
}

function faultOfStranger(sample: SampleMessage, reports: readonly string[]): string | null {
  const [address = ""] = sample.recipients;
  const about = reports.filter((report) => report.includes(`X-Sample: ${sample.uid}`));
  if (about.length !== 1) return `was refused, and the postmaster got ${about.length} reports of it`;
  return about[0]?.includes(address) === true && about[0].includes("550")
    ? null
    : "the report does not say who and why";
}
