/**
 * What `efs serve` needs when there is no mail: ten accounts, each asked every minute (the shortest interval there is).
 * From that the cost of one check and of a second without one are found, and from those what five minutes would need:
 * waiting for it would take an hour.
 */
import { join } from "node:path";
import { accountFor, officeSettings, saveOfficeSettings } from "../support/office-folder.ts";
import { serveEfs } from "../support/serve-efs.ts";
import type { Bed } from "./bed.ts";
import { EFS } from "./peer-commands.ts";
import { cpuSeconds, residentMemory } from "./process-figures.ts";
import { formatFigure, type Section } from "./section.ts";

const ACCOUNTS = 10;
const MEASURED_MINUTES = 1;
const WANTED_MINUTES = 5;
const MOST_CPU = 0.002;
const MOST_MEMORY = 120_000_000;
/** The start, and the checks that belong to it. */
const SETTLE_SECONDS = 20;

/** What happened in one second. */
export interface Second {
  readonly cpu: number;
  /** POP3 sessions that were opened. */
  readonly checks: number;
}

export interface IdleCost {
  /** Seconds of CPU. */
  readonly perCheck: number;
  readonly perQuietSecond: number;
}

/** A check's work may reach into the second after it: that one is not quiet either. */
export function idleCost(seconds: readonly Second[]): IdleCost {
  const quiet = seconds.filter(
    ({ checks }, index) => checks === 0 && (seconds[index - 1]?.checks ?? 0) === 0,
  );
  const sum = (of: readonly Second[], key: keyof Second): number =>
    of.reduce((total, second) => total + second[key], 0);
  const perQuietSecond = quiet.length === 0 ? 0 : sum(quiet, "cpu") / quiet.length;
  const checks = sum(seconds, "checks");
  const rest = sum(seconds, "cpu") - perQuietSecond * seconds.length;
  return { perQuietSecond, perCheck: checks === 0 ? 0 : Math.max(0, rest) / checks };
}

/** As a share of one core. */
export function cpuShare({ perCheck, perQuietSecond }: IdleCost, accounts: number, minutes: number): number {
  return perQuietSecond + (perCheck * accounts) / (minutes * 60);
}

export async function measureIdle(bed: Bed, length: number): Promise<Section> {
  const folder = bed.freshFolder();
  const data = join(folder, "data");
  const { port } = bed.dovecot;
  const accounts = Array.from({ length: ACCOUNTS }, (_, number) => {
    bed.dovecot.link(`idle${number}`, "", []);
    return accountFor(port, {
      id: `idle-${number}`,
      username: `idle${number}`,
      intervalMinutes: MEASURED_MINUTES,
    });
  });
  await saveOfficeSettings(data, officeSettings({ pop3: port, smtp: bed.sink.port }, { accounts }));
  const served = await serveEfs(data, { program: EFS });
  const seconds: Second[] = [];
  try {
    await sleep(SETTLE_SECONDS * 1_000);
    let before = { cpu: cpuSeconds(served.pid), logins: logins(bed) };
    for (let second = 0; second < length; second += 1) {
      await sleep(1_000);
      const now = { cpu: cpuSeconds(served.pid), logins: logins(bed) };
      seconds.push({ cpu: now.cpu - before.cpu, checks: now.logins - before.logins });
      before = now;
    }
    return idleSection(seconds, residentMemory(served.pid));
  } finally {
    await served.end();
    bed.drop(folder);
  }
}

export function idleSection(
  seconds: readonly Second[],
  memory: { readonly now: number; readonly peak: number },
): Section {
  const cost = idleCost(seconds);
  const share = cpuShare(cost, ACCOUNTS, WANTED_MINUTES);
  const checks = seconds.reduce((sum, second) => sum + second.checks, 0);
  const cpu = seconds.reduce((sum, second) => sum + second.cpu, 0);
  const percent = (of: number): string => `${(of * 100).toFixed(3)} %`;
  const megabytes = (octets: number): string => `${formatFigure(octets / 1e6)} MB`;
  // The shortest interval is a minute: in half of one every account may just have been passed over.
  const enough = checks > 0;
  return {
    name: "idle",
    title: `efs serve, ${ACCOUNTS} accounts without mail`,
    head: ["", "measured"],
    rows: [
      ["seconds watched", String(seconds.length)],
      ["checks in them, every minute", String(checks)],
      ["CPU then", percent(seconds.length === 0 ? 0 : cpu / seconds.length)],
      ["CPU ms per check", formatFigure(cost.perCheck * 1_000)],
      ["CPU ms per second without one", formatFigure(cost.perQuietSecond * 1_000)],
      [`CPU every ${WANTED_MINUTES} minutes, computed`, percent(share)],
      ["RSS at the end", megabytes(memory.now)],
      ["RSS at its most", megabytes(memory.peak)],
    ],
    notes: [],
    verdicts: enough
      ? [
          { target: `less than ${percent(MOST_CPU)} CPU`, value: percent(share), met: share < MOST_CPU },
          {
            target: `RSS below ${megabytes(MOST_MEMORY)}`,
            value: megabytes(memory.now),
            met: memory.now < MOST_MEMORY,
          },
        ]
      : [],
    faults: enough ? [] : ["no check came in this time: watch for at least 60 seconds (--idle-seconds)"],
    failed: !enough,
    figures: { seconds, cost, share, memory },
  };
}

function logins(bed: Bed): number {
  return bed.dovecot.log().split("Login: user=").length - 1;
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
