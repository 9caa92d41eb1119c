import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AttemptFindings, DomainFinding } from "../../core/deliver/guard-findings.ts";
import {
  advanceGuard,
  calmGuard,
  type GuardEvent,
  type GuardOrder,
  type GuardState,
  guardHolds,
  isAccountHeld,
  isBccAllSuspended,
  isDomainHeld,
  nextGuardStep,
  reportsWait,
} from "../../core/deliver/misconfiguration-guard.ts";

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;
const at = Date.UTC(2026, 10, 20, 12);
const DOMAIN = "office.test";
const POSTMASTER = "postmaster@office.test";
const domain = { kind: "domain", domain: DOMAIN } as const;

function attempt(
  messageId: number,
  domains: readonly Partial<DomainFinding>[],
  more: Partial<AttemptFindings> = {},
): GuardEvent {
  return {
    kind: "attempt",
    findings: {
      at,
      messageId,
      domains: domains.map((one) => ({
        domain: DOMAIN,
        verdict: "neither",
        relayDenied: false,
        accepted: [],
        ...one,
      })),
      postmaster: null,
      bccAll: null,
      ...more,
    },
  };
}

const refused = (messageId: number): GuardEvent => attempt(messageId, [{ verdict: "refused" }]);
const relayDenied = (messageId: number): GuardEvent =>
  attempt(messageId, [{ verdict: "refused", relayDenied: true }]);
const accepted = (messageId: number, address = `ada${messageId}@office.test`, when = at): GuardEvent =>
  attempt(messageId, [{ verdict: "accepted", accepted: [address] }], { at: when });
const neither = (messageId: number): GuardEvent => attempt(messageId, [{ verdict: "neither" }]);
const report = (messageId: number, isAccepted: boolean): GuardEvent =>
  attempt(messageId, [], {
    postmaster: { address: POSTMASTER, accepted: isAccepted, relayDenied: false, messageId },
  });
const copy = (messageId: number, isAccepted: boolean): GuardEvent =>
  attempt(messageId, [], {
    bccAll: { address: "Archive@office.test", accepted: isAccepted, relayDenied: false, messageId },
  });
const probed = (verdict: "accepted" | "refused" | "undecided", last = false): GuardEvent => ({
  kind: "probed",
  at,
  subject: domain,
  verdict,
  last,
});
const taken = (
  messageId: number,
  ours: boolean,
  accountId = "main",
  domains = ["ofice.test"],
): GuardEvent => ({
  kind: "taken",
  at,
  accountId,
  messageId,
  ours,
  domains: ours ? [] : domains,
});
const step = (when: number, more: Partial<Extract<GuardEvent, { kind: "step" }>> = {}): GuardEvent => ({
  kind: "step",
  at: when,
  now: false,
  last: false,
  ...more,
});

function run(
  events: readonly GuardEvent[],
  from: GuardState = calmGuard,
): { state: GuardState; orders: GuardOrder[] } {
  const orders: GuardOrder[] = [];
  let state = from;
  for (const event of events) {
    const advance = advanceGuard(state, event);
    state = advance.state;
    orders.push(...advance.orders);
  }
  return { state, orders };
}

const numbers = (count: number, from = 1): number[] =>
  Array.from({ length: count }, (_, index) => from + index);
const tripped = run([...numbers(10).map(refused), probed("refused")]).state;

describe("(a) a domain", () => {
  it.each<readonly [string, readonly GuardEvent[], readonly GuardOrder[]]>([
    ["nine refused: nothing", numbers(9).map(refused), []],
    [
      "ten refused: those who were accepted are asked after",
      [accepted(100, "ada@office.test"), ...numbers(10).map(refused)],
      [{ kind: "probe", subject: domain, addresses: ["ada@office.test"], last: false }],
    ],
    [
      "none known",
      numbers(10).map(refused),
      [{ kind: "probe", subject: domain, addresses: [], last: false }],
    ],
    [
      "relaying denied once",
      [relayDenied(7)],
      [{ kind: "probe", subject: domain, addresses: [], last: false }],
    ],
    [
      "one accepted in between begins anew",
      [...numbers(9).map(refused), accepted(50), ...numbers(9, 60).map(refused)],
      [],
    ],
    [
      "what says nothing neither counts nor resets",
      [
        ...numbers(9).map(refused),
        neither(50),
        report(51, true),
        copy(52, true),
        taken(53, false),
        refused(10),
      ],
      [{ kind: "probe", subject: domain, addresses: [], last: false }],
    ],
    ["the same message again counts once", [...numbers(9).map(refused), refused(9), refused(9)], []],
    [
      "asked once, while the answer is not there",
      numbers(25).map(refused),
      [{ kind: "probe", subject: domain, addresses: [], last: false }],
    ],
    [
      "accepted 31 days ago is not known any more",
      [
        accepted(100, "old@office.test", at - 31 * DAY),
        accepted(101, "new@office.test", at - 29 * DAY),
        relayDenied(1),
      ],
      [{ kind: "probe", subject: domain, addresses: ["new@office.test"], last: false }],
    ],
  ])("%s", (_, events, orders) => {
    expect(run(events).orders).toEqual(orders);
  });

  it("one of the known is accepted: ordinary refusals, and the next ten are asked after again", () => {
    const night = run([...numbers(10).map(refused), probed("accepted")]);
    expect(isDomainHeld(night.state, "x@office.test")).toBe(false);
    expect(run(numbers(9, 20).map(refused), night.state).orders).toEqual([]);
    expect(run(numbers(10, 20).map(refused), night.state).orders).toHaveLength(1);
  });

  it("none of them: the domain is held, all messages of the row come back", () => {
    const { state, orders } = run([...numbers(12).map(refused), probed("refused")]);
    expect(orders.at(-1)).toEqual({ kind: "hold", subject: domain, messages: numbers(12) });
    expect([isDomainHeld(state, "ada@OFFICE.test"), isDomainHeld(state, "ada@other.test")]).toEqual([
      true,
      false,
    ]);
    expect(guardHolds(state)).toEqual([{ subject: domain, since: at, nextTryAt: at + MINUTE }]);
    expect(reportsWait(state, POSTMASTER)).toBe(true);
  });

  it("no answer: nothing is concluded before the end of the run, and then it holds", () => {
    const open = run([...numbers(10).map(refused), probed("undecided")]);
    expect([isDomainHeld(open.state, "@office.test"), nextGuardStep(open.state)]).toEqual([false, 0]);
    const end = run([step(at, { last: true })], open.state);
    expect(end.orders).toEqual([{ kind: "probe", subject: domain, addresses: [], last: true }]);
    expect(isDomainHeld(run([probed("undecided", true)], end.state).state, "@office.test")).toBe(true);
  });

  it("held: tried on the back-off steps, each time behind the last message", () => {
    let state = tripped;
    const times: number[] = [];
    for (const minutes of [1, 2, 5, 10, 15, 30, 60, 60]) {
      const due = nextGuardStep(state) ?? 0;
      times.push((due - at) / MINUTE);
      expect(run([step(due - 1)], state).orders).toEqual([]);
      const stepped = run([step(due)], state);
      expect(stepped.orders).toMatchObject([{ kind: "probe", last: true }]);
      const tried = run([probed("refused", true)], stepped.state);
      expect(tried.orders).toEqual([{ kind: "try", domain: DOMAIN, after: times.length - 1 }]);
      state = run(
        [{ kind: "trying", domain: DOMAIN, messageId: times.length }, refused(times.length)],
        tried.state,
      ).state;
      expect(minutes).toBeGreaterThan(0);
    }
    expect(times).toEqual([1, 3, 8, 18, 33, 63, 123, 183]);
    expect(isDomainHeld(state, "@office.test")).toBe(true);
  });

  it.each<readonly [string, GuardEvent]>([
    ["an acceptance", accepted(3)],
    ["an acceptance of what was sent anyway", accepted(99)],
    ["a known address that is accepted", probed("accepted")],
    ["a person", { kind: "lift", subject: domain }],
  ])("held: %s releases all, once", (_, event) => {
    const { state, orders } = run([event, event], tripped);
    expect(orders).toEqual([{ kind: "release", subject: domain }]);
    expect(guardHolds(state)).toEqual([]);
  });

  it("sent anyway does not count", () => {
    const { state, orders } = run([
      { kind: "send-anyway", messages: numbers(20) },
      ...numbers(20).map(refused),
    ]);
    expect([orders, state.domains]).toEqual([[], {}]);
    expect(run([{ kind: "closed", messageId: 3 }], state).state.anyway).not.toContain(3);
  });

  it("other settings: what is held is due at once", () => {
    const changed = run(
      [
        step(at + MINUTE),
        { kind: "settings", at: at + 2 * MINUTE, postmaster: "", bccAll: null, accounts: [] },
      ],
      tripped,
    );
    expect(nextGuardStep(changed.state)).toBe(at + 2 * MINUTE);
  });

  it("five known addresses are kept, the newest, and not written down with each message", () => {
    const first = run(numbers(5).map((id) => accepted(id))).state;
    expect(advanceGuard(first, accepted(6)).state).toBe(first);
    expect(advanceGuard(first, accepted(1, "ADA1@office.test", at + MINUTE)).state).toBe(first);
    const later = run([accepted(6, "ada6@office.test", at + 2 * 60 * MINUTE)], first).state;
    expect(later.domains[DOMAIN]?.accepted.map(({ address }) => address)).toEqual(
      [6, 5, 4, 3, 2].map((id) => `ada${id}@office.test`),
    );
  });
});

describe("the postmaster alone", () => {
  const postmaster = { kind: "postmaster" } as const;

  it("ten reports refused: asked after; refused again, reports wait until he is accepted", () => {
    const asked = run(numbers(10).map((id) => report(id, false)));
    expect(asked.orders).toEqual([
      { kind: "probe", subject: postmaster, addresses: [POSTMASTER], last: false },
    ]);
    const held = run(
      [{ kind: "probed", at, subject: postmaster, verdict: "refused", last: false }],
      asked.state,
    );
    expect(held.orders).toEqual([{ kind: "hold", subject: postmaster, messages: numbers(10) }]);
    expect([reportsWait(held.state, POSTMASTER), isDomainHeld(held.state, POSTMASTER)]).toEqual([
      true,
      false,
    ]);
    expect(run([report(99, true)], held.state).orders).toEqual([{ kind: "release", subject: postmaster }]);
  });

  it("another address in the settings ends it", () => {
    const held = run([
      ...numbers(10).map((id) => report(id, false)),
      { kind: "probed", at, subject: postmaster, verdict: "refused", last: false },
    ]);
    const { state, orders } = run(
      [{ kind: "settings", at, postmaster: "boss@office.test", bccAll: null, accounts: [] }],
      held.state,
    );
    expect([orders, guardHolds(state)]).toEqual([[{ kind: "release", subject: postmaster }], []]);
  });
});

describe("(b) BCC all", () => {
  const bccAll = { kind: "bcc-all" } as const;
  const suspended = run([
    ...numbers(10).map((id) => copy(id, false)),
    { kind: "probed", at, subject: bccAll, verdict: "refused", last: false },
  ]);

  it("ten copies refused: none are made any more", () => {
    expect(suspended.orders.map(({ kind }) => kind)).toEqual(["probe", "hold"]);
    expect(isBccAllSuspended(suspended.state, "ARCHIVE@office.test")).toBe(true);
    expect(isBccAllSuspended(suspended.state, "other@office.test")).toBe(false);
  });

  it("an accepted copy begins anew", () => {
    const events = [
      ...numbers(9).map((id) => copy(id, false)),
      copy(10, true),
      ...numbers(9, 11).map((id) => copy(id, false)),
    ];
    expect(run(events).orders).toEqual([]);
  });

  it("accepted at a step: copies are made again", () => {
    const { state, orders } = run(
      [step(at + MINUTE), { kind: "probed", at, subject: bccAll, verdict: "accepted", last: true }],
      suspended.state,
    );
    expect(orders.map(({ kind }) => kind)).toEqual(["probe", "release"]);
    expect(isBccAllSuspended(state, "archive@office.test")).toBe(false);
  });
});

describe("(c) an account", () => {
  const account = { kind: "account", accountId: "main" } as const;
  const without = numbers(10).map((id) => taken(id, false));

  it("ten without a recipient: held, with the domains that were seen; the next one for somebody sends them on", () => {
    const held = run(without);
    expect(held.orders).toEqual([{ kind: "hold", subject: account, messages: numbers(10) }]);
    expect(held.state.accounts["main"]?.seen).toEqual({ "ofice.test": 10 });
    expect([isAccountHeld(held.state, "main"), isAccountHeld(held.state, "other")]).toEqual([true, false]);
    const next = run([taken(11, false), taken(12, true)], held.state);
    expect([next.orders, guardHolds(next.state)]).toEqual([[{ kind: "release", subject: account }], []]);
  });

  it("one for somebody in between begins anew; accounts do not count together", () => {
    expect(run([...without.slice(1), taken(20, true), ...without.slice(1)]).orders).toEqual([]);
    expect(
      run([...without.slice(1), ...numbers(9, 30).map((id) => taken(id, false, "other"))]).orders,
    ).toEqual([]);
  });

  it("an account that is not collected from any more lets its mail go; others are held as before", () => {
    const settings = (accounts: readonly string[]): GuardEvent => ({
      kind: "settings",
      at,
      postmaster: "",
      bccAll: null,
      accounts,
    });
    const held = run(without).state;
    expect(run([settings(["other", "main"])], held).orders).toEqual([]);
    const gone = run([settings(["other"])], held);
    expect([gone.orders, gone.state.accounts]).toEqual([[{ kind: "release", subject: account }], {}]);
    expect(run([settings([])], run(without.slice(1)).state)).toMatchObject({
      orders: [],
      state: { accounts: {} },
    });
  });

  it("names of hostile domains are names like any other", () => {
    const names = ["constructor", "__proto__", "toString"];
    const { state } = run(numbers(10).map((id) => taken(id, false, "main", names)));
    expect(state.accounts["main"]?.seen).toEqual({ constructor: 10, toString: 10 });
  });
});

describe("always", () => {
  const anEvent = fc.oneof(
    fc.integer({ min: 1, max: 30 }).map(refused),
    fc.integer({ min: 1, max: 30 }).map((id) => accepted(id)),
    fc.integer({ min: 1, max: 30 }).map(neither),
    fc.integer({ min: 1, max: 30 }).map(relayDenied),
    fc.tuple(fc.integer({ min: 1, max: 30 }), fc.boolean()).map(([id, ok]) => report(id, ok)),
    fc.tuple(fc.integer({ min: 1, max: 30 }), fc.boolean()).map(([id, ok]) => copy(id, ok)),
    fc.tuple(fc.integer({ min: 1, max: 30 }), fc.boolean()).map(([id, ours]) => taken(id, ours)),
    fc
      .constantFrom("accepted" as const, "refused" as const, "undecided" as const)
      .map((verdict) => probed(verdict)),
    fc.integer({ min: 0, max: 600 }).map((minutes) => step(at + minutes * MINUTE)),
    fc.constant<GuardEvent>({ kind: "lift", subject: domain }),
  );

  it("holds and releases take turns, and what is kept survives being written down", () => {
    fc.assert(
      fc.property(fc.array(anEvent, { maxLength: 200 }), (events) => {
        const { state, orders } = run(events);
        for (const subject of [
          domain,
          { kind: "postmaster" },
          { kind: "bcc-all" },
          { kind: "account", accountId: "main" },
        ]) {
          const turns = orders.filter(
            (order) =>
              (order.kind === "hold" || order.kind === "release") &&
              JSON.stringify(order.subject) === JSON.stringify(subject),
          );
          expect(turns.every(({ kind }, index) => kind === (index % 2 === 0 ? "hold" : "release"))).toBe(
            true,
          );
        }
        expect(JSON.parse(JSON.stringify(state))).toEqual(state);
        for (const hold of guardHolds(state)) expect(hold.nextTryAt ?? at).toBeGreaterThanOrEqual(at);
      }),
    );
  });

  it("the order of refusals does not matter, nor what is between them and says nothing", () => {
    const silent = fc.constantFrom(neither(900), report(901, true), copy(902, true), taken(903, true, "x"));
    fc.assert(
      fc.property(fc.shuffledSubarray(numbers(10), { minLength: 10 }), fc.array(silent), (ids, between) => {
        const events = ids.flatMap((id, index) => [
          refused(id),
          ...(between[index] === undefined ? [] : [between[index]]),
        ]);
        const { state, orders } = run(events);
        expect(orders.filter(({ kind }) => kind === "probe")).toHaveLength(1);
        expect([...(state.domains[DOMAIN]?.refused ?? [])].sort((a, b) => a - b)).toEqual(numbers(10));
      }),
    );
  });
});
