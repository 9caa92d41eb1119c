/**
 * One pass over the accounts of a run, a few at a time.
 *
 * 1. Accounts are isolated: what happens to one never stops another.
 * 2. A wrong password backs its account off 5, 15, then every 60 minutes (lock-out protection), until it is
 *    checked by name or its settings change.
 * 3. A password that cannot be opened pauses its account; no login is tried.
 */
import * as z from "zod";
import type { AccountStatus } from "../model/gateway.ts";
import type { Clock } from "../model/ports.ts";
import { type Problem, ProblemError } from "../model/problem.ts";
import type { AccountSettings } from "../model/settings.ts";

const MINUTE = 60_000;
const LOGIN_PAUSES = [5 * MINUTE, 15 * MINUTE, 60 * MINUTE];
const AT_ONCE = 4;

export interface PassResult {
  readonly problem: Problem | null;
  /** `login`: the server did not take user and password. */
  readonly trouble: string | null;
}

export type CollectPass = (
  account: AccountSettings,
  password: string,
  signal: AbortSignal,
) => Promise<PassResult>;

interface AccountMemory {
  lastCheckAt: number | null;
  loginFailures: number;
  pausedUntil: number | null;
  problem: Problem | null;
  problemSince: number | null;
  /** What the pause was for: another password, user or server ends it. */
  credentials: string;
}

export interface AccountPassesParts {
  readonly clock: Clock;
  /** null: the password cannot be opened. */
  readonly openPassword: (account: AccountSettings) => string | null;
  readonly collect: CollectPass;
  /** What was kept, whatever it is. */
  readonly load: (accountId: string) => unknown;
  readonly save: (accountId: string, pause: LoginPause | null) => Promise<void>;
}

/** Kept over restarts: a program that is started every five minutes must not lock the mailbox either. */
const loginPauseSchema = z.object({ failures: z.int().min(1), until: z.number(), credentials: z.string() });
export type LoginPause = Readonly<z.infer<typeof loginPauseSchema>>;

export class AccountPasses {
  readonly #parts: AccountPassesParts;
  readonly #memory = new Map<string, AccountMemory>();

  constructor(parts: AccountPassesParts) {
    this.#parts = parts;
  }

  status(account: AccountSettings): AccountStatus {
    const { id, name, enabled } = account;
    const { lastCheckAt, pausedUntil, problem, problemSince } = this.#of(account);
    const since = problem === null || problemSince === null ? {} : { problemSince };
    return { id, name, enabled, lastCheckAt, pausedUntil, problem, ...since };
  }

  /**
   * `byName`: asked for by a person, pauses do not count. Settles when every account is done, and rejects only
   * for a fault.
   */
  async run(
    accounts: readonly AccountSettings[],
    byName: boolean,
    signal: AbortSignal,
  ): Promise<readonly Problem[]> {
    const problems: Problem[] = [];
    const faults: unknown[] = [];
    const waiting = [...accounts];
    const worker = async (): Promise<void> => {
      for (let account = waiting.shift(); account !== undefined; account = waiting.shift()) {
        try {
          const problem = await this.#pass(account, byName, signal);
          if (problem !== null) problems.push(problem);
        } catch (error) {
          if (error instanceof ProblemError) problems.push(error.problem);
          else faults.push(error);
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, accounts.length) }, worker));
    if (faults.length > 0) throw faults[0];
    return problems;
  }

  async #pass(account: AccountSettings, byName: boolean, signal: AbortSignal): Promise<Problem | null> {
    if (signal.aborted) return null;
    const { clock, openPassword, collect, save } = this.#parts;
    const memory = this.#of(account);
    const { pausedUntil } = memory;
    if (!byName && pausedUntil !== null && isPaused(pausedUntil, clock.now())) {
      return pausedProblem(account, pausedUntil, memory.problem);
    }
    memory.lastCheckAt = clock.now();
    const password = openPassword(account);
    if (password === null) {
      failedWith(memory, unreadablePassword(account), clock.now());
      return memory.problem;
    }
    const result = await collect(account, password, signal);
    failedWith(memory, result.problem, clock.now());
    if (result.trouble === "login") {
      const pause = LOGIN_PAUSES[Math.min(memory.loginFailures, LOGIN_PAUSES.length - 1)] ?? MINUTE;
      memory.loginFailures += 1;
      memory.pausedUntil = clock.now() + pause;
      await save(account.id, {
        failures: memory.loginFailures,
        until: memory.pausedUntil,
        credentials: memory.credentials,
      });
    } else if (memory.loginFailures > 0 && result.trouble === null) {
      memory.loginFailures = 0;
      memory.pausedUntil = null;
      await save(account.id, null);
    }
    return result.problem;
  }

  #of(account: AccountSettings): AccountMemory {
    const credentials = credentialsOf(account);
    const known = this.#memory.get(account.id);
    if (known?.credentials === credentials) return known;
    const stored = loginPauseSchema.safeParse(this.#parts.load(account.id));
    const pause = stored.success && stored.data.credentials === credentials ? stored.data : null;
    const memory: AccountMemory = {
      lastCheckAt: known?.lastCheckAt ?? null,
      loginFailures: pause?.failures ?? 0,
      pausedUntil: pause?.until ?? null,
      problem: null,
      problemSince: null,
      credentials,
    };
    this.#memory.set(account.id, memory);
    return memory;
  }
}

function failedWith(memory: AccountMemory, problem: Problem | null, now: number): void {
  memory.problem = problem;
  memory.problemSince = problem === null ? null : (memory.problemSince ?? now);
}

/** One that ends later than any pause can was begun before the clock was put back. */
function isPaused(until: number, now: number): boolean {
  return now < until && until - now <= Math.max(...LOGIN_PAUSES);
}

/** Changes with server, user or password; holds no secret (the password is sealed). */
function credentialsOf({ host, port, username, password }: AccountSettings): string {
  return JSON.stringify([host, port, username, typeof password === "string" ? "" : password.value]);
}

export function unreadablePassword(account: AccountSettings): Problem {
  return {
    code: "password-unreadable",
    what: `The stored password of account "${account.id}" cannot be read on this computer, so it was not checked.`,
    cure: "Enter the password again.",
  };
}

function pausedProblem(account: AccountSettings, until: number, cause: Problem | null): Problem {
  return {
    code: "account-paused",
    what: `Account "${account.id}" was not checked: ${account.host} refused its user or password before, and asking again too often could lock the mailbox.`,
    cure: `Correct the user or password; otherwise it is tried again after ${new Date(until).toLocaleTimeString("en-GB")}, or at once with: efs check --account ${account.id}.`,
    ...(cause?.quote === undefined ? {} : { quote: cause.quote }),
  };
}
