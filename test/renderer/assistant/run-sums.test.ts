import { expect, test } from "vitest";
import type { GatewayStatus } from "../../../core/model/gateway.ts";
import type { Problem } from "../../../core/model/problem.ts";
import { addTotals, firstCheckResult, NO_TOTALS } from "../../../renderer/assistant/run-sums.ts";

const problem = (what: string): Problem => ({ code: "c", what, cure: "" });

test("runs are added up", () => {
  const first = { ...NO_TOTALS, collected: 12, delivered: 9 };
  const second = { ...NO_TOTALS, delivered: 2, errors: 1 };
  expect(addTotals(first, second)).toEqual({ ...NO_TOTALS, collected: 12, delivered: 11, errors: 1 });
});

test("the schedule's first run counts too, and each problem is told once", () => {
  const summary = {
    ...NO_TOTALS,
    bytes: 0,
    seconds: 0,
    problems: [problem("login refused")],
  };
  const status: GatewayStatus = {
    state: "idle",
    version: "1",
    dataDirectory: "/data",
    nextCheckAt: null,
    folders: { Inbox: 1, Errors: 3, Junk: 0, Backup: 0 },
    route: {
      server: "localhost:25",
      forward: true,
      usable: false,
      failures: 1,
      nextProbeAt: null,
      problem: problem("server down"),
    },
    accounts: [
      {
        id: "isp",
        name: "",
        enabled: true,
        lastCheckAt: null,
        pausedUntil: null,
        problem: problem("login refused"),
      },
    ],
    lastRun: null,
    today: { ...NO_TOTALS, collected: 12, delivered: 8, errors: 3 },
  };
  expect(firstCheckResult(summary, status)).toEqual({
    collected: 12,
    delivered: 8,
    errors: 3,
    waiting: 1,
    junk: 0,
    problems: [problem("login refused"), problem("server down")],
  });
});
