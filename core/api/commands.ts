/**
 * Command name -> gateway call.
 *
 * 1. Nothing in a request is trusted: the name has to be known, the arguments have to parse.
 * 2. The promise never rejects. Expected trouble comes back as its problem; anything else is a bug: it goes
 *    to `onFault`, and the caller learns that there was one, not what.
 */
import type { CheckOrder, Gateway } from "../model/gateway.ts";
import type { Secrets } from "../model/ports.ts";
import { type Problem, ProblemError } from "../model/problem.ts";
import { escapeUnprintable } from "../model/reply.ts";
import { formatSettingProblem, type SettingProblem, settingProblems } from "../model/setting-problems.ts";
import type { Settings } from "../model/settings.ts";
import { unknownAccount } from "../settings/account-named.ts";
import { exportSettings } from "../settings/export-settings.ts";
import { importSettings } from "../settings/import-settings.ts";
import { parseSettings } from "../settings/parse-settings.ts";
import {
  type Call,
  type CommandInput,
  type CommandName,
  type CommandResults,
  commandInputs,
  type WireResult,
} from "./contract.ts";

export interface CommandsOptions {
  readonly gateway: Gateway;
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

function createHandlers({ gateway, secrets, signal }: CommandsOptions): Handlers {
  return {
    check(input) {
      const known = gateway.settings().accounts.map(({ id }) => id);
      const unknown = input.accounts?.find((id) => !known.includes(id));
      if (unknown !== undefined) throw new ProblemError(unknownAccount(unknown, known));
      const order: CheckOrder = {
        ...(input.accounts === undefined ? {} : { accounts: input.accounts }),
        ...(input.sendNow === undefined ? {} : { sendNow: input.sendNow }),
        ...(signal === undefined ? {} : { signal }),
      };
      return gateway.check(order);
    },
    status: () => gateway.status(),
    queue: ({ folder, after, limit }) =>
      gateway.queue({ folder, limit, ...(after === undefined ? {} : { after }) }),
    headers: ({ account, count }) =>
      gateway.headers({
        account,
        ...(count === undefined ? {} : { count }),
        ...(signal === undefined ? {} : { signal }),
      }),
    async "adopt-headers"({ account, adopt }) {
      await gateway.adoptHeaders(account, adopt);
      return null;
    },
    resolve: ({ text, account, settings }) =>
      gateway.resolve({
        header: Buffer.from(text),
        ...(account === undefined ? {} : { account }),
        ...(settings === undefined ? {} : { settings: unsavedSettings(settings) }),
      }),
    lists: () => gateway.lists(),
    "import-list": ({ list, text, shorter = false }) =>
      gateway.importList({ list, content: Buffer.from(text), shorter }),
    "export-list": ({ list }) => ({ text: gateway.exportList(list) }),
    diagnose: () => gateway.diagnose(undefined, signal),
    act: (order) => gateway.act(withoutUndefined(order)),
    async "send-anyway"(subject) {
      await gateway.sendAnyway(subject);
      return null;
    },
    "locate-message": ({ queueId }) => gateway.locateMessage(queueId),
    history: (query) => gateway.history(withoutUndefined(query)),
    "history-message": (which) => gateway.historyMessage(which),
    "forget-history": ({ ids }) => gateway.forgetHistory(ids),
    "acknowledge-junk": async ({ ids }) => ({ acknowledged: await gateway.acknowledgeJunk(ids) }),
    async "confirm-clock"() {
      await gateway.confirmClock();
      return null;
    },
    async "import-settings"({ text }) {
      const result = importSettings(text, secrets, gateway.settings());
      if (result.kind === "invalid") throw new ProblemError(invalidImport(result.problems));
      await gateway.saveSettings(result.settings);
      return { accounts: result.settings.accounts.length };
    },
    "export-settings": () => exportSettings(gateway.settings(), null).settings,
  };
}

/** A parsed object's optional keys may be there without a value. */
function withoutUndefined<T extends object>(values: T): { [Key in keyof T]: Exclude<T[Key], undefined> } {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as { [Key in keyof T]: Exclude<T[Key], undefined> };
}

/** For "Try it": read, never stored. */
function unsavedSettings(text: string): Settings {
  const parsed = parseSettings(text);
  if (parsed.kind === "settings") return parsed.settings;
  const problems =
    parsed.kind === "invalid" ? parsed.problems : [{ path: "version", message: "is from a newer program" }];
  throw new ProblemError({
    code: "settings-invalid",
    what: `These settings are not valid: ${escapeUnprintable(problems.slice(0, 20).map(formatSettingProblem).join("; "))}.`,
    cure: "Correct them and try again.",
  });
}

export function invalidImport(problems: readonly SettingProblem[]): Problem {
  return {
    code: "settings-import-invalid",
    what: `These settings cannot be imported: ${escapeUnprintable(problems.map(formatSettingProblem).join("; "))}.`,
    cure: "Correct them and import again; nothing was changed.",
  };
}

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
