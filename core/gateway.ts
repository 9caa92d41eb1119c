/**
 * The composition root: the only file that knows all the stages. It builds them, joins them through the ports
 * of core/model, and is what a host holds.
 *
 *     collect -> (intake: envelope, policy) -> spool -> deliver -> (settle) -> outcome
 */
import { mkdir } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { collectAccount } from "./collect/collector.ts";
import { createDispatcher, type DeliverySettings, type Dispatcher } from "./deliver/dispatcher.ts";
import { smtpServer } from "./deliver/smtp-server.ts";
import { mergeAliases } from "./envelope/aliases.ts";
import { explain } from "./explain/explain.ts";
import { AccountPasses } from "./gateway/account-passes.ts";
import { createAlertFilter } from "./gateway/alert-filter.ts";
import { heldProblem, loopProblem, uncollectedProblem } from "./gateway/alert-problems.ts";
import { describePass } from "./gateway/describe-pass.ts";
import { createEvents } from "./gateway/events.ts";
import { type ExamineContext, examine, handAccount } from "./gateway/examine.ts";
import { createIntake } from "./gateway/intake.ts";
import { MailRecords } from "./gateway/mail-records.ts";
import { MailRuns } from "./gateway/mail-runs.ts";
import { runSchedule } from "./gateway/run-schedule.ts";
import { takeUpOrphans } from "./gateway/take-up-orphans.ts";
import { openDailyFile } from "./log/daily-file.ts";
import { createProgramLog } from "./log/program-log.ts";
import type { Gateway, GatewayOptions, OpenGateway } from "./model/gateway.ts";
import type { MessageSource, ReceivedBody } from "./model/message.ts";
import type { RaiseAlert } from "./model/ports.ts";
import { describeProblem, type Problem, ProblemError } from "./model/problem.ts";
import type { AccountSettings, Settings } from "./model/settings.ts";
import { settle } from "./outcome/settle.ts";
import { createSettingsStore, missingSettings } from "./settings/settings-store.ts";
import { openSpool, type Spool } from "./spool/spool.ts";
import type { SpoolPolicy } from "./spool/spool-context.ts";
import { createTap } from "./transcript/tap.ts";

const DAY = 86_400_000;

export const openGateway: OpenGateway = async (options) => {
  const { clock, secrets, dataDirectory } = options;
  const hostName = options.hostName ?? hostname();
  const store = createSettingsStore(dataDirectory, secrets);
  // Looked at before anything is made or locked: invalid settings leave no trace.
  let settings = await loadSettings(() => store.load({ readOnly: true }), dataDirectory);

  const events = createEvents();
  const programFile = openDailyFile({
    path: join(dataDirectory, "log", "efs.log"),
    keep: settings.log.days,
    clock,
  });
  const mailFile = openDailyFile({
    path: join(dataDirectory, "log", "mail.log"),
    keep: settings.log.days,
    clock,
  });
  const { log, fault } = createProgramLog({
    file: programFile,
    clock,
    onLine: (line) => events.emit({ kind: "log", line }),
  });
  const raiseAlert = createAlertFilter(clock, (alert) => {
    log({ source: "gateway", level: "warning", text: describeProblem(alert.problem) });
    events.emit({ kind: "alert", alert });
  });
  const tap = createTap(clock, (entry) => events.emit({ kind: "transcript", entry }));

  const spool = await openSpool({
    dataDirectory,
    clock,
    log,
    raiseAlert,
    policy: () => spoolPolicy(settings),
  });
  try {
    await mkdir(join(dataDirectory, "log"), { recursive: true, mode: 0o700 });
    // Again, now that the data is ours: passwords written by hand are sealed.
    settings = await loadSettings(() => store.load(), dataDirectory);
  } catch (error) {
    await spool.close();
    throw error;
  }

  const records = new MailRecords({
    clock,
    origin: { host: hostName, pid: process.pid },
    writeMailLog: (line) => mailFile.write(line),
    log,
    onChange: (totals) => events.emit({ kind: "progress", totals }),
  });

  const dispatcher: Dispatcher = createDispatcher(
    {
      clock,
      queue: spool.queue,
      route: spool.route,
      tap,
      alert: raiseAlert,
      bodyMissing: async ({ id }) => {
        await spool.bodyMissing(id);
      },
      settle: async (result) => {
        const { postmaster, backup } = settings;
        const settlement = settle(result, { sendErrors: postmaster.sendErrors, backup: backup.enabled });
        await spool.outcomes.apply(settlement);
        records.settled(settlement);
        if (result.recipients.some(({ next }) => next.kind === "held")) {
          raiseAlert({ cause: "unknown-outcome", problem: heldProblem(result) });
        }
      },
    },
    deliverySettings(settings, hostName, options, spool),
  );

  const judge = (account: ExamineContext["account"]) => {
    const aliasTable = mergeAliases(settings.aliases);
    return (body: ReceivedBody, source: MessageSource) =>
      examine(body, source, {
        settings,
        account,
        aliasTable,
        users: null,
        installationId: spool.installationId,
      });
  };

  const runs = new MailRuns({
    clock,
    log,
    records,
    dispatcher,
    spool,
    events,
    settings: () => settings,
    takeUpOrphans: (signal) =>
      takeUpOrphans({
        spool,
        records,
        log,
        signal,
        judge: (accountId) => judge(settings.accounts.find(({ id }) => id === accountId) ?? handAccount),
      }),
    accounts: new AccountPasses({
      clock,
      openPassword: ({ password }) => (typeof password === "string" ? password : secrets.open(password)),
      load: (accountId) => spool.notes.read(`login-pause:${accountId}`),
      save: (accountId, pause) => spool.notes.write(`login-pause:${accountId}`, pause),
      collect: async (account, password, signal) => {
        const intake = createIntake({
          bodies: spool.bodies,
          examine: judge(account),
          onAccepted: (accepted, order) => {
            records.accepted(accepted, order);
            if (accepted.kind === "junked" && accepted.reason === "loop") {
              raiseAlert({ cause: "loop", problem: loopProblem(order) });
            }
            dispatcher.kick();
          },
        });
        const result = await collectAccount(
          { ...account, password },
          { intake, ledger: spool.ledger },
          {
            clock,
            log,
            raiseAlert,
            tap,
            signal,
            maxMessageBytes: settings.control.maxMessageBytes,
            onProgress: ({ toCollect }) => records.toCollect(toCollect),
            onCollected: (octets) => records.collected(octets),
          },
        );
        records.collectedFrom(account.id, describePass(result));
        if (result.problem !== null) alertOf(account, result.trouble, settings, raiseAlert, result.problem);
        const { problem, trouble, failed } = result;
        return { problem: problem ?? (failed > 0 ? uncollectedProblem(account.id, failed) : null), trouble };
      },
    }),
    reportContext: () => ({
      primaryDomain: settings.domains.primary,
      postmaster: settings.postmaster.address,
      style: settings.postmaster.reportStyle,
      reportedDays: settings.retention.reportedDays,
      hostName,
      installationId: spool.installationId,
      now: clock.now(),
      explain,
    }),
  });
  let stopSchedule: (() => void) | null = null;

  const gateway: Gateway = {
    check: (order = {}) => runs.check(order),
    status: () => ({
      ...runs.status(),
      version: options.version,
      dataDirectory,
    }),
    queue: ({ folder, after = 0, limit = 100 }) =>
      spool.list(folder, after, Math.min(Math.max(limit, 1), 1_000)),
    settings: () => settings,
    async saveSettings(next) {
      settings = await store.save(next);
      dispatcher.configure(deliverySettings(settings, hostName, options, spool));
      runs.settingsChanged();
    },
    subscribe: (listener) => events.subscribe(listener),
    startSchedule() {
      stopSchedule ??= runSchedule({ clock, runs, settings: () => settings, onFault: fault });
    },
    async close() {
      stopSchedule?.();
      await runs.stop();
      await dispatcher.close();
      await spool.close();
      await Promise.all([mailFile.close(), programFile.close()]);
    },
  };
  return gateway;
};

async function loadSettings(load: () => Promise<Settings | null>, dataDirectory: string): Promise<Settings> {
  const settings = await load();
  if (settings === null) throw new ProblemError(missingSettings(dataDirectory));
  return settings;
}

function deliverySettings(
  settings: Settings,
  hostName: string,
  { secrets }: GatewayOptions,
  { installationId }: Spool,
): DeliverySettings {
  const { smtp } = settings;
  const helo = smtp.helo ?? heloName(hostName);
  return {
    server: smtpServer(smtp, helo, secrets),
    fallback: smtp.fallback === null ? null : smtpServer(smtp.fallback, helo, secrets),
    connections: smtp.connections,
    messagesPerConnection: smtp.messagesPerConnection,
    forward: smtp.forward,
    expireMs: settings.retry.expireDays * DAY,
    trace: { enabled: settings.control.traceHeader, helo, installationId },
  };
}

/** RFC 5321 4.1.1.1 wants a domain; computers have names that are none. */
function heloName(hostName: string): string {
  const name = hostName
    .toLowerCase()
    .replace(/[^a-z0-9.-]/g, "-")
    .replace(/^[-.]+|[-.]+$/g, "");
  return name === "" ? "localhost" : name;
}

function spoolPolicy({ antivirus, duplicates, retention, backup }: Settings): SpoolPolicy {
  return {
    duplicateDays: duplicates.days,
    realtimeAntivirus: antivirus.realtime,
    sendingDelay: (size) =>
      1_000 * (antivirus.delaySeconds + Math.ceil((antivirus.perMegabyteSeconds * size) / 1_048_576)),
    reportedDays: retention.reportedDays,
    junkDays: retention.junkDays,
    backupDays: backup.days,
    historyDays: retention.historyDays,
  };
}

/** "Alert postmaster" on POP3 errors, optionally time-outs too (PRODUCT section 6). */
function alertOf(
  account: AccountSettings,
  trouble: string | null,
  { alerts }: Settings,
  raiseAlert: RaiseAlert,
  problem: Problem,
): void {
  const wanted = trouble === "timeout" ? alerts.pop3Timeouts : alerts.pop3Errors;
  if (wanted) raiseAlert({ cause: `${problem.code}:${account.id}`, problem });
}
