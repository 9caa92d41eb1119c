import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { parseTimeOutput, TIME_FORMAT } from "./time-output.ts";

test("CPU is user and system together, memory is in octets", () => {
  expect(parseTimeOutput("user 0.25 s, system 0.50 s, peak 4800 KB\n")).toEqual({
    cpu: 0.75,
    peak: 4_915_200,
  });
});

test("what else GNU time says does no harm", () => {
  const text = "Command terminated by signal 9\nuser 1.00 s, system 0.00 s, peak 1 KB\n";
  expect(parseTimeOutput(text)).toEqual({ cpu: 1, peak: 1_024 });
});

test("nothing measured: null", () => {
  expect(parseTimeOutput("")).toBe(null);
  expect(parseTimeOutput("user ? s, system 0.10 s, peak 4800 KB")).toBe(null);
});

test.skipIf(!existsSync("/usr/bin/time"))("GNU time writes what is read", () => {
  const { stderr } = spawnSync("/usr/bin/time", ["-q", "-f", TIME_FORMAT, "/bin/true"], {
    encoding: "utf8",
    env: { LC_ALL: "C.UTF-8" },
  });
  const found = parseTimeOutput(stderr);
  expect(found?.cpu).toBeGreaterThanOrEqual(0);
  expect(found?.peak).toBeGreaterThan(100_000);
});
