import { expect, test } from "vitest";
import { formatCounts, formatDiagnosis } from "../../core/headless/format-diagnosis.ts";
import { showsUnicode } from "../../core/headless/output.ts";
import type { DiagnosisCheck } from "../../core/model/diagnosis.ts";

const account = 'Account "main" (pop.example.net:110)';
const check = (changes: Partial<DiagnosisCheck>): DiagnosisCheck => ({
  id: "account:main/name",
  subject: account,
  title: "Server name",
  verdict: "pass",
  cause: "pop.example.net is 192.0.2.1.",
  cure: "",
  place: "accounts[0].host",
  ...changes,
});

const checks: readonly DiagnosisCheck[] = [
  check({}),
  check({
    title: "Encryption",
    verdict: "warn",
    cause: "It is not.",
    cure: "Encrypt.",
    place: "accounts[0].security",
  }),
  check({
    title: "Login",
    verdict: "fail",
    cause: "It was refused.",
    cure: "Try.",
    quote: "[AUTH] no",
    place: null,
  }),
  check({ title: "Mailbox", verdict: "skipped", cause: "Not tried.", place: "accounts[0].host" }),
  check({ subject: "This computer", title: "Clock", cause: "It shows noon.", place: null }),
];

test("a checklist with symbols", () => {
  expect(formatDiagnosis(checks, true)).toEqual([
    account,
    "  ✓ Server name: pop.example.net is 192.0.2.1.",
    "  ! Encryption: It is not.",
    "    To do: Encrypt.",
    "    Setting: accounts[0].security",
    "  ✗ Login: It was refused.",
    '    The answer was: "[AUTH] no".',
    "    To do: Try.",
    "  - Mailbox: Not tried.",
    "",
    "This computer",
    "  ✓ Clock: It shows noon.",
    "",
    "2 passed, 1 warning, 1 failed, 1 skipped",
  ]);
});

test("the same in ASCII", () => {
  const lines = formatDiagnosis(checks, false);
  expect(lines.join("\n")).toMatch(/^[\x20-\x7e\n]+$/);
  expect(lines.slice(1, 7)).toEqual([
    "  ok   Server name: pop.example.net is 192.0.2.1.",
    "  WARN Encryption: It is not.",
    "       To do: Encrypt.",
    "       Setting: accounts[0].security",
    "  FAIL Login: It was refused.",
    '       The answer was: "[AUTH] no".',
  ]);
  expect(formatCounts([])).toBe("0 passed, 0 warnings, 0 failed, 0 skipped");
});

test("which terminals show symbols", () => {
  expect(showsUnicode({ LANG: "de_DE.UTF-8" }, "linux")).toBe(true);
  expect(showsUnicode({ LANG: "en_US.utf8" }, "linux")).toBe(true);
  expect(showsUnicode({ LC_ALL: "C", LANG: "de_DE.UTF-8" }, "linux")).toBe(false);
  expect(showsUnicode({ LC_ALL: "", LANG: "de_DE.UTF-8" }, "linux")).toBe(true);
  expect(showsUnicode({}, "linux")).toBe(false);
  expect(showsUnicode({}, "darwin")).toBe(true);
  expect(showsUnicode({}, "win32")).toBe(false);
  expect(showsUnicode({ WT_SESSION: "x" }, "win32")).toBe(true);
});
