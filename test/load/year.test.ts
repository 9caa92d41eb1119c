/**
 * 365 days of the schedule, with servers that fail at random, in simulated time: nothing piles up. Every message
 * arrived or was refused and reported; no socket, timer or open file is left over from any day; old files and log files go.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openGateway } from "../../core/gateway.ts";
import { openKeyFileSecrets } from "../../core/headless/key-file-secrets.ts";
import { spoolState } from "../crash/spool-state.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { officeFolder, officeSettings } from "../support/office-folder.ts";
import type { MailboxFault } from "../support/pop3-mailbox-model.ts";
import { startMailboxServer } from "../support/pop3-mailbox-server.ts";
import { createRandom } from "../support/random.ts";
import { makeSample } from "../support/sample-messages.ts";
import { type Script, startScriptedServer } from "../support/scripted-smtp-server.ts";

const DAYS = 365;
const HOUR = 3_600_000;
/** Checks an hour apart from each other would take minutes. */
const HOP = (process.env["EFS_LONG"] === "1" ? 6 : 24) * HOUR;
const HOPS = (DAYS * 24 * HOUR) / HOP;

test("365 days of checks with random faults leave nothing behind", { timeout: 180_000 }, async () => {
  const random = createRandom("year");
  const clock = new FakeClock(Date.UTC(2026, 0, 5, 12));
  const pop3 = await startMailboxServer([]);
  onTestFinished(() => pop3.close());
  let script: Script = () => undefined;
  const smtp = await startScriptedServer({ script: (moment) => refusal(moment) ?? script(moment) });
  onTestFinished(() => smtp.close());
  const data = await officeFolder(
    officeSettings(
      { pop3: pop3.port, smtp: smtp.port },
      {
        backup: { enabled: true, days: 10 },
        alerts: { mail: false },
        schedule: { weekdayMinutes: 300, weekendMinutes: 300 },
      },
    ),
  );
  const gateway = await openGateway({
    dataDirectory: data,
    secrets: openKeyFileSecrets(data),
    clock,
    hostName: "gateway.office.test",
    version: "test",
  });
  let runs = 0;
  gateway.subscribe((event) => {
    if (event.kind === "run-finished") runs += 1;
  });
  /** One more run has ended, and the schedule waits for the next one. */
  const runEnded = async (before: number): Promise<void> => {
    const ended = (): boolean =>
      runs > before && (clock.nextAt() ?? Number.POSITIVE_INFINITY) - clock.now() <= 60_000;
    while (!ended() || ["checking", "sending"].includes(gateway.status().state)) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  gateway.startSchedule();
  await runEnded(0);

  let made = 0;
  let faults = 0;
  const held: {
    readonly day: number;
    readonly files: number;
    readonly sockets: number;
    readonly timers: number;
  }[] = [];
  for (let hop = 0; hop < HOPS; hop += 1) {
    const users = random.chance(0.1) ? ["unknown-bob"] : ["ada", "ben"];
    if (random.chance(0.5)) {
      pop3.add([makeSample(made, { seed: "year", profile: "small", users, ways: ["x-original-to"] })]);
      made += 1;
    }
    script = () => undefined;
    if (hop < HOPS - 10 && random.chance(0.4)) {
      faults += 1;
      if (random.chance(0.5)) pop3.addFault({ ...random.pick(POP3_FAULTS) });
      else script = once(random.pick(SMTP_FAULTS));
    }
    const before = runs;
    // As for a computer that sleeps; each second of the year would take hours.
    await clock.sleep(HOP);
    await runEnded(before);
    if (hop % Math.floor(HOPS / 12) === 0)
      held.push({ day: Math.floor((hop * HOP) / (24 * HOUR)), ...resources(clock) });
  }
  console.log(`${runs} runs, ${made} messages, ${faults} faults`, held);
  expect(runs).toBeGreaterThanOrEqual(HOPS);
  // A connection that is just being ended, a log file that is just open; of what leaks there would be dozens.
  const [, , base, ...later] = held;
  const grown = later.filter(
    ({ files, sockets, timers }) =>
      files + sockets + timers > (base?.files ?? 0) + (base?.sockets ?? 0) + (base?.timers ?? 0) + 4,
  );
  expect(grown).toEqual([]);
  expect(pop3.left()).toEqual([]);
  await gateway.close();
  expect(clock.pending).toBe(0);

  const state = await spoolState(data);
  expect({ ...state, files: null, rows: null }).toEqual({
    files: null,
    rows: null,
    temporary: [],
    integrity: "ok",
    pending: 0,
    tasks: 0,
  });
  expect(state.files).toEqual(state.rows);
  // Only what is younger than its days: 10 in Backup, 30 in Errors.
  expect(state.files.length).toBeLessThan(40);
  expect(readdirSync(join(data, "log")).length).toBeLessThanOrEqual(62);
});

const POP3_FAULTS: readonly MailboxFault[] = [
  { on: "connect", act: { kind: "drop" } },
  { on: "PASS", act: { kind: "refuse", text: "[SYS/TEMP] try later" } },
  { on: "UIDL", act: { kind: "drop", reset: true } },
  { on: "RETR", act: { kind: "drop", afterOctets: 900 } },
  { on: "RETR", act: { kind: "refuse", text: "cannot read it now" } },
  { on: "DELE", act: { kind: "drop" } },
  { on: "QUIT", act: { kind: "drop", late: true } },
  { on: "QUIT", act: { kind: "drop", reset: true } },
];

const SMTP_FAULTS = [
  { phase: "greeting", step: { say: "421 4.3.2 not now", and: "close" } },
  { phase: "ehlo", step: { and: "reset" } },
  { phase: "mail", step: { say: "451 4.3.0 try later" } },
  { phase: "rcpt", step: { say: "450 4.2.1 busy" } },
  { phase: "data", step: { and: "close" } },
  { phase: "body", step: { and: "reset" } },
  { phase: "final", step: { say: "452 4.3.1 full" } },
  { phase: "quit", step: { and: "reset" } },
] as const;

const refusal: Script = ({ phase, recipient }) =>
  phase === "rcpt" && recipient.startsWith("unknown-") ? "550 5.1.1 no such user" : undefined;

function once({ phase, step }: (typeof SMTP_FAULTS)[number]): Script {
  let met = false;
  return (moment) => {
    if (met || moment.phase !== phase) return undefined;
    met = true;
    return step;
  };
}

function resources(clock: FakeClock) {
  const active = process.getActiveResourcesInfo();
  return {
    files: process.platform === "linux" ? readdirSync("/proc/self/fd").length : 0,
    sockets: active.filter((name) => /TCP/.test(name)).length,
    timers: clock.pending + active.filter((name) => name === "Timeout").length,
  };
}
