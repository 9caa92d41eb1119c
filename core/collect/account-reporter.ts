import type { Log, RaiseAlert } from "../model/ports.ts";
import { describeProblem, type Problem } from "../model/problem.ts";
import type { AccountSettings } from "../model/settings.ts";

/** Warnings of one pass that are logged: a mailbox of 100,000 refused messages must not fill the disk with lines. */
const MOST_WARNINGS = 100;

/** Log lines and alerts of one pass of one account; both carry its id, so that accounts do not silence one another. */
export class AccountReporter {
  readonly #accountId: string;
  readonly #log: Log;
  readonly #raiseAlert: RaiseAlert;
  #warnings = 0;

  constructor({ id }: Pick<AccountSettings, "id">, log: Log, raiseAlert: RaiseAlert) {
    this.#accountId = id;
    this.#log = log;
    this.#raiseAlert = raiseAlert;
  }

  log(level: "info" | "warning" | "error", text: string): void {
    if (level === "warning") {
      this.#warnings += 1;
      if (this.#warnings > MOST_WARNINGS) return;
    }
    this.#log({ source: "pop3", level, text: `${this.#accountId}: ${text}` });
  }

  /** At the end of the pass. */
  tellLeftOut(): void {
    const more = this.#warnings - MOST_WARNINGS;
    if (more > 0) this.log("info", `${more} more warnings were left out`);
  }

  /** `about`: one message, where the alert is about one. */
  alert(cause: string, problem: Problem, about?: string): void {
    this.log("warning", describeProblem(problem));
    const suffix = about === undefined ? "" : `:${about}`;
    this.#raiseAlert({ cause: `${cause}:${this.#accountId}${suffix}`, problem });
  }
}
