import { expect, test } from "vitest";
import { type AttentionFacts, attentionReasons } from "../../core/gateway/attention.ts";
import type { Problem } from "../../core/model/problem.ts";

const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 10, 20, 12);
const problem = (code: string): Problem => ({ code, what: "What.", cure: "Cure." });

const well: AttentionFacts = {
  now: NOW,
  route: { forward: true, usable: true, failures: 0, problem: null },
  accounts: [{ enabled: true, problem: null }],
  problems: [],
  holds: 0,
  clock: null,
  unseenJunk: 0,
  unreported: 0,
};
const down = { forward: true, usable: false, failures: 1, problem: problem("smtp-refused") };
const account = (code: string, since: number, enabled = true) => ({
  enabled,
  problem: problem(code),
  problemSince: NOW - since,
});

test.each<[string, Partial<AttentionFacts>, readonly string[]]>([
  ["all is well", {}, []],
  ["a server that is being restarted", { route: down, problems: [problem("smtp-refused")] }, []],
  ["for some 20 minutes", { route: { ...down, failures: 5 } }, ["server"]],
  ["after a restart, nobody knows why", { route: { ...down, failures: 7, problem: null } }, ["server"]],
  ["a login that is refused", { route: { ...down, problem: problem("smtp-login-refused") } }, ["server"]],
  ["forwarding is off", { route: { ...down, forward: false, failures: 9 } }, []],
  ["a time-out", { accounts: [account("pop3-time-out", 0)] }, []],
  ["time-outs for an hour", { accounts: [account("pop3-time-out", HOUR)] }, ["account"]],
  ["a wrong password", { accounts: [account("pop3-login-refused", 0)] }, ["account"]],
  ["of an account that is off", { accounts: [account("pop3-login-refused", 0, false)] }, []],
  [
    "told in the run too",
    { accounts: [account("pop3-login-refused", 0)], problems: [problem("pop3-login-refused")] },
    ["account"],
  ],
  ["a wrong password that was corrected since", { problems: [problem("pop3-login-refused")] }, []],
  ["a full disk", { problems: [problem("disk-full")] }, ["run"]],
  ["a pre check that failed", { problems: [problem("pre-check-failed")] }, ["run"]],
  ["mail that is held", { holds: 1 }, ["guard"]],
  ["a clock that jumped", { clock: { kind: "forwards", before: 1, after: 2 } }, ["clock"]],
  ["junk that was not reported", { unseenJunk: 1 }, ["junk"]],
  ["errors that nobody was told of", { unreported: 3 }, ["errors"]],
  [
    "all at once",
    {
      route: { ...down, failures: 9 },
      accounts: [account("pop3-certificate-untrusted", 0)],
      problems: [problem("disk-full")],
      holds: 2,
      clock: { kind: "backwards", before: 2, after: 1 },
      unseenJunk: 1,
      unreported: 1,
    },
    ["server", "account", "run", "guard", "clock", "junk", "errors"],
  ],
])("%s", (_what, facts, reasons) => {
  expect(attentionReasons({ ...well, ...facts })).toEqual(reasons);
});
