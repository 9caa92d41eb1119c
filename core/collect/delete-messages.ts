/**
 * The deletions at the end of a pass: DELE for each message that may go. They count only after QUIT.
 *
 * Asked anew, piece by piece: what is deleted is what the records say now, and what the ledger vouches for. Whatever
 * ends this early ends the pass without QUIT, so that nothing is deleted at all.
 */
import { setImmediate } from "node:timers/promises";
import { limits } from "../model/limits.ts";
import type { Clock, SeenLedger } from "../model/ports.ts";
import { describeProblem } from "../model/problem.ts";
import type { AccountSettings } from "../model/settings.ts";
import type { AccountReporter } from "./account-reporter.ts";
import { inPieces, LOOK_UP, PIECE } from "./in-pieces.ts";
import type { MailboxListing } from "./mailbox-listing.ts";
import { isDueForDeletion, type Places } from "./plan-collection.ts";
import type { Pop3Client } from "./pop3-client.ts";
import { Pop3Error } from "./pop3-problem.ts";

export interface DeleteOptions {
  readonly account: Pick<AccountSettings, "deleteAfterDays" | "id" | "leaveOnServer">;
  readonly ledger: SeenLedger;
  readonly clock: Clock;
  readonly reporter: AccountReporter;
  readonly listing: MailboxListing;
  /** On this connection; null: not there any more. */
  readonly numberOf: (listedNumber: number) => number | null;
  /** Under which the ledger knows it: its id, or one made from its hash. */
  readonly identityOf: (place: number) => string;
}

/** Those that the server has marked. Rejects with the connection's failure, or with ProblemError (our own disk). */
export async function deleteMessages(
  client: Pop3Client,
  collected: readonly Places[],
  options: DeleteOptions,
): Promise<Places> {
  const marks = new Uint8Array(options.listing.length);
  for (const places of collected) for (const place of places) marks[place] = 1;
  const deleted: number[] = [];
  for (const piece of inPieces(marked(marks), PIECE)) {
    await deleteSome(client, await removable(piece, options), deleted, options);
  }
  if (client.failure !== null) throw client.failure;
  return deleted;
}

async function removable(
  places: Places,
  { account, clock, identityOf, ledger }: DeleteOptions,
): Promise<Places> {
  const now = clock.now();
  const due: string[] = [];
  for (const piece of inPieces(places, LOOK_UP)) {
    const records = ledger.find(account.id, piece.map(identityOf));
    for (const record of records.values()) if (isDueForDeletion(record, account, now)) due.push(record.uid);
    await setImmediate();
  }
  if (due.length === 0) return [];
  const safe = await ledger.safeToDelete(account.id, due);
  return places.filter((place) => safe.has(identityOf(place)));
}

/** A refused one is left for the next pass. */
async function deleteSome(
  client: Pop3Client,
  places: Places,
  deleted: number[],
  { listing, numberOf, reporter }: DeleteOptions,
): Promise<void> {
  const deleteOne = async (place: number): Promise<void> => {
    const number = numberOf(listing.numberAt(place));
    if (number === null) return;
    try {
      await client.dele(number);
      deleted.push(place);
    } catch (error) {
      if (!(error instanceof Pop3Error)) throw error;
      if (!error.connectionLost) reporter.log("warning", describeProblem(error.problem));
    }
  };
  const batch = client.pipelining ? 8 * limits.pop3.pipelineWindow : 1;
  for (let from = 0; from < places.length && client.failure === null; from += batch) {
    await Promise.all(places.slice(from, from + batch).map(deleteOne));
  }
  if (client.failure !== null) throw client.failure;
}

function* marked(marks: Uint8Array): Generator<number> {
  for (let place = marks.indexOf(1); place >= 0; place = marks.indexOf(1, place + 1)) yield place;
}
