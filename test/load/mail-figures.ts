/**
 * Figures under load: `node --expose-gc test/load/mail-figures.ts [messages] [waiting]` (default 100,000 and 50,000).
 * First so many messages go through, then so many are collected while the mail server is down, and the gateway starts
 * with them. All the while a page asks what pages ask. The servers are processes of their own; memory is this one's.
 */
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDispatch } from "../../core/api/commands.ts";
import { hostOf } from "../../core/api/gateway-host.ts";
import { openGateway } from "../../core/gateway.ts";
import { openKeyFileSecrets } from "../../core/headless/key-file-secrets.ts";
import type { Gateway } from "../../core/model/gateway.ts";
import { systemClock } from "../../core/util/system-clock.ts";
import { officeSettings, saveOfficeSettings } from "../support/office-folder.ts";
import { startMailboxProcess, startMailServerProcess } from "../support/server-process.ts";

const [through = 100_000, waiting = 50_000] = process.argv.slice(2).map(Number);
const MEGABYTE = 1_000_000;
const folder = await mkdtemp(join(tmpdir(), "efs-load-"));
const data = join(folder, "data");
const crowd = (count: number) => ({ kind: "crowd", count, recipient: "ada@office.test" }) as const;

const ASKED: readonly (readonly [string, unknown])[] = [
  ["status", {}],
  ["log", {}],
  ["alerts", {}],
  ["activity", {}],
  ["folder", { folder: "Inbox" }],
  ["folder", { folder: "Inbox", sort: "subject", offset: 5_000 }],
  ["folder", { folder: "Errors" }],
  ["history", {}],
  ["history", { words: "0001234" }],
];

const secrets = openKeyFileSecrets(data);
const seconds = (since: number): string => ((performance.now() - since) / 1_000).toFixed(2);

function memory(): number {
  (globalThis as { gc?: () => void }).gc?.();
  return process.memoryUsage.rss();
}

/**
 * Asks as an open page does, until it is ended; then says how long each call took: milliseconds of this thread, so that
 * other work on the computer does not count. Calls that take several turns have the mail's work between them in it; what
 * they hold up by themselves is told by page-figures.
 */
function visit(gateway: Gateway): () => Promise<readonly string[]> {
  const facts = { version: "load", dataDirectory: data, platform: process.platform };
  const dispatch = createDispatch({
    host: hostOf(gateway, facts as never),
    secrets,
    onFault: (error) => {
      throw error;
    },
  });
  const times = new Map<string, number[]>();
  let over = false;
  const visiting = (async () => {
    while (!over) {
      for (const [name, input] of ASKED) {
        const call = `${name} ${JSON.stringify(input)}`;
        const start = process.threadCpuUsage();
        const answer = await dispatch(name, input);
        if ("error" in answer) throw new Error(JSON.stringify(answer.error));
        const { user, system } = process.threadCpuUsage(start);
        times.set(call, [...(times.get(call) ?? []), (user + system) / 1_000]);
      }
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  })();
  return async () => {
    over = true;
    await visiting;
    return [...times].map(([call, list]) => {
      const sorted = list.toSorted((a, b) => a - b);
      const part = (share: number): string =>
        (sorted[Math.floor((sorted.length - 1) * share)] ?? 0).toFixed(0);
      return `  ${call}: ${list.length} times, median ${part(0.5)}, 99 % ${part(0.99)}, slowest ${part(1)} ms`;
    });
  };
}

async function open(): Promise<Gateway> {
  const options = { dataDirectory: data, secrets, clock: systemClock, version: "load" };
  return openGateway(options as Parameters<typeof openGateway>[0]);
}

/** One check; memory and speed every tenth part of it. */
async function measured(gateway: Gateway, count: number, done: "delivered" | "collected"): Promise<void> {
  let mark = 0;
  let since = performance.now();
  const step = count / 10;
  const begun = performance.now();
  const unsubscribe = gateway.subscribe((event) => {
    if (event.kind === "state") console.log(`  ${seconds(begun)} s: ${event.state}`);
    if (event.kind !== "progress" || event.totals[done] < mark + step) return;
    const number = event.totals[done] - mark;
    mark = event.totals[done];
    const perMessage = (performance.now() - since) / number;
    console.log(
      `  ${mark} ${done}: ${perMessage.toFixed(2)} ms each, ${(memory() / MEGABYTE).toFixed(0)} MB`,
    );
    since = performance.now();
  });
  const end = visit(gateway);
  const { problems: _problems, ...summary } = await gateway.check();
  const asked = await end();
  if (typeof unsubscribe === "function") unsubscribe();
  console.log(
    `  ${seconds(begun)} s: ${JSON.stringify({ ...summary, findings: undefined })}\n${asked.join("\n")}`,
  );
}

const smtp = await startMailServerProcess({ keepBytes: false });
let pop3 = await startMailboxProcess(crowd(through));
try {
  await saveOfficeSettings(
    data,
    officeSettings({ pop3: pop3.port, smtp: smtp.port }, { alerts: { mail: false } }),
  );
  console.log(`${through} messages through`);
  let gateway = await open();
  await measured(gateway, through, "delivered");
  await gateway.close();
  console.log(`  arrived: ${await smtp.count()}, left in the mailbox: ${(await pop3.left()).length}`);

  await pop3.close();
  pop3 = await startMailboxProcess({
    kind: "samples",
    count: waiting,
    options: { profile: "small", seed: "waiting", ways: ["x-original-to"] },
  });
  await saveOfficeSettings(
    data,
    officeSettings({ pop3: pop3.port, smtp: smtp.port }, { alerts: { mail: false } }),
  );
  await smtp.stop();
  console.log(`${waiting} waiting, the mail server is down`);
  gateway = await open();
  await measured(gateway, waiting, "collected");
  await gateway.close();
  const begun = performance.now();
  gateway = await open();
  console.log(`  start with ${gateway.status().folders.Inbox} waiting: ${seconds(begun)} s`);
  const end = visit(gateway);
  await gateway.check();
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  console.log(`  pages meanwhile:\n${(await end()).join("\n")}`);
  await gateway.close();
  console.log(`  memory at the end: ${(memory() / MEGABYTE).toFixed(0)} MB, ${peak()}`);
} finally {
  await Promise.all([pop3.close(), smtp.close()]);
  await rm(folder, { recursive: true, force: true });
}

function peak(): string {
  return /^VmHWM:.*$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[0] ?? "";
}
