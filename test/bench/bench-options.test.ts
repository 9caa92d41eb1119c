import { expect, test } from "vitest";
import { parseBenchOptions, SECTIONS } from "./bench-options.ts";

test("nothing said: everything, five rounds", () => {
  expect(parseBenchOptions([])).toMatchObject({ only: SECTIONS, rounds: 5, most: 50_000, times: 10 });
});

test("short: small mail, 200 messages, one round, what CI has", () => {
  expect(parseBenchOptions(["--short", "--no-install"])).toEqual({
    only: ["small"],
    tools: ["efs", "fetchmail-qa", "fetchmail-nd", "ceiling"],
    rounds: 1,
    most: 200,
    full: false,
    idleSeconds: 120,
    times: 2,
    install: false,
    out: "test-results/bench.json",
  });
});

test("what is said goes before what short means", () => {
  expect(parseBenchOptions(["--short", "--only", "cold,office", "--rounds", "3"])).toMatchObject({
    only: ["office", "cold"],
    rounds: 3,
    most: 200,
  });
});

test("help is asked for", () => {
  expect(parseBenchOptions(["--help"])).toBe("help");
});

test("what cannot be: one sentence", () => {
  expect(parseBenchOptions(["--only", "tiny"])).toContain('--only does not know "tiny": small, office');
  expect(parseBenchOptions(["--tools", "exim"])).toContain('--tools does not know "exim"');
  expect(parseBenchOptions(["--rounds", "none"])).toBe("--rounds takes a whole number from 1 on");
  expect(parseBenchOptions(["--nonsense"])).toContain("--nonsense");
});
