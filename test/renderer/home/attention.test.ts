import { describe, expect, test } from "vitest";
import type { GatewayStatus } from "../../../core/model/gateway.ts";
import type { Problem } from "../../../core/model/problem.ts";
import { attentionItems, headline } from "../../../renderer/home/attention.ts";
import { goodRun, idleStatus } from "../../support/fake-gateway.ts";

const problem: Problem = { code: "x", what: "It failed.", cure: "Do this." };
const calm: GatewayStatus = {
  ...idleStatus,
  folders: { Inbox: 0, Errors: 0, Junk: 0, Backup: 0 },
  lastRun: null,
};
const account = { id: "a", name: "", enabled: true, lastCheckAt: null, pausedUntil: null, problem };

describe("what needs a person", () => {
  test.each<readonly [string, Partial<GatewayStatus>, string]>([
    ["fresh", {}, "nothing-yet"],
    ["waiting", { folders: { ...calm.folders, Inbox: 2 } }, "waiting"],
    ["errors go before waiting", { folders: { ...calm.folders, Inbox: 2, Errors: 1 } }, "errors"],
    ["at work", { state: "checking", folders: { ...calm.folders, Errors: 1 } }, "working"],
    ["the gateway says so", { state: "attention", folders: { ...calm.folders, Errors: 1 } }, "attention"],
    ["the route, which may pass", { route: { ...calm.route, problem } }, "nothing-yet"],
    ["unseen junk alone", { unseenJunk: 1 }, "nothing-yet"],
    ["paused goes first", { state: "paused", route: { ...calm.route, problem } }, "paused"],
  ])("%s", (_name, changes, expected) => {
    expect(headline({ ...calm, ...changes }, 1)).toBe(expected);
  });

  test.each([
    [0, "all-well"],
    [undefined, "all-well"],
    [2, "errors"],
  ] as const)("messages in Errors are news on their day only (%s today)", (today, expected) => {
    const lastRun = { endedAt: 1, summary: goodRun };
    expect(headline({ ...calm, lastRun, folders: { ...calm.folders, Errors: 4 } }, today)).toBe(expected);
  });

  test("all of it, with the page that puts it right", () => {
    const status: GatewayStatus = {
      ...calm,
      route: { ...calm.route, problem },
      accounts: [account],
      guard: [{ subject: { kind: "domain", domain: "office.test" }, since: 5, nextTryAt: null }],
      clock: null,
      unseenJunk: 4,
    };
    expect(attentionItems(status)).toEqual([
      { kind: "problem", id: "route", problem, page: "/smtp" },
      { kind: "problem", id: "account:a", problem, page: "/pop3/a" },
      {
        kind: "held",
        id: "held:domain:office.test",
        subject: { kind: "domain", domain: "office.test" },
        since: 5,
      },
      { kind: "unseen-junk", id: "unseen-junk", count: 4 },
    ]);
  });

  test("of the last run what accounts and server do not say themselves; nothing at all means Errors", () => {
    const other: Problem = { ...problem, code: "disk" };
    const summary = { ...goodRun, problems: [problem, other] };
    const needy: GatewayStatus = { ...calm, state: "attention" };
    expect([
      attentionItems({ ...needy, accounts: [account], lastRun: { endedAt: 1, summary } }),
      attentionItems({ ...needy, accounts: [{ ...account, enabled: false, problem: null }] }),
      attentionItems({ ...calm, lastRun: { endedAt: 1, summary } }),
    ]).toEqual([
      [
        { kind: "problem", id: "account:a", problem, page: "/pop3/a" },
        { kind: "problem", id: "run:0", problem: other, page: "/diagnose" },
      ],
      [{ kind: "unreported", id: "unreported" }],
      [],
    ]);
  });
});
