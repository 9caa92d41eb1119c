/**
 * Command name -> gateway call.
 *
 * 1. Nothing in a request is trusted: the name has to be known, the arguments have to parse.
 * 2. The promise never rejects. Expected trouble comes back as its problem; anything else is a bug: it goes
 *    to `onFault`, and the caller learns that there was one, not what.
 * 3. Before there are settings only what the set-up needs is answered; everything else is `set-up-needed`.
 */
import { explainText } from "../explain/explain.ts";
import type { CheckOrder, Gateway } from "../model/gateway.ts";
import type { GatewayHost } from "../model/gateway-host.ts";
import type { Secrets } from "../model/ports.ts";
import { type Problem, ProblemError } from "../model/problem.ts";
import { escapeUnprintable } from "../model/reply.ts";
import { formatSettingProblem, type SettingProblem, settingProblems } from "../model/setting-problems.ts";
import type { ConnectionTest } from "../model/trials.ts";
import { accountNamed, unknownAccount } from "../settings/account-named.ts";
import { exportSettings } from "../settings/export-settings.ts";
import {
  type Call,
  CONTRACT_VERSION,
  type CommandInput,
  type CommandName,
  type CommandResults,
  commandInputs,
  type WireResult,
} from "./contract.ts";
import { readMessagePiece } from "./message-piece.ts";
import { readQueueRows } from "./queue-rows.ts";
import {
  createSettingsSaves,
  settingsDocument,
  unsavedAccount,
  unsavedServer,
  unsavedSettings,
} from "./settings-commands.ts";

export interface CommandsOptions {
  readonly host: GatewayHost;
  readonly secrets: Secrets;
  readonly onFault: (error: unknown, doing: string) => void;
  /** Stops a check that this caller began. */
  readonly signal?: AbortSignal;
}

/** Carries out whatever was asked for, by name, from a transport. */
export type Dispatch = (name: string, input: unknown) => Promise<WireResult<unknown>>;

type Handlers = {
  readonly [Name in CommandName]: (
    input: ReturnType<(typeof commandInputs)[Name]["parse"]>,
  ) => CommandResults[Name] | Promise<CommandResults[Name]>;
};

export function createDispatch(options: CommandsOptions): Dispatch {
  const handlers = createHandlers(options);
  return async (name, input) => {
    if (!Object.hasOwn(commandInputs, name)) return { error: unknownCommand(name) };
    const known = name as CommandName;
    const parsed = commandInputs[known].safeParse(input, { reportInput: true });
    if (!parsed.success) return { error: badRequest(name, settingProblems(parsed.error.issues)) };
    try {
      const handle = handlers[known] as (input: unknown) => unknown;
      return { ok: await handle(parsed.data) };
    } catch (error) {
      if (error instanceof ProblemError) return { error: error.problem };
      options.onFault(error, `carrying out "${name}"`);
      return { error: programFault() };
    }
  };
}

/** The same for a caller in this process, typed. */
export function createCall(options: CommandsOptions): Call {
  const dispatch = createDispatch(options);
  return async <Name extends CommandName>(name: Name, input: CommandInput<Name>) =>
    (await dispatch(name, input)) as WireResult<CommandResults[Name]>;
}

function createHandlers({ host, secrets, signal }: CommandsOptions): Handlers {
  const saves = createSettingsSaves(host, secrets);
  const ready = (): Gateway => {
    const current = host.current();
    if (current.kind === "ready") return current.gateway;
    throw new ProblemError(setUpNeeded);
  };
  const desk = () => {
    const current = host.current();
    return current.kind === "ready" ? current.gateway : current.desk;
  };
  const stopping = signal === undefined ? {} : { signal };
  return {
    hello: () => ({
      ...host.facts,
      contract: CONTRACT_VERSION,
      state: host.current().kind,
    }),
    settings: () => settingsDocument(ready().settings()),
    "save-settings": ({ text, revision }) => saves.save(text, revision),
    async "test-account"({ settings: text, account: id }) {
      const settings = unsavedAccount(text, id);
      const tested = await desk().trials.testAccount(accountNamed(settings, id), signal);
      return placedAt(
        tested,
        settings.accounts.findIndex((account) => account.id === id),
      );
    },
    "test-server"({ settings: text, server: which }) {
      const { server, settings } = unsavedServer(text, which);
      return desk().trials.testServer(server, settings, signal);
    },
    "look-up": ({ host: name }) => desk().trials.lookUp(name),
    explain: ({ answer }) => explainText(answer),
    stop: () => ({ stopped: ready().stop() }),
    pause({ paused }) {
      ready().pause(paused);
      return null;
    },
    log: ({ limit }) => ready().recentLog(limit),
    alerts: () => ready().recentAlerts(),
    activity: () => ready().activity(),
    folder: (order) => ready().listFolder(withoutUndefined(order)),
    "folder-ids": async (order) => ({ queueIds: await ready().listFolderIds(withoutUndefined(order)) }),
    "message-piece": (order) => readMessagePiece(ready(), order),
    check(input) {
      const gateway = ready();
      const known = gateway.settings().accounts.map(({ id }) => id);
      const unknown = input.accounts?.find((id) => !known.includes(id));
      if (unknown !== undefined) throw new ProblemError(unknownAccount(unknown, known));
      const order: CheckOrder = { ...withoutUndefined(input), ...stopping };
      return gateway.check(order);
    },
    status: () => ready().status(),
    queue: (order) => readQueueRows(ready(), withoutUndefined(order)),
    headers({ account, count, settings }) {
      const most = count === undefined ? {} : { count };
      return settings === undefined
        ? ready().headers({ account, ...most, ...stopping })
        : desk().trials.findHeaders(unsavedAccount(settings, account, ["domains"]), account, {
            ...most,
            ...stopping,
          });
    },
    async "adopt-headers"({ account, adopt }) {
      await saves.inTurn(() => ready().adoptHeaders(account, adopt));
      return null;
    },
    resolve({ text, account, settings }) {
      const order = { header: Buffer.from(text), ...(account === undefined ? {} : { account }) };
      return settings === undefined
        ? ready().resolve(order)
        : desk().resolve({ ...order, settings: unsavedSettings(settings) });
    },
    lists: () => ready().lists(),
    "import-list": ({ list, text, shorter = false }) =>
      ready().importList({ list, content: Buffer.from(text), shorter }),
    "export-list": ({ list }) => ({ text: ready().exportList(list) }),
    diagnose: () => ready().diagnose(undefined, signal),
    act: (order) => ready().act(withoutUndefined(order)),
    async "send-anyway"(subject) {
      await ready().sendAnyway(subject);
      return null;
    },
    "locate-message": ({ queueId }) => ready().locateMessage(queueId),
    history: (query) => ready().history(withoutUndefined(query)),
    "history-message": (which) => ready().historyMessage(which),
    "forget-history": ({ ids }) => ready().forgetHistory(ids),
    "acknowledge-junk": async ({ ids }) => ({ acknowledged: await ready().acknowledgeJunk(ids) }),
    async "confirm-clock"() {
      await ready().confirmClock();
      return null;
    },
    "import-settings": ({ text }) => saves.import(text),
    "export-settings": () => exportSettings(ready().settings(), null).settings,
  };
}

/** An account is tried by itself; what was found is about its place in the form. */
function placedAt({ checks, ...facts }: ConnectionTest, index: number): ConnectionTest {
  return {
    ...facts,
    checks: checks.map((check) => ({
      ...check,
      place: check.place?.replace(/^accounts\[\d+\]/, `accounts[${index}]`) ?? null,
    })),
  };
}

/** A parsed object's optional keys may be there without a value. */
function withoutUndefined<T extends object>(values: T): { [Key in keyof T]: Exclude<T[Key], undefined> } {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as { [Key in keyof T]: Exclude<T[Key], undefined> };
}

const setUpNeeded: Problem = {
  code: "set-up-needed",
  what: "The set-up of the gateway is not finished yet.",
  cure: "Finish it in the pages, or import settings with: efs import FILE.",
};

function unknownCommand(name: string): Problem {
  return {
    code: "command-unknown",
    what: `The gateway has no command "${escapeUnprintable(name.slice(0, 60))}".`,
    cure: "Use a viewer of the same version as the gateway.",
  };
}

function badRequest(name: string, problems: readonly SettingProblem[]): Problem {
  return {
    code: "request-invalid",
    what: `The request "${name}" is not valid: ${escapeUnprintable(problems.slice(0, 5).map(formatSettingProblem).join("; "))}.`,
    cure: "Use a viewer of the same version as the gateway.",
  };
}

export function programFault(): Problem {
  return {
    code: "program-fault",
    what: "This is a fault in the program.",
    cure: "Details are in log/efs.log of the data folder; please report it with them.",
  };
}
