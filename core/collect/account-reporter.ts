import type { Log, RaiseAlert } from "../model/ports.ts";
import { describeProblem, type Problem } from "../model/problem.ts";
import type { AccountSettings } from "../model/settings.ts";

/** Log lines and alerts of one account; both carry its id, so that accounts do not silence one another. */
export class AccountReporter {
  readonly #accountId: string;
  readonly #log: Log;
  readonly #raiseAlert: RaiseAlert;

  constructor({ id }: Pick<AccountSettings, "id">, log: Log, raiseAlert: RaiseAlert) {
    this.#accountId = id;
    this.#log = log;
    this.#raiseAlert = raiseAlert;
  }

  log(level: "info" | "warning" | "error", text: string): void {
    this.#log({ source: "pop3", level, text: `${this.#accountId}: ${text}` });
  }

  /** `about`: one message, where the alert is about one. */
  alert(cause: string, problem: Problem, about?: string): void {
    this.log("warning", describeProblem(problem));
    const suffix = about === undefined ? "" : `:${about}`;
    this.#raiseAlert({ cause: `${cause}:${this.#accountId}${suffix}`, problem });
  }
}
