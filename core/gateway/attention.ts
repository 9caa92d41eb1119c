/**
 * Does anything need a person? What passes by itself (a time-out, a server that is being restarted) does so only when it
 * does not pass for long. Pure.
 */
import type { ClockDoubt } from "../model/clock-doubt.ts";
import type { AccountStatus, RouteStatus } from "../model/gateway.ts";
import type { Problem } from "../model/problem.ts";

export interface AttentionFacts {
  readonly now: number;
  readonly route: Pick<RouteStatus, "forward" | "usable" | "failures" | "problem">;
  readonly accounts: readonly Pick<AccountStatus, "enabled" | "problem" | "problemSince">[];
  /** Of the last run. */
  readonly problems: readonly Problem[];
  /** What the guard holds. */
  readonly holds: number;
  readonly clock: ClockDoubt | null;
  readonly unseenJunk: number;
  /** Messages in Errors that no report went out for, nor will. */
  readonly unreported: number;
}

export type AttentionReason = "server" | "account" | "run" | "guard" | "clock" | "junk" | "errors";

const HOUR = 3_600_000;
/** Back-off has it tried after 1, 2, 5 and 10 minutes: some 20 minutes without a server. */
const FAILED_PROBES = 5;

/** Trouble of a connection that may be over in a moment. */
const PASSING = new Set([
  "pop3-name-look-up-failed",
  "pop3-connection-refused",
  "pop3-unreachable",
  "pop3-time-out",
  "pop3-connection-lost",
  "pop3-connection-closed",
  "pop3-mailbox-busy",
  "pop3-greeting-refused",
  "pop3-protocol",
  "smtp-refused",
  "smtp-unreachable",
  "smtp-timeout",
  "smtp-closed",
  "smtp-connection",
  "smtp-protocol",
  "smtp-cancelled",
]);

/** In the order in which they are told; none: all is well. */
export function attentionReasons(facts: AttentionFacts): readonly AttentionReason[] {
  const { route, accounts, problems, now } = facts;
  const passing = ({ code }: Problem): boolean => PASSING.has(code);
  const server =
    route.forward &&
    !route.usable &&
    (route.failures >= FAILED_PROBES || (route.problem !== null && !passing(route.problem)));
  const account = accounts.some(
    ({ enabled, problem, problemSince }) =>
      enabled &&
      problem !== null &&
      (!passing(problem) ||
        (problemSince !== undefined && problemSince !== null && now - problemSince >= HOUR)),
  );
  // Those of accounts and server are judged above, as they are now.
  const judged = new Set(
    [route.problem, ...accounts.map(({ problem }) => problem)].map((each) => each?.code),
  );
  const run = problems.some((problem) => !judged.has(problem.code) && !passing(problem) && !isAbout(problem));
  const found: readonly (readonly [AttentionReason, boolean])[] = [
    ["server", server],
    ["account", account],
    ["run", run],
    ["guard", facts.holds > 0],
    ["clock", facts.clock !== null],
    ["junk", facts.unseenJunk > 0],
    ["errors", facts.unreported > 0],
  ];
  return found.filter(([, yes]) => yes).map(([reason]) => reason);
}

/** Of an account or the server, which may be well again since. */
function isAbout({ code }: Problem): boolean {
  return /^(?:pop3|smtp|account|password)-/.test(code);
}
