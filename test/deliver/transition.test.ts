import { describe, expect, it } from "vitest";
import { retryDelay } from "../../core/deliver/retry-schedule.ts";
import { transition } from "../../core/deliver/transition.ts";
import type { Failure } from "../../core/model/failure.ts";
import type { DeliveryOutcome, RecipientState } from "../../core/model/message.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const now = Date.UTC(2026, 10, 20, 12);
const moment = { now, relay: "mail[192.0.2.1]:25", usableAge: 0 };
const policy = { expireMs: 5 * DAY };
const fresh = { state: { kind: "queued" } as RecipientState, tries: 0, unknownTries: 0 };
const reply = { code: 250, enhanced: "2.0.0", text: "ok" };

function failure(scope: Failure["scope"], permanent = false): Failure {
  return { scope, permanent, phase: "rcpt", reply: null, problem: null };
}

function refused(scope: Failure["scope"], permanent = false): DeliveryOutcome {
  return { kind: "refused", failure: failure(scope, permanent) };
}

describe("retryDelay", () => {
  it("is 1, 2, 5, 10, 15, 30, 60 minutes, then hourly", () => {
    expect([1, 2, 3, 4, 5, 6, 7, 8, 9, 200].map((tries) => retryDelay(tries) / MINUTE)).toEqual([
      1, 2, 5, 10, 15, 30, 60, 60, 60, 60,
    ]);
    expect([0, -1].map((tries) => retryDelay(tries) / MINUTE)).toEqual([1, 1]);
  });
});

describe("transition", () => {
  it("delivered", () => {
    expect(transition(fresh, { kind: "delivered", reply }, moment, policy)).toEqual({
      next: { kind: "delivered", at: now, reply, relay: "mail[192.0.2.1]:25" },
      tries: 1,
      unknownTries: 0,
    });
  });

  it.each(["recipient", "message"] as const)("refused for good by %s: failed, however young", (scope) => {
    expect(transition(fresh, refused(scope, true), moment, policy)).toEqual({
      next: { kind: "failed", at: now, failure: failure(scope, true) },
      tries: 1,
      unknownTries: 0,
    });
  });

  it.each(["recipient", "message", "session"] as const)("refused for now by %s: the next step", (scope) => {
    expect(transition({ ...fresh, tries: 2 }, refused(scope), moment, policy)).toEqual({
      next: { kind: "deferred", nextAt: now + 5 * MINUTE, failure: failure(scope) },
      tries: 3,
      unknownTries: 0,
    });
  });

  it("expires by usable time alone", () => {
    const old = { ...moment, usableAge: 5 * DAY };
    expect(transition(fresh, refused("recipient"), old, policy).next).toEqual({
      kind: "expired",
      at: now,
      failure: failure("recipient"),
    });
    expect(
      transition(fresh, refused("recipient"), { ...old, usableAge: 5 * DAY - 1 }, policy).next.kind,
    ).toBe("deferred");
  });

  it("unknown: three retries half an hour apart, then held; never expired", () => {
    let recipient = fresh;
    const seen: unknown[] = [];
    for (let round = 0; round < 4; round += 1) {
      const { next, tries, unknownTries } = transition(
        recipient,
        refused("unknown-outcome"),
        { ...moment, usableAge: 99 * DAY },
        policy,
      );
      seen.push(next.kind === "deferred" ? (next.nextAt - now) / MINUTE : next);
      recipient = { state: next, tries, unknownTries };
    }
    const held = { kind: "held", since: now, reason: "unknown-outcome", failure: failure("unknown-outcome") };
    expect(seen).toEqual([30, 30, 30, held]);
    expect(recipient.unknownTries).toBe(4);
  });

  it("unknown after many tries waits as long as any other", () => {
    const { next } = transition({ ...fresh, tries: 10 }, refused("unknown-outcome"), moment, policy);
    expect(next).toMatchObject({ kind: "deferred", nextAt: now + 60 * MINUTE });
  });

  it("nothing learnt: as it was, due at once, nothing counted", () => {
    const deferred = { kind: "deferred", nextAt: now + DAY, failure: failure("recipient") } as const;
    for (const outcome of [{ kind: "not-tried" } as const, refused("route")]) {
      expect(transition({ ...fresh, tries: 3 }, outcome, moment, policy)).toEqual({
        next: { kind: "queued" },
        tries: 3,
        unknownTries: 0,
      });
      expect(transition({ state: deferred, tries: 3, unknownTries: 1 }, outcome, moment, policy)).toEqual({
        next: { ...deferred, nextAt: now },
        tries: 3,
        unknownTries: 1,
      });
    }
  });
});
