import type { DiagnosisCheck } from "../../core/model/diagnosis.ts";

/** Checks of one subject together, subjects in the order in which they come. Pure. */
export function groupChecks(
  checks: readonly DiagnosisCheck[],
): readonly { readonly subject: string; readonly checks: readonly DiagnosisCheck[] }[] {
  const groups = new Map<string, DiagnosisCheck[]>();
  for (const check of checks) {
    const group = groups.get(check.subject);
    if (group === undefined) groups.set(check.subject, [check]);
    else group.push(check);
  }
  return [...groups].map(([subject, own]) => ({ subject, checks: own }));
}
