/** What the schema finds wrong, as sentences for people who never saw a schema. Pure. */
import type * as z from "zod";
import { escapeUnprintable } from "./reply.ts";

export interface SettingProblem {
  /** `accounts[0].host`; "" for the whole. */
  readonly path: string;
  /** Goes on after the path: `must be a whole number`. */
  readonly message: string;
}

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

export function settingProblems(issues: readonly Issue[]): readonly SettingProblem[] {
  const told = new Map<string, SettingProblem>();
  // Where several rules fail at one place, the first one says what is wrong.
  for (const problem of issues.flatMap((issue) => fromIssue(issue, []))) {
    if (!told.has(problem.path)) told.set(problem.path, problem);
  }
  return [...told.values()];
}

export function formatSettingProblem(problem: SettingProblem): string {
  return problem.path === "" ? `The settings: ${problem.message}` : `${problem.path}: ${problem.message}`;
}

function fromIssue(issue: Issue, parent: Path): readonly SettingProblem[] {
  const path = [...parent, ...issue.path];
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => ({
        path: formatPath([...path, key]),
        message: "there is no such setting; check the spelling, or remove it",
      }));
    case "invalid_union":
      return fromUnion(issue, path);
    case "invalid_key":
      return issue.issues.flatMap((inner) => fromIssue({ ...inner, path: [] } as Issue, path));
    case "invalid_element":
      return issue.issues.flatMap((inner) => fromIssue(inner as Issue, path));
    default:
      return [{ path: formatPath(path), message: sentence(issue) }];
  }
}

type Simple = Exclude<
  Issue,
  { code: "unrecognized_keys" | "invalid_union" | "invalid_key" | "invalid_element" }
>;

function sentence(issue: Simple): string {
  switch (issue.code) {
    case "invalid_type":
      if (issue.input === "") return "must not be empty";
      return issue.input === undefined
        ? "is missing"
        : `must be ${typeName(issue.expected)}, not ${inputName(issue.input)}`;
    case "invalid_value":
      return issue.input === undefined ? "is missing" : `must be ${alternatives(issue.values.map(shown))}`;
    case "too_small": {
      if (issue.origin === "string" && issue.minimum === 1) return "must not be empty";
      return `must ${amount(issue.origin, issue.minimum, issue.exact === true ? "exactly" : "at least")}`;
    }
    case "too_big":
      return `must ${amount(issue.origin, issue.maximum, issue.exact === true ? "exactly" : "at most")}`;
    case "not_multiple_of":
      return `must be a multiple of ${issue.divisor}`;
    case "invalid_format":
      // The schema's own words, where it has some; the library's quote a regular expression.
      return /must match pattern/.test(issue.message) ? "is not written in the right form" : issue.message;
    case "custom":
      return issue.message;
    default:
      return "is not valid";
  }
}

/**
 * A value may be one of several forms. The one that was meant is the one that the value already has the
 * outer shape of; its problems are told. Where there is none, the forms are listed.
 */
function fromUnion(issue: Issue & { code: "invalid_union" }, path: Path): readonly SettingProblem[] {
  const branches = issue.errors;
  const meant = branches.find((branch) => branch.length > 0 && !branch.some(isOtherShape));
  if (meant !== undefined) return meant.flatMap((inner) => fromIssue(inner, path));
  if (issue.input === undefined) return [{ path: formatPath(path), message: "is missing" }];
  const forms = branches.flatMap((branch) =>
    branch.filter(isOtherShape).flatMap((inner) => {
      if (inner.code === "invalid_value") return inner.values.map(shown);
      return inner.code === "invalid_type" ? [typeName(inner.expected)] : [];
    }),
  );
  if (forms.length > 0) {
    return [{ path: formatPath(path), message: `must be ${alternatives([...new Set(forms)])}` }];
  }
  const options = (issue as { options?: readonly unknown[] }).options;
  const message = options === undefined ? "has no known form" : `must be ${alternatives(options.map(shown))}`;
  return [{ path: formatPath(path), message }];
}

function isOtherShape(issue: Issue): boolean {
  return issue.path.length === 0 && (issue.code === "invalid_type" || issue.code === "invalid_value");
}

function typeName(expected: string): string {
  switch (expected) {
    case "string":
      return "text in double quotes";
    case "number":
      return "a number";
    case "int":
      return "a whole number";
    case "boolean":
      return "true or false";
    case "array":
      return "a list in [ ]";
    case "object":
    case "record":
      return "a group in { }";
    case "null":
      return "null";
    default:
      return expected;
  }
}

/** Only the kind: the value itself may be a password. */
function inputName(input: unknown): string {
  if (input === null) return "null";
  if (Array.isArray(input)) return "a list";
  switch (typeof input) {
    case "string":
      return "text";
    case "number":
      return Number.isInteger(input) ? "a number" : "a fraction";
    case "boolean":
      return String(input);
    default:
      return "a group";
  }
}

function amount(origin: string, limit: number | bigint, how: string): string {
  switch (origin) {
    case "string":
      return `have ${how} ${limit} character${limit === 1 ? "" : "s"}`;
    case "array":
    case "set":
    case "map":
      return `have ${how} ${limit} ${limit === 1 ? "entry" : "entries"}`;
    default:
      return `be ${how} ${limit}`;
  }
}

function alternatives(forms: readonly string[]): string {
  const last = forms.at(-1) ?? "";
  return forms.length < 2 ? last : `${forms.slice(0, -1).join(", ")} or ${last}`;
}

function shown(value: unknown): string {
  return typeof value === "string" ? `"${value}"` : String(value);
}

/** `accounts[0].host`, `aliases["a b"]`. */
export function formatPath(path: Path): string {
  let text = "";
  for (const part of path) {
    if (typeof part === "number") text += `[${part}]`;
    else if (/^[A-Za-z_$][\w$]*$/.test(String(part))) text += text === "" ? String(part) : `.${String(part)}`;
    else text += `[${escapeUnprintable(JSON.stringify(String(part)))}]`;
  }
  return text;
}
