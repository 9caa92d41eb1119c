/** What is wrong with a part of the settings, by form field: told at the fields before a server is asked. Pure. */
import type * as z from "zod";
import { settingProblems } from "../../../core/model/setting-problems.ts";
import { splitProblems } from "../../state/setting-path.ts";

/** `at`: where the part is in the form, as `accounts.0`. */
export function partErrors(schema: z.ZodType, value: unknown, at: string): Readonly<Record<string, string>> {
  const parsed = schema.safeParse(value, { reportInput: true });
  if (parsed.success) return {};
  const problems = settingProblems(parsed.error.issues).map(({ path, message }) => ({
    path: path === "" ? at : `${at}.${path}`,
    message,
  }));
  return splitProblems(problems, [at.split(".")[0] ?? ""]).fields;
}
