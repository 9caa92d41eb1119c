/**
 * The composition root: the only file that knows all the stages. It builds them, joins them through the ports
 * of core/model, and is what a host holds.
 *
 *     collect -> (intake: envelope, policy) -> spool -> deliver -> (settle) -> outcome
 */
import { availableParallelism, hostname } from "node:os";
import { join } from "node:path";
import { collectAccount } from "./collect/collector.ts";
import { createDispatcher, type Dispatcher } from "./deliver/dispatcher.ts";
import { explain } from "./explain/explain.ts";
import { explainFailure } from "./explain/explain-failure.ts";
import { AccountPasses } from "./gateway/account-passes.ts";
import { createActions } from "./gateway/actions.ts";
import { activityOf, dayStarts } from "./gateway/activity.ts";
import { createAddressing, createListRefresh } from "./gateway/addressing.ts";
import { AlertDesk } from "./gateway/alert-desk.ts";
import { createAlertFilter } from "./gateway/alert-filter.ts";
import { heldProblem, isAlertWanted, loopProblem, uncollectedProblem } from "./gateway/alert-problems.ts";
import { createCheckSteps } from "./gateway/check-steps.ts";
import { CLOCK_NOTE, ClockWatch } from "./gateway/clock-watch.ts";
import { DAY_TOTALS_NOTE, DayTotals } from "./gateway/day-totals.ts";
import { describePass } from "./gateway/describe-pass.ts";
import { createDiagnosisRuns } from "./gateway/diagnosis.ts";
import { createEvents } from "./gateway/events.ts";
import { orderOf } from "./gateway/examine.ts";
import { Guard } from "./gateway/guard.ts";
import { heloName } from "./gateway/helo-name.ts";
import { createHistoryCalls } from "./gateway/history-calls.ts";
import { createIntake } from "./gateway/intake.ts";
import { IntakeThread } from "./gateway/intake-thread.ts";
import { createJudging } from "./gateway/judging.ts";
import { MailRecords } from "./gateway/mail-records.ts";
import { MailRuns, stoppingProblem } from "./gateway/mail-runs.ts";
import { RECENT_LINES, RecentLog } from "./gateway/recent-log.ts";
import { runSchedule } from "./gateway/run-schedule.ts";
import { spoolAlerts } from "./gateway/send-alerts.ts";
import { spoolOversizeNotice } from "./gateway/send-oversize-notice.ts";
import { deliverySettings, spoolPolicy } from "./gateway/stage-settings.ts";
import { takeUpOrphans } from "./gateway/take-up-orphans.ts";
import { createTrials } from "./gateway/trials.ts";
import { type AddressLists, openAddressLists } from "./lists/address-lists.ts";
import { openDailyFile } from "./log/daily-file.ts";
import { createProgramLog } from "./log/program-log.ts";
import { readLogTail } from "./log/read-log-tail.ts";
import type { ClockDoubt } from "./model/clock-doubt.ts";
import type { Alert } from "./model/event.ts";
import type { Gateway, OpenGateway } from "./model/gateway.ts";
import type { Accepted, AcceptOrder } from "./model/message.ts";
import type { RaiseAlert } from "./model/ports.ts";
import { describeProblem, ProblemError } from "./model/problem.ts";
import type { Settings } from "./model/settings.ts";
import type { AlertMailContext } from "./outcome/alert-mail.ts";
import { ownSender } from "./outcome/postmaster-report.ts";
import { settle } from "./outcome/settle.ts";
import { watchMarker } from "./schedule/marker-file.ts";
import { createSettingsStore, missingSettings } from "./settings/settings-store.ts";
import { openSpool } from "./spool/spool.ts";
import { createTap, silentTap } from "./transcript/tap.ts";
import { fileProblem } from "./util/file-problem.ts";
import { nodeFileSystem } from "./util/file-system.ts";
import { Running } from "./util/running.ts";
import { boundYoungGeneration } from "./util/young-generation.ts";

const RECENT_ALERTS = 50;

export const openGateway: OpenGateway = async (options) => {
  const { clock, secrets, dataDirectory } = options;
  const hostName = options.hostName ?? hostname();
  const store = createSettingsStore(dataDirectory, secrets);
  // Looked at before anything is made or locked: invalid settings leave no trace.
  let settings = await loadSettings(() => store.load({ readOnly: true }), dataDirectory);
  boundYoungGeneration();

  const events = createEvents();
  const recentLog = new RecentLog();
  const recentAlerts: Alert[] = [];
  recentLog.addEarlier(await readLogTail(join(dataDirectory, "log", "efs.log"), RECENT_LINES));
  const programFile = openDailyFile({
    path: join(dataDirectory, "log", "efs.log"),
    keep: () => settings.log.days,
    clock,
  });
  const mailFile = openDailyFile({
    path: join(dataDirectory, "log", "mail.log"),
    keep: () => settings.log.days,
    clock,
  });
  const { log, fault } = createProgramLog({
    file: programFile,
    clock,
    level: () => settings.log.level,
    onLine: (line) => {
      recentLog.add(line);
      events.emit({ kind: "log", line });
    },
  });
  const announceAlert = createAlertFilter(clock, (alert) => {
    log({ source: "gateway", level: "warning", text: describeProblem(alert.problem) });
    recentAlerts.push(alert);
    if (recentAlerts.length > RECENT_ALERTS) recentAlerts.shift();
    events.emit({ kind: "alert", alert });
  });
  const alertDesk = new AlertDesk({ clock, linesAbout: (cause) => recentLog.about(cause) });
  const raiseAlert: RaiseAlert = (alert) => {
    alertDesk.raise(alert);
    announceAlert(alert);
  };
  const heard = options.transcript !== false;
  const tap = heard ? createTap(clock, (entry) => events.emit({ kind: "transcript", entry })) : silentTap;

  let clockDoubt = (): ClockDoubt | null => null;
  const spool = await openSpool({
    dataDirectory,
    clock,
    log,
    raiseAlert,
    policy: () => ({ ...spoolPolicy(settings), clockBelieved: clockDoubt() === null }),
  });
  const clockWatch = new ClockWatch({
    clock,
    read: () => spool.notes.read(CLOCK_NOTE),
    write: (note) => spool.notes.write(CLOCK_NOTE, note),
    raiseAlert,
  });
  clockDoubt = () => clockWatch.doubt();
  alertDesk.keepIn(spool.notes);
  let lists: AddressLists;
  try {
    await makeLogFolder(join(dataDirectory, "log"));
    // Again, now that the data is ours: passwords written by hand are sealed.
    settings = await loadSettings(
      () => store.load({ restored: (problem) => raiseAlert({ cause: "settings-restored", problem }) }),
      dataDirectory,
    );
    lists = await openAddressLists({
      dataDirectory,
      log,
      raiseAlert,
      told: {
        read: () => spool.notes.read("lists-told"),
        write: (versions) => spool.notes.write("lists-told", versions),
      },
    });
  } catch (error) {
    await spool.close();
    throw error;
  }

  const records = new MailRecords({
    clock,
    origin: { host: hostName, pid: process.pid },
    writeMailLog: (line) => mailFile.write(line),
    log,
    explain: explainFailure,
    trailOf: (id) => spool.trail(id),
    onChange: (totals) => events.emit({ kind: "progress", totals }),
  });

  const delivery = () =>
    deliverySettings(settings, {
      helo: heloName(settings, hostName),
      secrets,
      installationId: spool.installationId,
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
      settle: async (answered) => {
        const { postmaster, backup } = settings;
        const result = guard.judge(answered);
        const settlement = guard.judgeReport(
          settle(result, { sendErrors: postmaster.sendErrors, backup: backup.enabled }),
        );
        await spool.outcomes.apply(settlement, async () => {
          records.settled(settlement);
          const { kind } = result.message;
          const unknown = ({ next }: (typeof result.recipients)[number]): boolean =>
            next.kind === "held" && next.reason === "unknown-outcome";
          if (kind !== "alert" && result.recipients.some(unknown)) {
            raiseAlert({ cause: "unknown-outcome", problem: heldProblem(result) });
          }
          await guard.settled(answered, settlement);
        });
      },
    },
    delivery(),
  );

  const judging = createJudging({
    settings: () => settings,
    lists: () => lists.inForce(),
    installationId: spool.installationId,
  });
  const thread = new IntakeThread({
    processors: options.secondThread === true ? availableParallelism() : 1,
    clock,
    log,
    temporary: spool.directory.temporary,
    installationId: spool.installationId,
    settings: () => settings,
    lists: () => lists.inForce(),
  });
  /** What is judged may be held from the start. */
  const admit = (order: AcceptOrder): AcceptOrder => guard.admit(order);
  const guard = new Guard({
    clock,
    log,
    raiseAlert,
    spool,
    settings: () => settings,
    lists: () => lists.inForce(),
    probe: (addresses) => dispatcher.probe(ownSender(settings.domains.primary), addresses),
    isRelayDenied: (reply) => explain(reply).category === "relay-denied",
    resolve(message, header) {
      records.resolvedAnew(message.id);
      return judging.resolve(message, header);
    },
    kick: () => dispatcher.kick(),
    onBack: (ids) => records.broughtBack(ids),
    onJunked: (id) => records.junked(id),
  });

  const ownMailContext = (): AlertMailContext => ({
    primaryDomain: settings.domains.primary,
    postmaster: settings.postmaster.address,
    hostName,
    installationId: spool.installationId,
    now: clock.now(),
  });

  const onAccepted = async (accepted: Accepted, order: AcceptOrder): Promise<void> => {
    records.accepted(accepted, order);
    if (accepted.kind === "junked" && accepted.reason === "loop") {
      raiseAlert({ cause: "loop", problem: loopProblem(order) });
    }
    await guard.taken(accepted, order);
  };

  const runs = new MailRuns({
    clock,
    log,
    records,
    dispatcher,
    spool,
    clockWatch,
    events,
    settings: () => settings,
    guard,
    refreshLists: createListRefresh(lists, () => settings, log),
    takeUpOrphans: (signal) =>
      takeUpOrphans({
        spool,
        records: { accepted: onAccepted },
        log,
        signal,
        judge: (accountId) => (body, source) => admit(orderOf(judging.found(accountId)(body), source)),
      }),
    accounts: new AccountPasses({
      clock,
      openPassword: ({ password }) => (typeof password === "string" ? password : secrets.open(password)),
      load: (accountId) => spool.notes.read(`login-pause:${accountId}`),
      save: (accountId, pause) => spool.notes.write(`login-pause:${accountId}`, pause),
      collect: async (account, password, signal) => {
        const intake = createIntake({
          bodies: spool.bodies,
          thread: thread.door(account),
          examine: judging.collecting(account),
          admit,
          onAccepted: async (accepted, order) => {
            await onAccepted(accepted, order);
            dispatcher.kick();
          },
        });
        const result = await collectAccount(
          {
            ...account,
            password,
            // "Delete N days after our collection" goes by dates too.
            deleteAfterDays: clockDoubt() === null ? account.deleteAfterDays : null,
          },
          { intake, ledger: spool.ledger },
          {
            clock,
            log,
            raiseAlert,
            ...(heard ? { tap } : {}),
            signal,
            maxMessageBytes: settings.control.maxMessageBytes,
            onProgress({ toCollect }) {
              records.toCollect(toCollect);
              thread.expect(toCollect);
            },
            onCollected: (octets) => records.collected(octets),
            sendHeaders: async (notice) => {
              await spoolOversizeNotice(notice, spool.bodies, ownMailContext());
              dispatcher.kick();
            },
          },
        );
        records.collectedFrom(account.id, describePass(result));
        const { problem, trouble, failed } = result;
        if (problem !== null && isAlertWanted(trouble, settings.alerts)) {
          raiseAlert({ cause: `${problem.code}:${account.id}`, problem });
        }
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
      explain: explainFailure,
    }),
    steps: createCheckSteps({ clock, log, settings: () => settings, folder: dataDirectory }),
    today: new DayTotals({
      clock,
      read: () => spool.notes.read(DAY_TOTALS_NOTE),
      write: (note) => spool.notes.write(DAY_TOTALS_NOTE, note),
    }),
    alerts: {
      waitingSince: () => alertDesk.waitingSince(),
      spool: () =>
        spoolAlerts({
          desk: alertDesk,
          bodies: spool.bodies,
          wanted: settings.alerts.mail,
          context: ownMailContext(),
        }),
    },
  });
  const diagnoses = createDiagnosisRuns({
    clock,
    tap,
    secrets,
    spool,
    settings: () => settings,
    lists: () => lists.inForce(),
    helo: () => heloName(settings, hostName),
    onFault: fault,
    onCheck: (check) => events.emit({ kind: "diagnosis", check }),
  });
  const trials = createTrials({
    clock,
    tap,
    secrets,
    settings: () => settings,
    lists: () => lists.inForce(),
    helo: (tried) => heloName(tried, hostName),
    alone: (work) => runs.alone(work),
    onFault: fault,
  });
  let stopSchedule: (() => void) | null = null;
  let closing: Promise<void> | null = null;
  /** What writes files of the data folder: they are another process's once it is given back. */
  const writing = new Running();
  const close = async (): Promise<void> => {
    stopSchedule?.();
    await Promise.all([runs.stop(), diagnoses.stop(), trials.stop(), writing.ended()]);
    await Promise.all([dispatcher.close(), thread.close()]);
    await alertDesk.saved();
    await spool.close();
    await Promise.all([mailFile.close(), programFile.close()]);
  };

  const write = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    if (closing !== null) throw new ProblemError(stoppingProblem);
    return writing.track(work());
  };
  const saveSettings = (next: Settings): Promise<void> =>
    write(async () => {
      settings = await store.save(next);
      dispatcher.configure(delivery());
      runs.settingsChanged();
      await guard.settingsChanged();
    });
  const addressing = createAddressing({
    dataDirectory,
    clock,
    secrets,
    tap,
    lists,
    installationId: spool.installationId,
    settings: () => settings,
    saveSettings,
    listsChanged: () => guard.settingsChanged(),
    alone: (work) => runs.alone(work),
  });

  const gateway: Gateway = {
    ...addressing,
    importList: (order) => write(() => addressing.importList(order)),
    ...createHistoryCalls(spool, clockWatch, () => runs.review()),
    ...createActions({
      clock,
      log,
      spool,
      guard,
      settings: () => settings,
      kick() {
        dispatcher.kick();
        runs.review();
      },
    }),
    check: (order = {}) => runs.check(order),
    status: () => ({
      ...runs.status(),
      clock: clockDoubt(),
      guard: guard.holds(),
      version: options.version,
      dataDirectory,
    }),
    queue: ({ folder, after = 0, limit = 100 }) =>
      spool.list(folder, after, Math.min(Math.max(limit, 1), 1_000)),
    settings: () => settings,
    saveSettings,
    diagnose: (onCheck, signal) => diagnoses.run(onCheck, signal),
    subscribe: (listener) => events.subscribe(listener),
    trials,
    stop: () => runs.halt(),
    pause: (paused) => runs.pause(paused),
    recentLog: (limit) => recentLog.last(limit),
    recentAlerts: () => [...recentAlerts],
    listFolder: (order) => spool.lists.list(order),
    listFolderIds: (order) => spool.lists.queueIds(order),
    async activity() {
      const now = clock.now();
      return activityOf(await spool.activity.since(dayStarts(now)[0] ?? now), now);
    },
    startSchedule() {
      stopSchedule ??= runSchedule({
        clock,
        runs,
        settings: () => settings,
        paused: () => runs.paused,
        takeMarker: watchMarker(dataDirectory, log),
        onFault: fault,
      });
    },
    close() {
      closing ??= close();
      return closing;
    },
  };
  return gateway;
};

async function makeLogFolder(folder: string): Promise<void> {
  try {
    await nodeFileSystem.makeFolder(folder);
  } catch (error) {
    const problem = fileProblem("log-unwritable", "Making the folder", folder, error);
    throw new ProblemError(problem, { cause: error });
  }
}

async function loadSettings(load: () => Promise<Settings | null>, dataDirectory: string): Promise<Settings> {
  const settings = await load();
  if (settings === null) throw new ProblemError(missingSettings(dataDirectory));
  return settings;
}
