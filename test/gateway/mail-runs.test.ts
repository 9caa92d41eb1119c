import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { DeliveryOrder } from "../../core/deliver/dispatcher.ts";
import type { BeforeCheck } from "../../core/gateway/check-steps.ts";
import { MailRuns, type MailRunsParts } from "../../core/gateway/mail-runs.ts";
import { noTotals } from "../../core/gateway/run-totals.ts";
import type { GatewayEvent } from "../../core/model/event.ts";
import type { GuardHold } from "../../core/model/guard.ts";
import { type Problem, ProblemError } from "../../core/model/problem.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { sampleSettings } from "../support/sample-settings.ts";

const HOUR = 3_600_000;
const problem: Problem = { code: "disk-full", what: "The disk is full.", cure: "Make room." };

interface Parts {
  readonly holds?: readonly GuardHold[];
  readonly hear?: (event: GatewayEvent) => void;
  readonly collect?: () => Promise<readonly Problem[]>;
  readonly deliver?: (order: DeliveryOrder) => Promise<void>;
  readonly orphans?: () => Promise<void>;
  readonly queueDueAt?: number | null;
  readonly reportAt?: number | null;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly collectedAtLeast?: (messages: number) => Promise<void>;
  readonly before?: BeforeCheck;
  readonly after?: Problem;
  readonly alertsSince?: number;
  readonly routeDown?: boolean;
  /** Looks at the clock are told. */
  readonly clock?: boolean;
  readonly guard?: { readonly reportsWait?: boolean; readonly nextAt?: number };
}

/** Runs over parts that do what the test says. */
function setUp(parts: Parts) {
  const done: string[] = [];
  const clock = new FakeClock();
  const settings = sampleSettings(parts.settings);
  const runs = new MailRuns({
    clock,
    log: () => undefined,
    events: { emit: (event: GatewayEvent) => parts.hear?.(event), subscribe: () => () => undefined },
    settings: () => settings,
    refreshLists: async () => undefined,
    takeUpOrphans: async () => parts.orphans?.(),
    guard: {
      step: async (reachable: boolean) =>
        void done.push(...(parts.guard === undefined ? [] : [`step ${reachable}`])),
      decide: async () => void done.push(...(parts.guard === undefined ? [] : ["decide"])),
      reportsWait: () => parts.guard?.reportsWait === true,
      nextAt: () => parts.guard?.nextAt ?? null,
      holds: () => parts.holds ?? [],
    },
    accounts: { run: async () => (await parts.collect?.()) ?? [], status: () => ({}) },
    records: {
      totals: noTotals,
      restart: () => undefined,
      findings: () => [],
      collectedAtLeast: (messages: number) => parts.collectedAtLeast?.(messages) ?? Promise.resolve(),
    },
    dispatcher: {
      run: async (order: DeliveryOrder) => {
        done.push(`deliver ${order.kinds.join()}`);
        await parts.deliver?.(order);
        return { routeProblem: null };
      },
      nextProbeAt: () => (parts.routeDown === true ? clock.now() + HOUR : null),
    },
    spool: {
      route: { load: () => ({ failures: 0, nextProbeAt: 0 }) },
      queue: { nextDueAt: () => parts.queueDueAt ?? null },
      outcomes: { reportsDue: () => [], nextReportAt: () => parts.reportAt ?? null },
      bringForward: async () => 0,
      indexHistory: async () => undefined,
      removeDelivered: async () => undefined,
      counts: () => ({ Inbox: 0, Errors: 0, Junk: 0, Backup: 0 }),
      waitingMail: () => 0,
      unseen: () => ({ junk: 0, errors: 0 }),
      tend: async () => {
        done.push("tend");
      },
    },
    clockWatch: {
      look: async () => void done.push(...(parts.clock === true ? ["clock"] : [])),
      doubt: () => null,
    },
    reportContext: () => ({}),
    today: { totals: () => noTotals, add: async () => undefined },
    steps: {
      before: async () => parts.before ?? { problem: null, goOn: true },
      after: async () => {
        done.push("post check");
        return parts.after ?? null;
      },
    },
    alerts: {
      waitingSince: () => parts.alertsSince ?? null,
      spool: async () => parts.alertsSince !== undefined,
    },
  } as unknown as MailRunsParts);
  return { runs, done, clock };
}

describe("MailRuns", () => {
  it("begins to send when so many messages are there, or when all are collected", async () => {
    const accounts = [12, 7].map((messagesBeforeSend, index) => ({
      id: `a${index}`,
      host: "127.0.0.1",
      username: "u",
      password: "secret",
      messagesBeforeSend,
    }));
    for (const first of ["enough", "all"] as const) {
      const enough = Promise.withResolvers<void>();
      const all = Promise.withResolvers<readonly Problem[]>();
      const asked = Promise.withResolvers<number>();
      const sending = Promise.withResolvers<string>();
      let sent = false;
      const { runs } = setUp({
        settings: { accounts },
        collect: () => all.promise,
        collectedAtLeast: (messages) => {
          asked.resolve(messages);
          return enough.promise;
        },
        deliver: async () => {
          sent = true;
          sending.resolve("sending");
        },
      });
      const run = runs.check({}).then(() => "ended");
      expect(await Promise.race([asked.promise, run])).toBe(7);
      for (let turn = 0; turn < 5; turn += 1) await setImmediate();
      expect(sent).toBe(false);
      if (first === "enough") enough.resolve();
      else all.resolve([]);
      expect(await Promise.race([sending.promise, run])).toBe("sending");
      all.resolve([]);
      await run;
    }
  });

  it("ends no run while an account is still at work, also when delivering has a fault", async () => {
    const { promise: collected, resolve } = Promise.withResolvers<readonly Problem[]>();
    const bug = new Error("bug");
    let ended = false;
    const { runs } = setUp({
      collect: () => collected,
      deliver: async () => {
        throw bug;
      },
    });
    const run = runs.check({}).then(
      () => null,
      (error: unknown) => {
        ended = true;
        return error;
      },
    );
    for (let turn = 0; turn < 5; turn += 1) await setImmediate();
    expect(ended).toBe(false);
    resolve([]);
    expect(await run).toBe(bug);
    expect(runs.status().state).toBe("idle");
  });

  it("asks the guard before anything is sent, and once more before reports; not while the server is down", async () => {
    const up = setUp({ guard: {} });
    await up.runs.check({});
    expect(up.done.slice(0, 4)).toEqual(["step true", "deliver mail,alert", "decide", "deliver report"]);
    const down = setUp({ guard: {}, routeDown: true });
    await down.runs.check({});
    expect(down.done).toEqual(["step false", "deliver mail,alert", "post check", "tend"]);
  });

  it("sends no reports while they wait, and has something to do when the guard has", async () => {
    const { runs, done, clock } = setUp({
      guard: { reportsWait: true, nextAt: 5 },
      reportAt: 1,
      alertsSince: 2,
    });
    await runs.check({});
    expect(done).not.toContain("deliver report");
    expect([clock.now() > 5, runs.nextDeliveryAt()]).toEqual([true, 5]);
  });

  it("does everything else although one bad file cannot be judged", async () => {
    const bug = new Error("bug");
    const { runs, done } = setUp({
      collect: async () => {
        done.push("collect");
        return [];
      },
      orphans: async () => {
        throw bug;
      },
    });
    await expect(runs.check({})).rejects.toBe(bug);
    expect(done).toEqual(["collect", "deliver mail,alert", "deliver report", "post check", "tend"]);
  });

  it("tells expected trouble of every part in the summary", async () => {
    const { runs } = setUp({
      collect: async () => {
        throw new ProblemError(problem);
      },
    });
    expect((await runs.check({})).problems).toEqual([problem]);
  });

  it("has something to do when a report is due, unless reports are off", () => {
    const off = { postmaster: { address: "postmaster@example.com", sendErrors: false } };
    expect(setUp({ reportAt: 7 }).runs.nextDeliveryAt()).toBe(7);
    expect(setUp({ reportAt: 7, queueDueAt: 5 }).runs.nextDeliveryAt()).toBe(5);
    expect(setUp({ reportAt: 7, settings: off }).runs.nextDeliveryAt()).toBeNull();
    expect(setUp({}).runs.nextDeliveryAt()).toBeNull();
  });

  it("looks at the clock before anything goes by dates, and throws away what is old once an hour", async () => {
    const { runs, done, clock } = setUp({ clock: true });
    await runs.check({});
    expect([done[0], done.slice(-2)]).toEqual(["clock", ["clock", "tend"]]);
    const tended: number[] = [];
    for (let quarter = 1; quarter <= 9; quarter += 1) {
      done.length = 0;
      await clock.advance(HOUR / 4);
      await runs.check({});
      if (done.includes("tend")) tended.push(quarter);
    }
    expect(tended).toEqual([4, 8]);
    // A clock that is put back does not stop it for as long as it was ahead.
    clock.step(-24 * HOUR);
    done.length = 0;
    await runs.check({});
    expect(done).toContain("tend");
  });

  it("collects nothing after a pre check that had to succeed, and sends what waits", async () => {
    const { runs, done } = setUp({
      collect: async () => {
        done.push("collect");
        return [];
      },
      before: { problem, goOn: false },
    });
    expect((await runs.check({ accounts: [] })).problems).toEqual([]);
    done.length = 0;
    expect((await runs.check({})).problems).toEqual([problem]);
    // An empty list of accounts is passed over; the post check belongs to a check that took place.
    expect(done).toEqual(["collect", "deliver mail,alert", "deliver report"]);
  });

  it("goes on after a pre check that failed otherwise; trouble of both is in the summary", async () => {
    const after = { ...problem, code: "post-check-failed" };
    const { runs, done } = setUp({ before: { problem, goOn: true }, after });
    expect((await runs.check({})).problems).toEqual([problem, after]);
    expect(done).toEqual(["deliver mail,alert", "deliver report", "post check", "tend"]);
  });

  it("does neither when it only delivers", async () => {
    const { runs, done } = setUp({ before: { problem, goOn: true } });
    expect((await runs.scheduled([]))?.problems).toEqual([]);
    expect(done).toEqual(["deliver mail,alert", "deliver report", "tend"]);
  });

  it("mails the alerts of a run at its end, but not while the server is down", async () => {
    const { runs, done } = setUp({ alertsSince: 7 });
    await runs.check({});
    expect(done).toEqual(["deliver mail,alert", "deliver report", "deliver alert", "post check", "tend"]);
    expect(runs.nextDeliveryAt()).toBe(7);
    const down = setUp({ alertsSince: 7, routeDown: true });
    await down.runs.check({});
    expect(down.done).toEqual(["deliver mail,alert", "post check", "tend"]);
    expect(down.runs.nextDeliveryAt()).toBe(down.clock.now() + HOUR);
  });

  it("begins nothing after it was stopped", async () => {
    const { runs, done } = setUp({});
    await runs.stop();
    await expect(runs.check({})).rejects.toThrow("The gateway is just being stopped");
    expect(done).toEqual([]);
  });

  it("stops the run that is under way, and only it", async () => {
    const asked = Promise.withResolvers<void>();
    const { runs } = setUp({
      deliver: ({ signal, kinds }) => {
        if (kinds.includes("report")) return Promise.resolve();
        asked.resolve();
        return new Promise<void>((resolve) => signal?.addEventListener("abort", () => resolve()));
      },
    });
    expect(runs.halt()).toBe(false);
    const run = runs.check({});
    await asked.promise;
    expect([runs.halt(), runs.status().state]).toEqual([true, "checking"]);
    expect((await run).problems).toEqual([]);
    expect([runs.halt(), runs.status().state]).toEqual([false, "idle"]);
  });

  it("paused: stops what runs, begins nothing by itself; who asks for a run ends the pause", async () => {
    const asked = Promise.withResolvers<void>();
    const states: string[] = [];
    let stuck = false;
    const { runs, done } = setUp({
      hear: (event) => {
        if (event.kind === "state") states.push(event.state);
      },
      deliver: ({ signal, kinds }) => {
        if (stuck || kinds.includes("report")) return Promise.resolve();
        stuck = true;
        asked.resolve();
        return new Promise<void>((resolve) => signal?.addEventListener("abort", () => resolve()));
      },
    });
    const run = runs.scheduled([]);
    const behind = runs.scheduled([]);
    await asked.promise;
    runs.nextCheckAt(7);
    runs.pause(true);
    await run;
    expect(await behind).toBeNull();
    expect(await runs.scheduled([])).toBeNull();
    expect([runs.paused, runs.status().state, runs.status().nextCheckAt]).toEqual([true, "paused", null]);
    done.length = 0;
    await runs.check({});
    expect(done).toEqual(["deliver mail,alert", "deliver report", "post check"]);
    expect([runs.paused, runs.status().state, runs.status().nextCheckAt]).toEqual([false, "idle", 7]);
    expect(states).toEqual(["sending", "paused", "idle", "checking", "sending", "idle"]);
  });

  it("says that it needs a person, while it does", async () => {
    const holds: GuardHold[] = [{ subject: { kind: "postmaster" }, since: 1, nextTryAt: null }];
    const states: string[] = [];
    const { runs } = setUp({
      holds,
      hear: (event) => {
        if (event.kind === "state") states.push(event.state);
      },
    });
    runs.review();
    runs.review();
    holds.length = 0;
    runs.review();
    expect(states).toEqual(["attention", "idle"]);
    const stopping = runs.stop();
    runs.pause(true);
    await stopping;
    expect(runs.status().state).toBe("stopping");
  });
});
