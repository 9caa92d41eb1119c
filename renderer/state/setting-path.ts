/** The paths of problems (`accounts[0].host`) and those of form fields (`accounts.0.host`). Pure. */
import type { SettingProblem } from "../../core/model/setting-problems.ts";

export function fieldPath(problemPath: string): string {
  return problemPath.replace(/\[(\d+)\]/g, ".$1").replace(/^\./, "");
}

/** Problems at fields of these sections, by field; and the others, which no field here can show. */
export function splitProblems(
  problems: readonly SettingProblem[],
  sections: readonly string[],
): { readonly fields: Record<string, string>; readonly others: readonly SettingProblem[] } {
  const fields: Record<string, string> = {};
  const others: SettingProblem[] = [];
  for (const problem of problems) {
    const path = fieldPath(problem.path);
    if (sections.includes(path.split(/[.[]/)[0] ?? "")) fields[path] = capitalised(problem.message);
    else others.push(problem);
  }
  return { fields, others };
}

function capitalised(message: string): string {
  return `${message.charAt(0).toUpperCase()}${message.slice(1)}.`;
}
