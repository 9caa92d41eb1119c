/** An office with one thing wrong in it, and what `efs` says about that. */
import { expect, onTestFinished } from "vitest";
import { accountFor, efs, officeFolder, officeSettings } from "../support/office-folder.ts";
import type { MailboxOptions } from "../support/pop3-mailbox-model.ts";
import { type MailboxServer, startMailboxServer } from "../support/pop3-mailbox-server.ts";
import type { Finished } from "../support/run-efs-process.ts";
import { makeSamples, type SampleMessage } from "../support/sample-messages.ts";
import {
  type MailServer,
  type MailServerOptions,
  type ReceivedMail,
  startMailServer,
} from "../support/smtp-mail-server.ts";

/** Processes start slowly on a busy computer. */
export const PATIENT = { timeout: 60_000 };

export interface OfficeOrder {
  readonly pop3?: MailboxOptions;
  readonly smtp?: MailServerOptions;
  /** Over the account's settings. */
  readonly account?: Readonly<Record<string, unknown>>;
  /** Over the local server's settings. */
  readonly server?: Readonly<Record<string, unknown>>;
  /** Whole top-level keys. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly messages?: number;
}

export interface Office {
  readonly data: string;
  readonly pop3: MailboxServer;
  readonly smtp: MailServer;
  readonly samples: readonly SampleMessage[];
  check(...more: readonly string[]): Promise<Finished>;
  /** Its stderr with `PORT`, `DATA` and `FINGERPRINT` for what differs from run to run. */
  told(finished: Finished): string;
  /** The mailbox's messages as they arrived; what the gateway itself writes to the postmaster is not among them. */
  arrived(): readonly ReceivedMail[];
  /** Every message is on the POP3 server, or was delivered, or is in the spool. */
  expectNothingLost(inSpool: number): void;
}

export async function startOffice(order: OfficeOrder = {}): Promise<Office> {
  const samples = makeSamples(order.messages ?? 4, { profile: "small", ways: ["x-original-to"] });
  const pop3 = await startMailboxServer(samples, order.pop3);
  onTestFinished(() => pop3.close());
  const smtp = await startMailServer(order.smtp);
  onTestFinished(() => smtp.close());
  const data = await officeFolder(
    officeSettings(
      { pop3: pop3.port, smtp: smtp.port },
      {
        accounts: [accountFor(pop3.port, order.account)],
        smtp: { host: "127.0.0.1", port: smtp.port, ...order.server },
        ...order.settings,
      },
    ),
  );
  return {
    data,
    pop3,
    smtp,
    samples,
    check: (...more) => efs(["check", "--data", data, ...more]),
    told: ({ stderr }) => masked(stderr, data, [pop3, smtp]),
    arrived: () => mailboxMail(smtp.messages),
    expectNothingLost(inSpool) {
      expect(pop3.left().length + mailboxMail(smtp.messages).length + inSpool).toBe(samples.length);
    },
  };
}

export function mailboxMail(messages: readonly ReceivedMail[]): readonly ReceivedMail[] {
  return messages.filter(({ bytes }) => sampleId(bytes) !== null);
}

/** The id that a sample message carries in its own header. */
export function sampleId(bytes: Buffer | null): string | null {
  const text = bytes?.toString("latin1") ?? "";
  return /^X-Sample: (\S+)/m.exec(text.slice(0, text.indexOf("\r\n\r\n")))?.[1] ?? null;
}

export function masked(
  text: string,
  data: string,
  servers: readonly (MailboxServer | MailServer)[] = [],
): string {
  let result = text.replaceAll(data, "DATA");
  for (const { port, certificate } of servers) {
    result = result.replaceAll(String(port), "PORT");
    if (certificate !== null) result = result.replaceAll(certificate.fingerprint, "FINGERPRINT");
  }
  return result;
}

/** What every answer to bad input has to be. */
export function expectPlain({ stdout, stderr }: Pick<Finished, "stdout" | "stderr">): void {
  expect(`${stdout}${stderr}`).not.toMatch(/\n\s+at |node:internal|\w+Error: |undefined|\[object/);
}

/** A port on which nobody listens. */
export async function closedPort(): Promise<number> {
  const server = await startMailboxServer([]);
  await server.close();
  return server.port;
}
