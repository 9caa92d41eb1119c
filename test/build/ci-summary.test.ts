import { expect, test } from "vitest";
import { formatSummary, summarise } from "../../build/ci-summary.ts";

const file = (name: string, tests: Readonly<Record<string, string>>, status = "passed", message = "") => ({
  name,
  status,
  message,
  assertionResults: Object.entries(tests).map(([fullName, each]) => ({ fullName, status: each })),
});

test("tests and the check are counted; an allowed skip is named", () => {
  const summary = summarise(
    [
      file("a", { one: "passed", two: "passed" }),
      file("b", { "mail [skipped: corpus: no folder] all": "skipped" }),
    ],
    0,
    0,
  );
  expect(summary).toEqual({
    passed: 3,
    failed: 0,
    skipped: 1,
    notes: ["skipped: mail [skipped: corpus: no folder] all"],
  });
  expect(formatSummary(summary)).toBe("3 passed, 0 failed, 1 skipped");
});

test("failed tests, files that do not load, other skips and the check are failures", () => {
  const summary = summarise(
    [
      file("a", { one: "passed", two: "failed" }, "failed"),
      file("b", {}, "failed", "SyntaxError: no\nat b"),
      file("c", { "x [skipped: real-servers: not installed] y": "skipped", z: "todo" }),
    ],
    1,
    2,
  );
  expect(summary).toEqual({
    passed: 1,
    failed: 5,
    skipped: 0,
    notes: [
      "failed: two",
      "failed: b SyntaxError: no",
      "may not be skipped: x [skipped: real-servers: not installed] y",
      "may not be skipped: z",
      "failed: npm run check ended with 2",
    ],
  });
});

test("an exit code counts though every test passed, and so does a run of none", () => {
  expect(formatSummary(summarise([file("a", { one: "passed" })], 1, 0))).toBe("2 passed, 1 failed");
  expect(formatSummary(summarise([], 0, 0))).toBe("1 passed, 1 failed");
  expect(formatSummary(summarise([], 1, 1))).toBe("0 passed, 2 failed");
});
