/**
 * Figures of the pages' calls: `node test/load/page-figures.ts [history rows] [waiting] [listed again]` (default
 * 1,000,000, 50,000 and 100,000). Each call is made a few times; told is how much of this thread it takes in all, and the
 * longest that nothing else had a turn (milliseconds of this thread, so that other work on the computer does not
 * count; and of the clock, where a call waits for the disk). `EFS_PAGES_DATA`: where the filled folder is kept for the
 * next time; it is changed by what is done last.
 */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDispatch, type Dispatch } from "../../core/api/commands.ts";
import type { CommandResults } from "../../core/api/contract.ts";
import { hostOf } from "../../core/api/gateway-host.ts";
import { openGateway } from "../../core/gateway.ts";
import { openKeyFileSecrets } from "../../core/headless/key-file-secrets.ts";
import { openSpool } from "../../core/spool/spool.ts";
import { systemClock } from "../../core/util/system-clock.ts";
import { fillFolders } from "../support/busy-folders.ts";
import { fillHistory } from "../support/history-rows.ts";
import { officeSettings, saveOfficeSettings } from "../support/office-folder.ts";
import { plainPolicy } from "../support/spool-kit.ts";

const [history = 1_000_000, waiting = 50_000, listedAgain = 100_000] = process.argv.slice(2).map(Number);
const DAY = 86_400_000;
const kept = process.env["EFS_PAGES_DATA"];
const root = kept ?? mkdtempSync(join(tmpdir(), "efs-pages-"));
const data = join(root, "data");

/** Milliseconds of this thread. */
function used(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

interface Watched<T> {
  readonly value: T;
  readonly longest: number;
  readonly blocked: number;
  readonly took: number;
}

/** Looks at every turn of the event loop. */
async function watched<T>(run: () => Promise<T>): Promise<Watched<T>> {
  let longest = 0;
  let blocked = 0;
  let over = false;
  let last = used();
  let at = performance.now();
  const look = (): void => {
    const now = used();
    const clock = performance.now();
    longest = Math.max(longest, now - last);
    blocked = Math.max(blocked, clock - at);
    last = now;
    at = clock;
  };
  const turn = (): void => {
    look();
    if (!over) setImmediate(turn);
  };
  setImmediate(turn);
  const begun = performance.now();
  const value = await run();
  const took = performance.now() - begun;
  look();
  over = true;
  await new Promise((resolve) => setTimeout(resolve, 5));
  return { value, longest, blocked, took };
}

const show = (number: number): string => number.toFixed(1).padStart(8);

async function told(name: string, times: number, run: () => Promise<unknown>): Promise<void> {
  const runs: Watched<unknown>[] = [];
  for (let time = 0; time < times; time += 1) runs.push(await watched(run));
  const [first, ...more] = runs;
  const most = (of: (one: Watched<unknown>) => number, list: readonly Watched<unknown>[]): number =>
    Math.max(0, ...list.map(of));
  const part = (list: readonly Watched<unknown>[]): string =>
    `${show(most(({ longest }) => longest, list))} blocked ${show(most(({ blocked }) => blocked, list))} by the clock ${show(most(({ took }) => took, list))} in all`;
  console.log(
    `${name.padEnd(44)} first ${part(first === undefined ? [] : [first])}${more.length === 0 ? "" : `; again ${part(more)}`}`,
  );
}

if (!existsSync(join(data, "settings.json"))) {
  await saveOfficeSettings(
    data,
    officeSettings({ pop3: 1, smtp: 1 }, { alerts: { mail: false }, retention: { historyDays: 0 } }),
  );
  const open = () =>
    openSpool({
      dataDirectory: data,
      clock: systemClock,
      log: () => undefined,
      raiseAlert: () => undefined,
      policy: () => plainPolicy,
    });
  let spool = await open();
  if (spool.history({ limit: 1 }).rows.length === 0) {
    await spool.close();
    const startAt = Date.now() - 365 * DAY;
    fillHistory(data, { count: history, startAt, apart: (365 * DAY) / history });
    spool = await open();
    await told("filling the index", 1, () => spool.indexHistory());
  }
  await spool.close();
  fillFolders(data, { waiting, listedAgain, now: Date.now() });
}

const secrets = openKeyFileSecrets(data);
const begun = performance.now();
const gateway = await openGateway({ dataDirectory: data, secrets, clock: systemClock, version: "load" });
console.log(
  `start: ${((performance.now() - begun) / 1_000).toFixed(1)} s, ${JSON.stringify(gateway.status().folders)}`,
);
const dispatch: Dispatch = createDispatch({
  host: hostOf(gateway, { version: "load", dataDirectory: data, platform: process.platform } as never),
  secrets,
  onFault: (error) => {
    throw error;
  },
});
async function ask<Name extends keyof CommandResults>(
  name: Name,
  input: unknown,
): Promise<CommandResults[Name]> {
  const answer = await dispatch(name, input);
  if ("error" in answer) throw new Error(JSON.stringify(answer.error));
  // What crosses is text, made on this thread too; and the next question comes in another turn.
  JSON.stringify(answer.ok);
  await new Promise((resolve) => setImmediate(resolve));
  return answer.ok as CommandResults[Name];
}

const asked: readonly (readonly [keyof CommandResults, Record<string, unknown>])[] = [
  ["status", {}],
  ["log", {}],
  ["alerts", {}],
  ["activity", {}],
  ...(["Inbox", "Errors", "Junk", "Backup"] as const).flatMap((folder) => [
    ["folder", { folder }] as const,
    ["folder", { folder, offset: 15_000 }] as const,
    ...(["subject", "sender", "size", "state"] as const).flatMap((sort) => [
      ["folder", { folder, sort }] as const,
      ["folder", { folder, sort, offset: 5_000 }] as const,
    ]),
    ["folder", { folder, words: "re" }] as const,
    ["folder", { folder, words: "offer invoice", sort: "subject" }] as const,
    ["folder", { folder, words: "xylophon" }] as const,
    ["folder-ids", { folder }] as const,
    ["folder-ids", { folder, sort: "subject" }] as const,
  ]),
  ["queue", { folder: "Inbox", limit: 500 }],
  ["history", {}],
  ["history", { limit: 200 }],
  ["history", { words: "re" }],
  ["history", { words: "xylophon" }],
  ["history", { words: "zwiebelfisch", limit: 200 }],
  ["history", { words: "office offer" }],
  ["history", { outcome: "errors" }],
  ["history", { outcome: "pending" }],
  ["history", { outcome: "errors", words: "re" }],
  ["history", { from: Date.now() - 180 * DAY, to: Date.now() - 179 * DAY }],
  ["history", { from: Date.now() - 180 * DAY, to: Date.now() - 179 * DAY, outcome: "errors" }],
  ["history", { kind: "alert" }],
];
const only = process.env["EFS_PAGES_ONLY"];
for (const [name, input] of asked) {
  const title = `${name} ${JSON.stringify(input)}`;
  if (only !== undefined && !title.includes(only)) continue;
  await told(title, 4, () => ask(name, input));
}

/** The whole of a search, page by page, as for a file. */
async function pages(query: Record<string, unknown>, most: number): Promise<number> {
  let rows = 0;
  for (let after: number | null = null; rows < most; ) {
    const page: CommandResults["history"] = await ask("history", {
      ...query,
      limit: 200,
      ...(after === null ? {} : { after }),
    });
    rows += page.rows.length;
    if (page.next === null) return rows;
    after = page.next;
  }
  return rows;
}

if (only === undefined || only === "more") {
  await told("CSV, all of a word that few have", 1, () => pages({ words: "zwiebelfisch" }, 20_000));
  await told("CSV, a word that none has", 1, () => pages({ words: "xylophon" }, 20_000));
  await told("CSV, 20,000 rows", 1, () => pages({}, 20_000));
  const { rows } = await ask("history", {});
  await told("history-message", 5, () => ask("history-message", { id: rows[0]?.id ?? 1 }));
}

if (only === undefined || only === "act") {
  const { queueIds } = await ask("folder-ids", { folder: "Errors", sort: "subject" });
  const chosen = queueIds.slice(0, 20_000);
  const act = async (action: string, ids: readonly string[], more: object = {}): Promise<void> => {
    for (let start = 0; start < ids.length; start += 500) {
      await ask("act", {
        action,
        messages: ids.slice(start, start + 500),
        actionId: `a${start}${action}`,
        ...more,
      });
      await ask("folder", { folder: "Errors", sort: "subject" });
    }
  };
  await told("resending 500", 1, () =>
    act("resend-to-address", chosen.slice(-500), { address: "a@office.test" }),
  );
  await told("holding 2,000 of Inbox", 1, async () =>
    act("hold", (await ask("folder-ids", { folder: "Inbox", sort: "subject" })).queueIds.slice(0, 2_000)),
  );
  await told("deleting 20,000", 1, () => act("delete", chosen));
}
if (only === undefined || only === "index")
  await told("check, with 150,000 for the index", 1, () => gateway.check());
await gateway.close();
if (kept === undefined) rmSync(root, { recursive: true, force: true });
