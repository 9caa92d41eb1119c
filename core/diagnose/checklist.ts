import type { DiagnosisCheck, OnCheck } from "../model/diagnosis.ts";
import type { Problem } from "../model/problem.ts";

/** What a check found; the rest is known from its place in the list. */
export interface Finding {
  readonly cause: string;
  readonly cure?: string;
  readonly quote?: string;
  readonly place?: string | null;
}

export interface ChecklistOptions {
  /** Before each id: `account:main`. */
  readonly prefix: string;
  readonly subject: string;
  /** Id -> title of the checks that are meant to be made, in their order. */
  readonly plan?: Readonly<Record<string, string>>;
  readonly report: OnCheck;
}

/** The checks of one subject as they are made; what was planned and not made is `skipped`. */
export class Checklist {
  readonly #options: ChecklistOptions;
  readonly #done = new Set<string>();
  failed = false;

  constructor(options: ChecklistOptions) {
    this.#options = options;
  }

  pass(id: string, finding: Finding, title?: string): void {
    this.#add("pass", id, finding, title);
  }

  warn(id: string, finding: Finding, title?: string): void {
    this.#add("warn", id, finding, title);
  }

  fail(id: string, finding: Finding, title?: string): void {
    this.failed = true;
    this.#add("fail", id, finding, title);
  }

  skip(id: string, finding: Finding, title?: string): void {
    this.#add("skipped", id, finding, title);
  }

  /** Of the planned ones, those that were not made. */
  skipRest(cause: string): void {
    for (const id of Object.keys(this.#options.plan ?? {})) if (!this.#done.has(id)) this.skip(id, { cause });
  }

  /** A planned one that others stand for. */
  done(id: string): void {
    this.#done.add(id);
  }

  #add(verdict: DiagnosisCheck["verdict"], id: string, finding: Finding, title?: string): void {
    // The first finding counts.
    if (this.#done.has(id)) return;
    this.#done.add(id);
    const { prefix, subject, plan, report } = this.#options;
    const { cause, cure = "", quote, place = null } = finding;
    report({
      id: `${prefix}/${id}`,
      subject,
      title: title ?? plan?.[id] ?? id,
      verdict,
      cause,
      cure,
      ...(quote === undefined ? {} : { quote }),
      place,
    });
  }
}

export function findingOf(problem: Problem, place: string | null): Finding {
  const { what, cure, quote } = problem;
  return { cause: what, cure, ...(quote === undefined ? {} : { quote }), place };
}
