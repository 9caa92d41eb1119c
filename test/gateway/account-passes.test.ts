import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { AccountPasses, type LoginPause, type PassResult } from "../../core/gateway/account-passes.ts";
import { type Problem, ProblemError } from "../../core/model/problem.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { sampleSettings } from "../support/sample-settings.ts";

const MINUTE = 60_000;
const problem = (code: string): Problem => ({
  code,
  what: `${code}.`,
  cure: "Do something.",
  quote: "-ERR no",
});
const good: PassResult = { problem: null, trouble: null };
const wrongPassword: PassResult = { problem: problem("pop3-login-refused"), trouble: "login" };
const never = new AbortController().signal;

function accounts(...ids: string[]) {
  return sampleSettings({
    accounts: ids.map((id) => ({
      id,
      host: "pop.example.net",
      username: id,
      password: { scheme: "x", value: id },
    })),
  }).accounts;
}

/** What each pass comes to, by account id, in order; then good. */
function setUp(plan: Record<string, PassResult[]>, opens: (id: string) => string | null = () => "secret") {
  const clock = new FakeClock();
  const kept = new Map<string, LoginPause | null>();
  const passes: string[] = [];
  const make = () =>
    new AccountPasses({
      clock,
      openPassword: ({ id }) => opens(id),
      load: (id) => kept.get(id) ?? null,
      save: async (id, pause) => {
        kept.set(id, pause);
      },
      collect: async ({ id }, password) => {
        passes.push(`${id} ${password}`);
        return plan[id]?.shift() ?? good;
      },
    });
  return { clock, kept, passes, make };
}

describe("AccountPasses", () => {
  it("goes on with the other accounts whatever happens to one", async () => {
    const { passes, make } = setUp({ b: [{ problem: problem("pop3-lost"), trouble: "connect" }] });
    expect(await make().run(accounts("a", "b", "c"), false, never)).toEqual([problem("pop3-lost")]);
    expect(passes).toEqual(["a secret", "b secret", "c secret"]);
  });

  it("waits for the other accounts when a fault, or a full disk, ends one of them", async () => {
    const full = new ProblemError(problem("disk-full"));
    const bug = new Error("bug");
    const ends: string[] = [];
    const passing = (thrown: unknown) =>
      new AccountPasses({
        clock: new FakeClock(),
        openPassword: () => "secret",
        load: () => null,
        save: async () => undefined,
        collect: async ({ id }) => {
          if (id === "a") throw thrown;
          await setImmediate();
          ends.push(id);
          return good;
        },
      });
    expect(await passing(full).run(accounts("a", "b"), false, never)).toEqual([full.problem]);
    await expect(passing(bug).run(accounts("a", "b"), false, never)).rejects.toBe(bug);
    expect(ends).toEqual(["b", "b"]);
  });

  it("backs off 5, 15, then 60 minutes after a wrong password, and forgets it after a good login", async () => {
    const { clock, kept, passes, make } = setUp({
      a: [wrongPassword, wrongPassword, wrongPassword, wrongPassword],
    });
    const passing = make();
    const pauses: number[] = [];
    for (const wait of [0, 5, 15, 60]) {
      await clock.advance(wait * MINUTE);
      await passing.run(accounts("a"), false, never);
      pauses.push(((kept.get("a")?.until ?? 0) - clock.now()) / MINUTE);
    }
    expect(pauses).toEqual([5, 15, 60, 60]);
    await clock.advance(59 * MINUTE);
    expect((await passing.run(accounts("a"), false, never)).map(({ code }) => code)).toEqual([
      "account-paused",
    ]);
    expect(passes).toHaveLength(4);
    await clock.advance(MINUTE);
    expect(await passing.run(accounts("a"), false, never)).toEqual([]);
    expect(kept.get("a")).toBeNull();
  });

  it("does not pause for years when the clock, which was far ahead, is put right", async () => {
    const { clock, make } = setUp({ a: [wrongPassword] });
    const passing = make();
    clock.step(3_650 * 24 * 60 * MINUTE);
    await passing.run(accounts("a"), false, never);
    clock.step(-3_650 * 24 * 60 * MINUTE);
    expect(await passing.run(accounts("a"), false, never)).toEqual([]);
  });

  it("keeps the pause over a restart, but not over other credentials or a check by name", async () => {
    const { passes, make } = setUp({ a: [wrongPassword] });
    await make().run(accounts("a"), false, never);
    expect((await make().run(accounts("a"), false, never)).map(({ code }) => code)).toEqual([
      "account-paused",
    ]);
    const [account] = accounts("a");
    if (account === undefined) throw new Error("no account");
    expect(await make().run([{ ...account, password: { scheme: "x", value: "new" } }], false, never)).toEqual(
      [],
    );
    expect(await make().run([account], true, never)).toEqual([]);
    expect(passes).toHaveLength(3);
  });

  it("pauses an account whose password cannot be opened, without a login", async () => {
    const { passes, make } = setUp({}, (id) => (id === "a" ? null : "secret"));
    const passing = make();
    const problems = await passing.run(accounts("a", "b"), false, never);
    expect(problems.map(({ code }) => code)).toEqual(["password-unreadable"]);
    expect(passes).toEqual(["b secret"]);
    const [account] = accounts("a");
    if (account === undefined) throw new Error("no account");
    expect(passing.status(account)).toMatchObject({ id: "a", problem: { code: "password-unreadable" } });
  });

  it("begins no account after a stop", async () => {
    const { passes, make } = setUp({});
    expect(await make().run(accounts("a"), false, AbortSignal.abort())).toEqual([]);
    expect(passes).toEqual([]);
  });

  it("takes damaged notes for none", async () => {
    const { kept, passes, make } = setUp({});
    kept.set("a", { failures: "many" } as never);
    expect(await make().run(accounts("a"), false, never)).toEqual([]);
    expect(passes).toEqual(["a secret"]);
  });
});
