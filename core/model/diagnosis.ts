/** `pass`: as it should be. `warn`: works, or may work, but should be looked at. `skipped`: could not be asked. */
export type CheckVerdict = "pass" | "warn" | "fail" | "skipped";

/** One line of the checklist that `efs diagnose` prints. */
export interface DiagnosisCheck {
  /** Stable and unique in one diagnosis: `account:main/login`, `server/relay`. */
  readonly id: string;
  /** What was examined; checks of one subject belong together: `Account "main" (pop.example.net:995)`. */
  readonly subject: string;
  readonly title: string;
  readonly verdict: CheckVerdict;
  /** What was found. */
  readonly cause: string;
  /** What to do about it; "" where there is nothing to do. */
  readonly cure: string;
  /** The other side's own words, unprintable characters escaped. */
  readonly quote?: string;
  /** The setting that it is about, as in `accounts[0].host`; null: none. */
  readonly place: string | null;
}

/** In the order in which they are read: settings, accounts, servers, domains, this computer. */
export interface Diagnosis {
  readonly checks: readonly DiagnosisCheck[];
}

/** Told of each check as it is done; they come in no particular order. */
export type OnCheck = (check: DiagnosisCheck) => void;

export function countVerdicts(checks: readonly DiagnosisCheck[]): Readonly<Record<CheckVerdict, number>> {
  const counts = { pass: 0, warn: 0, fail: 0, skipped: 0 };
  for (const { verdict } of checks) counts[verdict] += 1;
  return counts;
}
