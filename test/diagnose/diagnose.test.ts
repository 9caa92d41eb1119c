/** The whole: what goes wrong in one subject does not touch the others; domains. */
import { expect, test } from "vitest";
import { FakeClock } from "../support/fake-clock.ts";
import { sampleSettings } from "../support/sample-settings.ts";
import { diagnosed, systemError, type Told } from "./diagnosis-kit.ts";

const failed = {
  kind: "failed",
  step: "connection",
  problem: { code: "x", what: "No connection.", cure: "Look." },
  tls: null,
} as const;
const quick = { openMailbox: async () => failed, openServer: async () => failed };
const never = new Promise<never>(() => undefined);

const account = { host: "pop.example.net", username: "office", password: "x" };
const twoAccounts = sampleSettings({
  accounts: [
    { ...account, id: "a" },
    { ...account, id: "b", name: "Sales" },
  ],
});

test("subjects in their order, whatever was first", async () => {
  const { checks, told } = await diagnosed(twoAccounts, {
    ...quick,
    openMailbox: async ({ id }) => {
      for (let turn = 0; turn < (id === "a" ? 20 : 0); turn += 1) await new Promise(setImmediate);
      return failed;
    },
  });
  expect([...new Set(checks.map(({ subject }) => subject))]).toEqual([
    "Settings",
    'Account "a" (pop.example.net:110)',
    'Account "Sales" (pop.example.net:110)',
    "Local mail server (192.0.2.10:25)",
    "Domains",
    "This computer",
  ]);
  expect(new Set(checks.map(({ id }) => id)).size).toBe(checks.length);
  const at = (id: string): number => told.findIndex((check) => check.id === id);
  expect(at("account:b/connection")).toBeLessThan(at("account:a/connection"));
});

test("a subject that does not end is given up, and its connections with it", async () => {
  const clock = new FakeClock();
  let ended = 0;
  const running = diagnosed(twoAccounts, {
    ...quick,
    clock,
    openMailbox: async ({ id }, signal) => {
      if (id === "b") return failed;
      signal.addEventListener("abort", () => {
        ended += 1;
      });
      return never;
    },
  });
  await clock.advance(299_999);
  expect(ended).toBe(0);
  await clock.advance(1);
  const { of, verdicts } = await running;
  expect(ended).toBe(1);
  expect(of("account:a/unfinished")).toEqual({
    verdict: "fail",
    cause: "It was not finished within 5 minutes.",
    cure: "Look at what was found up to then.",
    place: null,
  });
  expect(verdicts("account:b")).toContain("connection fail");
  expect(verdicts("computer")).toHaveLength(3);
  expect(clock.pending).toBe(0);
});

test("a bug in one check", async () => {
  const bug = new TypeError("x is not a function");
  const { of, faults, verdicts } = await diagnosed(twoAccounts, {
    ...quick,
    openMailbox: async ({ id }) => {
      if (id === "a") throw bug;
      return failed;
    },
  });
  expect(of("account:a/unfinished")).toEqual({
    verdict: "fail",
    cause: "This is a fault in the program.",
    cure: "Details are in log/efs.log of the data folder.",
    place: null,
  });
  expect(faults).toEqual([bug]);
  expect(verdicts("account:b")).toContain("connection fail");
});

test("stopped: what is open ends, nothing new is begun", async () => {
  const stop = new AbortController();
  const { of, verdicts } = await diagnosed(
    twoAccounts,
    {
      ...quick,
      openMailbox: () => {
        stop.abort();
        return never;
      },
    },
    stop.signal,
  );
  expect(of("account:a/unfinished")).toEqual({
    verdict: "skipped",
    cause: "Stopped before it was finished.",
    cure: "Diagnose once more.",
    place: null,
  });
  expect(verdicts("account:b")).toContain("unfinished skipped");
});

const MISSING =
  "example.com has no mail exchanger (MX) in the DNS that this computer uses, so it may be misspelt.";
test.each<[string, () => Promise<readonly string[]>, Told]>([
  [
    "found",
    async () => ["a.example", "b.example", "c.example", "d.example"],
    {
      verdict: "pass",
      cause: "Mail for example.com goes to a.example, b.example, c.example and 1 more.",
      cure: "",
      place: null,
    },
  ],
  ...["ENOTFOUND", "ENODATA"].map(
    (code) =>
      [
        code,
        () => Promise.reject(systemError(code)),
        {
          verdict: "warn",
          cause: MISSING,
          cure: "Check the spelling of the domain. If it is right, and mail does come in, the office's own DNS just does not know it.",
          place: "domains.primary",
        },
      ] as [string, () => Promise<readonly string[]>, Told],
  ),
  [
    "an empty one",
    async () => [""],
    {
      verdict: "warn",
      cause: "example.com declares that it takes no mail at all (an empty MX).",
      cure: "Check the spelling of the domain. If it is right, its DNS entry is wrong.",
      place: "domains.primary",
    },
  ],
  [
    "no DNS",
    () => Promise.reject(systemError("ETIMEOUT")),
    {
      verdict: "skipped",
      cause: "The DNS servers of this computer gave no answer about example.com.",
      cure: "",
      quote: "ETIMEOUT",
      place: null,
    },
  ],
])("mail exchanger: %s", async (_title, mailExchangers, expected) => {
  const { of } = await diagnosed(sampleSettings(), { ...quick, mailExchangers });
  expect(of("domains/mx:example.com")).toEqual(expected);
});

test("a DNS that says nothing has ten seconds", async () => {
  const clock = new FakeClock();
  const running = diagnosed(sampleSettings(), { ...quick, clock, mailExchangers: () => never });
  await clock.advance(10_000);
  expect((await running).of("domains/mx:example.com")).toMatchObject({
    verdict: "skipped",
    quote: "ETIMEDOUT",
  });
});

test("many domains; those that stand for subdomains have no mail exchanger of their own", async () => {
  const secondary = ["*.example.com", ...Array.from({ length: 60 }, (_, index) => `d${index}.test`)];
  const asked: string[] = [];
  const { of } = await diagnosed(sampleSettings({ domains: { primary: "example.com", secondary } }), {
    ...quick,
    mailExchangers: async (domain) => {
      asked.push(domain);
      return ["mx.test"];
    },
  });
  expect(asked).toEqual(["example.com", ...secondary.slice(1, 50)]);
  expect(of("domains/more")).toMatchObject({
    verdict: "skipped",
    cause: "Only the first 50 of 61 domains were looked up.",
  });
});
