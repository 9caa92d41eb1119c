/** A diagnosis with the real connections to servers and a computer and a DNS of the test's making. */
import { onTestFailed } from "vitest";
import { diagnose } from "../../core/diagnose/diagnose.ts";
import type { DiagnosisPorts } from "../../core/diagnose/ports.ts";
import { explain } from "../../core/explain/explain.ts";
import { openMailbox, openMailServer } from "../../core/gateway/diagnosis.ts";
import type { DiagnosisCheck } from "../../core/model/diagnosis.ts";
import type { Clock } from "../../core/model/ports.ts";
import type { Settings } from "../../core/model/settings.ts";
import { systemClock } from "../../core/util/system-clock.ts";

/** Friday, noon. */
export const NOW = Date.UTC(2026, 10, 20, 12);

/** Stands still, but its timers run. */
export const frozenClock: Clock = { now: () => NOW, after: systemClock.after };

export const GIGABYTE = 1_073_741_824;

/** What a table says of a check. */
export type Told = Omit<DiagnosisCheck, "id" | "subject" | "title">;

export interface Diagnosed {
  readonly checks: readonly DiagnosisCheck[];
  /** In the order in which they were told. */
  readonly told: readonly DiagnosisCheck[];
  readonly faults: readonly unknown[];
  /** By id; a check that was not made fails the test. */
  of(id: string): Told;
  /** `name pass`, `login fail`, ... of one subject. */
  verdicts(prefix: string): readonly string[];
}

export function systemError(code: string): Error {
  return Object.assign(new Error(`query ${code}`), { code });
}

export function testPorts(changes: Partial<DiagnosisPorts> = {}): DiagnosisPorts {
  const clock = changes.clock ?? frozenClock;
  const parts = {
    clock,
    tap: () => undefined,
    secrets: { open: () => null },
    helo: () => "gateway.office.test",
  };
  let sessions = 0;
  return {
    clock,
    lookUp: async () => ["192.0.2.1"],
    mailExchangers: async (domain) => [`mx.${domain}`],
    openMailbox: (account, signal) => openMailbox(account, parts, signal),
    openServer(server, signal) {
      sessions += 1;
      return openMailServer(server, `smtp-${sessions}`, parts, signal);
    },
    openPassword: (password) => (typeof password === "string" ? password : null),
    explain,
    newestMessageAt: () => null,
    listedAliases: () => ({}),
    unlikelyName: () => "efs-trial-0123456789",
    freeBytes: async () => 50 * GIGABYTE,
    tryWriting: async () => undefined,
    timeZone: () => ({ name: "Europe/Berlin", minutes: 60 }),
    onFault: () => undefined,
    ...changes,
  };
}

export async function diagnosed(
  settings: Settings,
  changes: Partial<DiagnosisPorts> = {},
  signal: AbortSignal = new AbortController().signal,
): Promise<Diagnosed> {
  const told: DiagnosisCheck[] = [];
  const faults: unknown[] = [];
  const { checks } = await diagnose({
    settings,
    folders: {
      dataDirectory: "/data",
      folders: [
        { name: "Inbox", path: "/data/mail/Inbox" },
        { name: "Errors", path: "/data/mail/Errors" },
      ],
    },
    ports: testPorts({ onFault: (error) => faults.push(error), ...changes }),
    onCheck: (check) => told.push(check),
    signal,
  });
  onTestFailed(() => console.error(JSON.stringify(checks, null, 1)));
  return {
    checks,
    told,
    faults,
    of(id) {
      const found = checks.filter((check) => check.id === id);
      if (found.length !== 1) throw new Error(`${found.length} checks of the id ${id}`);
      const { id: _id, subject: _subject, title: _title, ...rest } = found[0] as DiagnosisCheck;
      return rest;
    },
    verdicts: (prefix) =>
      checks
        .filter(({ id }) => id.startsWith(`${prefix}/`))
        .map(({ id, verdict }) => `${id.slice(prefix.length + 1)} ${verdict}`),
  };
}
