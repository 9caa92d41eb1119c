/**
 * Fetches the headers of the newest messages of an account, to look at them ("Find the right header").
 *
 * 1. Nothing is deleted and nothing is marked: TOP with 0 lines (RFC 1939 7), no RETR, no DELE; RSET before QUIT.
 * 2. Bounded: so many messages, so many octets of each, one deadline over all.
 * 3. A message whose header the server refuses is passed over. A server without TOP is a problem of its own.
 * 4. Where the connection is lost on the way, what came until then counts, with the problem beside it.
 */
import type { Clock, Tap } from "../model/ports.ts";
import type { Problem } from "../model/problem.ts";
import type { CollectorAccount } from "./collector.ts";
import { HeaderSink } from "./header-sink.ts";
import { openAccount } from "./open-account.ts";
import type { Pop3Client } from "./pop3-client.ts";
import { Pop3Error, placeText } from "./pop3-problem.ts";

export interface HeaderFinderOptions {
  readonly clock: Clock;
  readonly tap?: Tap;
  /** Ends it at once. */
  readonly signal?: AbortSignal;
  /** How many of the newest messages. */
  readonly count: number;
  /** The bytes of one header block; from the newest to the oldest. */
  readonly onHeader: (header: Buffer) => void;
}

export interface FetchedHeaders {
  /** In the mailbox. */
  readonly listed: number;
  readonly fetched: number;
  /** The server would not give these. */
  readonly refused: number;
  /** Why it ended early; null: it did not. */
  readonly problem: Problem | null;
}

/** How much a server may send that does not stop at the header's end. */
const ANSWER_OCTETS = 16_777_216;
const ALL_TOGETHER = 300_000;

/** Rejects with `Pop3Error` where not a single header could be had. */
export async function fetchHeaders(
  account: CollectorAccount,
  options: HeaderFinderOptions,
): Promise<FetchedHeaders> {
  const { clock, count, onHeader, signal } = options;
  const client = await openAccount(account, options);
  const stop = (): void => client.close();
  signal?.addEventListener("abort", stop);
  const disarm = clock.after(ALL_TOGETHER, stop);
  try {
    if (signal?.aborted) stop();
    await client.capa();
    await client.login(account.username, account.password);
    const { messages: listed } = await client.stat();
    const outcome = await fetchAll(client, newest(listed, count), onHeader);
    if (outcome.problem === null) await leave(client);
    return { listed, ...outcome };
  } finally {
    disarm();
    signal?.removeEventListener("abort", stop);
    client.close();
  }
}

/** Message numbers, the newest first. */
function newest(listed: number, count: number): readonly number[] {
  return Array.from({ length: Math.min(listed, count) }, (_, index) => listed - index);
}

async function fetchAll(
  client: Pop3Client,
  numbers: readonly number[],
  onHeader: (header: Buffer) => void,
): Promise<Omit<FetchedHeaders, "listed">> {
  let fetched = 0;
  let refused = 0;
  let refusal: Pop3Error | null = null;
  const fetchOne = async (number: number): Promise<void> => {
    const sink = new HeaderSink();
    try {
      await client.top(number, 0, () => sink, ANSWER_OCTETS);
    } catch (error) {
      if (!(error instanceof Pop3Error)) throw error;
      if (error.connectionLost) return;
      refusal ??= error;
      refused += 1;
      return;
    }
    fetched += 1;
    onHeader(sink.header());
  };
  const [first, ...rest] = numbers;
  // One alone first: a server without TOP need not be asked fifty times.
  if (first !== undefined) await fetchOne(first);
  if (fetched > 0 || client.capabilities?.top !== false) await Promise.all(rest.map(fetchOne));
  const failure = client.failure;
  if (fetched === 0 && failure !== null) throw failure;
  if (fetched === 0 && refusal !== null) throw noTop(client, refusal);
  return { fetched, refused, problem: failure?.problem ?? null };
}

/** It changed nothing, so nothing depends on how it ends. */
async function leave(client: Pop3Client): Promise<void> {
  try {
    await client.rset();
    await client.quit();
  } catch (error) {
    if (!(error instanceof Pop3Error)) throw error;
  }
}

function noTop(client: Pop3Client, refusal: Pop3Error): Pop3Error {
  if (refusal.trouble === "busy") return refusal;
  return new Pop3Error(
    {
      code: "pop3-no-top",
      what: `The ${placeText(client.place)} does not show the headers of messages without handing the messages over (it has no TOP command), so the right header cannot be looked for.`,
      cure: "Open a message of this mailbox in a mail program, show its source, and look which header above the topmost Received line holds the recipient; enter it as a custom header.",
      ...(refusal.problem.quote === undefined ? {} : { quote: refusal.problem.quote }),
    },
    "protocol",
  );
}
