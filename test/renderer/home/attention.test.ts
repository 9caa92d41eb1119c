import { describe, expect, test } from "vitest";
import type { GatewayStatus } from "../../../core/model/gateway.ts";
import type { Problem } from "../../../core/model/problem.ts";
import { attentionItems, headline } from "../../../renderer/home/attention.ts";
import { idleStatus } from "../../support/fake-gateway.ts";

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
    ["the route", { route: { ...calm.route, problem } }, "attention"],
    ["an account", { accounts: [account] }, "attention"],
    ["an account that is switched off", { accounts: [{ ...account, enabled: false }] }, "nothing-yet"],
    ["unseen junk alone", { unseenJunk: 1 }, "nothing-yet"],
    ["paused goes first", { state: "paused", route: { ...calm.route, problem } }, "paused"],
  ])("%s", (_name, changes, expected) => {
    expect(headline({ ...calm, ...changes })).toBe(expected);
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
});
