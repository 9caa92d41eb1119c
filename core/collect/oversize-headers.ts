/**
 * Messages that are too large to collect: their headers go to the postmaster (PRODUCT section 3).
 *
 * 1. TOP with 0 lines (RFC 1939 7). The message itself stays on the server and is never deleted.
 * 2. Recorded as `oversize` only when the notice is on the disk: told once, and never lost. A message without an
 *    id is known by its header.
 * 3. Where the server refuses TOP there is an alert instead. A connection that is lost over it counts against the
 *    message like any failure to collect, so that it cannot stop the mailbox for ever.
 */
import { hash } from "node:crypto";
import type { Clock, SeenLedger, SeenRecord } from "../model/ports.ts";
import type { AccountSettings } from "../model/settings.ts";
import type { AccountReporter } from "./account-reporter.ts";
import { headersSentProblem, parkedProblem, tooLargeProblem } from "./collection-alerts.ts";
import { HeaderSink } from "./header-sink.ts";
import type { ListedMessage } from "./mailbox-listing.ts";
import { afterFailure, makeRecord } from "./plan-collection.ts";
import type { Pop3Client } from "./pop3-client.ts";
import { Pop3Error } from "./pop3-problem.ts";

/** A message that is too large, as far as it is known. */
export interface OversizeNotice {
  readonly accountId: string;
  /** Octets by LIST; null: it did not say. */
  readonly size: number | null;
  /** Octets. */
  readonly maximum: number;
  /** As the server gave it; at most 256 KB. */
  readonly header: Buffer;
}

/** Resolves when the notice is on the disk; rejects with ProblemError. */
export type SendHeaders = (notice: OversizeNotice) => Promise<void>;

export interface OversizeHeadersOptions {
  readonly account: Pick<AccountSettings, "id" | "name">;
  readonly ledger: SeenLedger;
  readonly clock: Clock;
  readonly reporter: AccountReporter;
  readonly maxMessageBytes: number;
  readonly sendHeaders: SendHeaders;
  readonly signal?: AbortSignal;
}

/** How much a server may send that does not stop at the header's end. */
const ANSWER_OCTETS = 16_777_216;

/** Rejects with Pop3Error (connection lost) or ProblemError (our own disk). */
export async function sendOversizeHeaders(
  client: Pop3Client,
  numberOf: (listedNumber: number) => number | null,
  messages: readonly ListedMessage[],
  options: OversizeHeadersOptions,
): Promise<void> {
  for (const message of messages) {
    if (options.signal?.aborted) return;
    const number = numberOf(message.number);
    if (number !== null) await sendHeadersOf(client, number, message, options);
  }
}

async function sendHeadersOf(
  client: Pop3Client,
  number: number,
  message: ListedMessage,
  options: OversizeHeadersOptions,
): Promise<void> {
  const { account, clock, ledger, maxMessageBytes, reporter, sendHeaders } = options;
  const before =
    message.uid === null ? null : (ledger.find(account.id, [message.uid]).get(message.uid) ?? null);
  const record = (uid: string, made: SeenRecord["state"]): Promise<void> =>
    ledger.record(account.id, [makeRecord(uid, made, before)], clock.now());
  const sink = new HeaderSink();
  try {
    await client.top(number, 0, () => sink, ANSWER_OCTETS);
  } catch (error) {
    if (!(error instanceof Pop3Error) || error.trouble === "busy") throw error;
    if (error.connectionLost) {
      await countFailure(message, before, error, options);
      throw error;
    }
    reporter.alert(
      "pop3-too-large",
      tooLargeProblem(account, message, maxMessageBytes),
      message.uid ?? String(message.number),
    );
    if (message.uid !== null) await record(message.uid, "oversize");
    return;
  }
  const header = headerOnly(sink.header());
  const uid = message.uid ?? `sha256:${hash("sha256", header, "hex")}#headers`;
  if (message.uid === null && ledger.find(account.id, [uid]).size > 0) return;
  await sendHeaders({ accountId: account.id, size: message.size, maximum: maxMessageBytes, header });
  await record(uid, "oversize");
  reporter.alert("pop3-headers-sent", headersSentProblem(account, message, maxMessageBytes), uid);
}

async function countFailure(
  { uid }: ListedMessage,
  before: SeenRecord | null,
  { problem }: Pop3Error,
  { account, clock, ledger, reporter, signal }: OversizeHeadersOptions,
): Promise<void> {
  if (uid === null || signal?.aborted) return;
  const after = afterFailure(uid, before);
  await ledger.record(account.id, [after], clock.now());
  if (after.state === "parked")
    reporter.alert("pop3-parked", parkedProblem(account, uid, after.tries, problem), uid);
}

/** Some servers send the first lines of the body as well. */
function headerOnly(bytes: Buffer): Buffer {
  for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) {
    if (bytes[at + 1] === 0x0a || (bytes[at + 1] === 0x0d && bytes[at + 2] === 0x0a))
      return bytes.subarray(0, at + 1);
  }
  return bytes;
}
