import { expect, test } from "vitest";
import { AccountReporter } from "../../core/collect/account-reporter.ts";
import { deleteMessages } from "../../core/collect/delete-messages.ts";
import { inPieces, PIECE } from "../../core/collect/in-pieces.ts";
import type { Pop3Client } from "../../core/collect/pop3-client.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { listMailbox } from "../support/mailbox-listing.ts";
import { MemoryLedger } from "../support/memory-ledger.ts";

test("pieces: everything once, in order", () => {
  expect([...inPieces([1, 2, 3, 4, 5], 2)]).toEqual([[1, 2], [3, 4], [5]]);
  expect([...inPieces([1, 2], 2)]).toEqual([[1, 2]]);
  expect([...inPieces([], 2)]).toEqual([]);
});

test("more messages than are deleted together: each once, by its number of this connection, and no other", async () => {
  const count = PIECE + 500;
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  const listing = listMailbox(
    numbers.map((number) => [number, `m${number}`]),
    null,
  );
  const ledger = new MemoryLedger();
  for (const number of numbers) {
    // Every tenth is not ours; of the others every hundredth has no file any more.
    const state = number % 10 === 0 ? "skipped" : "collected";
    const uid = `m${number}`;
    ledger.records.set(uid, { uid, state, tries: 0, collectedAt: 0, wholeHash: null });
    if (number % 100 === 1) ledger.unsafe.add(uid);
  }
  const asked: number[] = [];
  const client = {
    failure: null,
    pipelining: true,
    dele: (number: number) => {
      asked.push(number);
      return Promise.resolve();
    },
  } as unknown as Pop3Client;
  const places = numbers.map((number) => number - 1);
  const deleted = await deleteMessages(client, [places.slice(0, 300), places.slice(200)], {
    account: { id: "main", leaveOnServer: false, deleteAfterDays: null },
    ledger,
    clock: new FakeClock(0),
    reporter: new AccountReporter(
      { id: "main" },
      () => undefined,
      () => undefined,
    ),
    listing,
    numberOf: (listed) => (listed === 2 ? null : listed + 7),
    identityOf: (place) => listing.at(place).uid ?? "",
  });
  const expected = numbers.filter((number) => number % 10 !== 0 && number % 100 !== 1 && number !== 2);
  expect(asked).toEqual(expected.map((number) => number + 7));
  expect(deleted).toEqual(expected.map((number) => number - 1));
});
