/** A diagnosis as a checklist for people. Pure. */
import { type CheckVerdict, countVerdicts, type DiagnosisCheck } from "../model/diagnosis.ts";

type Marks = Readonly<Record<CheckVerdict, string>>;

const SYMBOLS: Marks = { pass: "\u2713", warn: "!", fail: "\u2717", skipped: "-" };
const WORDS: Marks = { pass: "ok  ", warn: "WARN", fail: "FAIL", skipped: "-   " };

export function formatDiagnosis(checks: readonly DiagnosisCheck[], symbols: boolean): readonly string[] {
  const marks = symbols ? SYMBOLS : WORDS;
  const indent = " ".repeat(marks.pass.length + 3);
  const lines: string[] = [];
  let subject: string | null = null;
  for (const check of checks) {
    if (check.subject !== subject) {
      if (subject !== null) lines.push("");
      ({ subject } = check);
      lines.push(subject);
    }
    const { verdict, title, cause, cure, quote, place } = check;
    lines.push(`  ${marks[verdict]} ${title}: ${cause}`);
    if (quote !== undefined) lines.push(`${indent}The answer was: "${quote}".`);
    if (cure !== "") lines.push(`${indent}To do: ${cure}`);
    if (place !== null && (verdict === "fail" || verdict === "warn"))
      lines.push(`${indent}Setting: ${place}`);
  }
  return [...lines, "", formatCounts(checks)];
}

/** `12 passed, 1 warning, 2 failed, 3 skipped` */
export function formatCounts(checks: readonly DiagnosisCheck[]): string {
  const { pass, warn, fail, skipped } = countVerdicts(checks);
  return `${pass} passed, ${warn} ${warn === 1 ? "warning" : "warnings"}, ${fail} failed, ${skipped} skipped`;
}
