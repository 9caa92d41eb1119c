/**
 * The whole gateway as the end-to-end tests use it: a data directory with imported settings, opened in this process or
 * run as the command `efs check`. Everything it says is kept; everything it holds goes with the test.
 */
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { onTestFinished } from "vitest";
import { openGateway } from "../../core/gateway.ts";
import { openKeyFileSecrets } from "../../core/headless/key-file-secrets.ts";
import type { Alert, GatewayEvent, LogLine, RunSummary, RunTotals } from "../../core/model/event.ts";
import type { CheckOrder, Gateway, GatewayOptions } from "../../core/model/gateway.ts";
import type { Folder, FolderRow } from "../../core/model/message.ts";
import type { Clock } from "../../core/model/ports.ts";
import type { TranscriptEntry } from "../../core/model/transcript-entry.ts";
import { importSettings } from "../../core/settings/import-settings.ts";
import { createSettingsStore } from "../../core/settings/settings-store.ts";
import { systemClock } from "../../core/util/system-clock.ts";
import { startProcess } from "../support/run-efs-process.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

/** The computer's clock, a settable time ahead: a back-off passes without a wait. */
export class AheadClock implements Clock {
  #ahead = 0;
  now(): number {
    return Date.now() + this.#ahead;
  }
  after(milliseconds: number, run: () => void): () => void {
    return systemClock.after(milliseconds, run);
  }
  goOn(milliseconds: number): void {
    this.#ahead += milliseconds;
  }
}

/** What the gateway announced. */
export interface Heard {
  readonly progress: RunTotals[];
  readonly transcript: TranscriptEntry[];
  readonly logs: LogLine[];
  readonly alerts: Alert[];
}

/** A message that the gateway took over, whatever became of it. */
export interface HistoryRow {
  readonly id: number;
  readonly kind: "mail" | "report" | "alert";
  /** As the POP3 server listed it. */
  readonly uid: string | null;
  /** Where its file is; null: nowhere any more. */
  readonly folder: Folder | null;
  readonly file: string;
  /** null: pending. */
  readonly outcome: string | null;
  readonly detail: string | null;
  /** Recipients with the state of each. */
  readonly recipients: readonly (readonly [address: string, state: string])[];
}

/** `efs check --json`, its summary read. */
export interface CheckProcess {
  readonly code: number | null;
  readonly summary: RunSummary | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface GatewayKit {
  readonly data: string;
  readonly clock: AheadClock;
  readonly heard: Heard;
  /** As `efs import`: in force when the gateway is opened the next time. */
  importSettings(input: Readonly<Record<string, unknown>>): Promise<void>;
  open(options?: Pick<GatewayOptions, "transcript">): Promise<Gateway>;
  /** Opens, runs once, closes. */
  check(order?: CheckOrder): Promise<RunSummary>;
  /** The same as a process of its own; nothing may have the data directory open. */
  efsCheck(...options: readonly string[]): Promise<CheckProcess>;
  /** Resolves at the first event that passes; events before the call do not count. */
  event(passes: (event: GatewayEvent) => boolean): Promise<void>;
  /** All rows of a folder; only while no gateway of the kit is open. */
  rows(folder: Folder): Promise<FolderRow[]>;
  /** Every message that was ever taken over; from the journal itself, whoever has it open. */
  history(): HistoryRow[];
  /** The message files in a folder, by name. */
  files(folder: Folder): Map<string, Buffer>;
  /** The mail log. */
  mailLog(): string;
}

export async function gatewayKit(input: Readonly<Record<string, unknown>>): Promise<GatewayKit> {
  const data = join(await temporaryFolder(), "data");
  mkdirSync(data, { mode: 0o700 });
  const clock = new AheadClock();
  const heard: Heard = { progress: [], transcript: [], logs: [], alerts: [] };
  const open = new Set<Gateway>();
  const waiting = new Set<(event: GatewayEvent) => void>();
  onTestFinished(async () => {
    for (const gateway of open) await gateway.close();
  });

  const listen = (event: GatewayEvent): void => {
    if (event.kind === "progress") heard.progress.push(event.totals);
    else if (event.kind === "transcript") heard.transcript.push(event.entry);
    else if (event.kind === "log") heard.logs.push(event.line);
    else if (event.kind === "alert") heard.alerts.push(event.alert);
    for (const look of [...waiting]) look(event);
  };

  const kit: GatewayKit = {
    data,
    clock,
    heard,
    async importSettings(next) {
      const secrets = openKeyFileSecrets(data);
      const imported = importSettings(Buffer.from(JSON.stringify(next)), secrets, null);
      if (imported.kind === "invalid") throw new Error(JSON.stringify(imported.problems));
      await createSettingsStore(data, secrets).save(imported.settings);
    },
    async open(options = {}) {
      const gateway = await openGateway({
        ...options,
        dataDirectory: data,
        secrets: openKeyFileSecrets(data),
        clock,
        hostName: "gateway.office.test",
        version: "0.0.0-test",
      });
      gateway.subscribe(listen);
      open.add(gateway);
      return {
        ...gateway,
        async close() {
          open.delete(gateway);
          await gateway.close();
        },
      };
    },
    async check(order) {
      const gateway = await kit.open();
      try {
        return await gateway.check(order);
      } finally {
        await gateway.close();
      }
    },
    async efsCheck(...options) {
      const args = ["check", "--data", data, "--json", ...options];
      const { code, stdout, stderr } = await startProcess(args, { script: "core/headless/efs.ts" }).finished;
      const summary = stdout.startsWith("{") ? (JSON.parse(stdout) as RunSummary) : null;
      return { code, summary: summary !== null && "collected" in summary ? summary : null, stdout, stderr };
    },
    event: (passes) =>
      new Promise((resolve) => {
        const look = (event: GatewayEvent): void => {
          if (!passes(event)) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
      }),
    async rows(folder) {
      const gateway = await kit.open();
      const rows: FolderRow[] = [];
      try {
        for (;;) {
          const page = gateway.queue({
            folder,
            limit: 1_000,
            ...(rows.length > 0 ? { after: lastId(rows) } : {}),
          });
          rows.push(...page);
          if (page.length < 1_000) return rows;
        }
      } finally {
        await gateway.close();
      }
    },
    history() {
      const database = new DatabaseSync(join(data, "efs.db"), { readOnly: true });
      try {
        const recipients = Map.groupBy(
          database.prepare("SELECT message, address, state FROM recipient ORDER BY id").all(),
          (row) => row["message"],
        );
        return database
          .prepare(
            "SELECT id, kind, uid, folder, file, outcome, outcome_detail AS detail FROM message ORDER BY id",
          )
          .all()
          .map((row) => ({
            ...(row as unknown as Omit<HistoryRow, "recipients">),
            recipients: (recipients.get(row["id"] ?? null) ?? []).map(
              ({ address, state }) => [String(address), String(state)] as const,
            ),
          }));
      } finally {
        database.close();
      }
    },
    files(folder) {
      const path = join(data, "mail", folder);
      return new Map(
        readdirSync(path)
          .filter((name) => name.endsWith(".eml"))
          .map((name) => [name, readFileSync(join(path, name))]),
      );
    },
    mailLog: () => readFileSync(join(data, "log", "mail.log"), "utf8"),
  };
  await kit.importSettings(input);
  return kit;
}

function lastId(rows: readonly FolderRow[]): number {
  return rows.at(-1)?.id ?? 0;
}

/** Settings around one catch-all account; `changes` replace whole top-level keys. */
export function officeSettings(
  account: Readonly<Record<string, unknown>>,
  smtp: Readonly<Record<string, unknown>>,
  changes: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  return {
    accounts: [{ id: "main", username: "catchall", password: "secret", firstUse: "all", ...account }],
    domains: { primary: "office.test" },
    smtp,
    postmaster: { address: "postmaster@office.test" },
    // They would arrive among the mail that the tests count; tests of their own switch them on.
    alerts: { mail: false },
    ...changes,
  };
}
