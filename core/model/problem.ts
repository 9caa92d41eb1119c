/**
 * Expected trouble, told to a person: one sentence what happened, one what to do, the other side's own
 * words quoted. A problem is a value; it is never thrown as such (see `ProblemError` for the edges of the
 * program, where a promise has to reject).
 */
export interface Problem {
  /** Stable tag for programs and tests, e.g. `pop3-login-refused`. */
  readonly code: string;
  /** What happened, one sentence, with the place (account, server and port, folder, file). */
  readonly what: string;
  /** What to do about it, one sentence. */
  readonly cure: string;
  /** The server's (or system's) own words, exact, unprintable characters escaped. */
  readonly quote?: string;
}

/** Carries a `Problem` through code that can only reject. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly problem: Problem;
  constructor(problem: Problem, options?: ErrorOptions) {
    super(problem.what, options);
    this.problem = problem;
  }
}

/** The problem as the two or three sentences that people read. */
export function describeProblem(problem: Problem): string {
  const quote = problem.quote === undefined ? "" : ` The answer was: "${problem.quote}".`;
  return `${problem.what}${quote} ${problem.cure}`;
}
