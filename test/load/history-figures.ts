/**
 * Figures of the history's search: `node test/load/history-figures.ts [rows]` (default 1,000,000) fills a journal,
 * builds the index and prints how long a page takes, each kind of search twice: on a connection that has read
 * nothing yet, and again. What is asked is also in the program of test/spool/history.test.ts, on fewer rows.
 */
import { rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { HistoryQuery } from "../../core/model/history.ts";
import { systemClock } from "../../core/util/system-clock.ts";
import { fillHistory } from "../support/history-rows.ts";
import { spoolKit } from "../support/spool-kit.ts";

const { positionals, values } = parseArgs({ allowPositionals: true, options: { keep: { type: "boolean" } } });
const count = Number(positionals[0] ?? 1_000_000);
const kit = spoolKit(process.env["EFS_HISTORY_DATA"]);
const DAY = 86_400_000;
const startAt = Date.now() - 365 * DAY;
const apart = (365 * DAY) / count;

const megabytes = (): number => Math.round(statSync(join(kit.directory, "efs.db")).size / 1e6);
async function timed<T>(what: string, run: () => T | Promise<T>): Promise<T> {
  const start = performance.now();
  const result = await run();
  console.log(`${what}: ${((performance.now() - start) / 1_000).toFixed(1)} s`);
  return result;
}

let spool = await kit.open({ clock: systemClock });
if (spool.history({ limit: 1 }).rows.length === 0) {
  await spool.close();
  await timed(`filling ${count} rows`, () => fillHistory(kit.directory, { count, startAt, apart }));
  const before = megabytes();
  spool = await kit.open({ clock: systemClock });
  await timed("index", () => spool.indexHistory());
  await spool.close();
  console.log(`journal ${before} MB without the index, ${megabytes()} MB with it`);
  spool = await kit.open({ clock: systemClock });
}

const searches: readonly (readonly [string, HistoryQuery])[] = [
  ["first page", {}],
  ["last page", { after: 51 }],
  ["common word", { words: "re" }],
  ["word of every message", { words: "office" }],
  ["its first letter", { words: "o" }],
  ["rare word", { words: "zwiebelfisch" }],
  ["no such word", { words: "xylophon" }],
  ["two common words", { words: "ka re" }],
  ["common and rare word", { words: "office zwiebelfisch" }],
  ["every message's word, no such word", { words: "office xylophon" }],
  ["sender, common", { sender: "kaka" }],
  ["sender, whole address", { sender: "karoka.karoka@karoka.example" }],
  ["recipient", { recipient: "mika@office.example" }],
  ["subject", { subject: "telu" }],
  ["Message-ID", { messageId: "abcdef" }],
  ["queue id", { queueId: "01" }],
  ["outcome, rare", { outcome: "errors" }],
  ["outcome, common", { outcome: "delivered" }],
  ["account", { accountId: "second" }],
  ["kind, none of it", { kind: "alert" }],
  ["a day half a year ago", { from: startAt + 180 * DAY, to: startAt + 181 * DAY }],
  ["that day, errors", { from: startAt + 180 * DAY, to: startAt + 181 * DAY, outcome: "errors" }],
  [
    "a month, errors, word",
    { from: startAt + 30 * DAY, to: startAt + 60 * DAY, outcome: "errors", words: "ka" },
  ],
  ["first day, last page", { to: startAt + DAY, after: 500 }],
  ["common word, errors", { words: "re", outcome: "errors" }],
  ["common word, oldest rows", { words: "re", after: 40_000 }],
];

for (const [name, query] of searches) {
  await spool.close();
  spool = await kit.open({ clock: systemClock });
  const times: number[] = [];
  let slowest = 0;
  let calls = 0;
  let rows = 0;
  for (let turn = 0; turn < 4; turn += 1) {
    let after = query.after;
    rows = 0;
    calls = 0;
    let sum = 0;
    do {
      const start = performance.now();
      const page = spool.history({ ...query, limit: 50 - rows, ...(after === undefined ? {} : { after }) });
      const took = performance.now() - start;
      slowest = Math.max(slowest, took);
      sum += took;
      rows += page.rows.length;
      calls += 1;
      after = page.next ?? undefined;
    } while (after !== undefined && rows < 50);
    times.push(sum);
  }
  const [cold = 0, ...warm] = times;
  const best = warm.sort((one, other) => one - other)[1] ?? 0;
  console.log(
    `${name.padEnd(36)} ${String(rows).padStart(3)} rows  first ${cold.toFixed(1).padStart(7)} ms  again ${best.toFixed(1).padStart(7)} ms  calls ${calls}, longest ${slowest.toFixed(1)} ms`,
  );
}
await spool.close();
if (values.keep !== true && process.env["EFS_HISTORY_DATA"] === undefined)
  rmSync(kit.directory, { recursive: true });
