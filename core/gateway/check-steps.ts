import type { Clock, Log } from "../model/ports.ts";
import { describeProblem, type Problem } from "../model/problem.ts";
import type { Settings } from "../model/settings.ts";
import { runCheckStep, waitAfter } from "../schedule/pre-post-check.ts";

export interface CheckStepsParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: () => Settings;
  /** The folder that programs start in. */
  readonly folder: string;
}

export interface BeforeCheck {
  readonly problem: Problem | null;
  /** False: nothing is to be collected. What waits in Inbox goes to the local server all the same. */
  readonly goOn: boolean;
}

/** What the settings want done before and after collecting. */
export interface CheckSteps {
  before(signal: AbortSignal): Promise<BeforeCheck>;
  after(signal: AbortSignal): Promise<Problem | null>;
}

export function createCheckSteps({ clock, log, settings, folder }: CheckStepsParts): CheckSteps {
  const tell = (source: string, problem: Problem): void =>
    log({ source, level: "warning", text: describeProblem(problem) });
  return {
    async before(signal) {
      const step = settings().preCheck;
      if (step.kind === "none") return { problem: null, goOn: true };
      const problem = await runCheckStep(step, "pre check", { clock, log, signal, folder });
      if (problem !== null) tell("pre check", problem);
      if (problem !== null && step.onlyIfSuccessful) {
        const text = "No mailbox was checked: the pre check failed, and the settings ask for its success.";
        log({ source: "pre check", level: "warning", text });
        return { problem, goOn: false };
      }
      await waitAfter(step.waitSeconds, { clock, signal });
      return { problem, goOn: true };
    },
    async after(signal) {
      const problem = await runCheckStep(settings().postCheck, "post check", { clock, log, signal, folder });
      if (problem !== null) tell("post check", problem);
      return problem;
    },
  };
}
