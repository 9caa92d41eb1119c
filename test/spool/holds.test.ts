import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Resolution, TrailStep } from "../../core/model/envelope.ts";
import type { AttemptResult, QueuedMessage } from "../../core/model/message.ts";
import type { ReleaseOrder } from "../../core/spool/holds.ts";
import type { Spool } from "../../core/spool/spool.ts";
import { claimAll, type SpoolKit, spoolKit, take } from "../support/spool-kit.ts";

let kit: SpoolKit;
let spool: Spool;

beforeEach(async () => {
  kit = spoolKit();
  spool = await kit.open();
});

afterEach(async () => {
  await spool.close();
  kit.remove();
});

/** Settles a claimed message: who is in `accepted` is delivered, the others are refused for good. */
async function settle(
  message: QueuedMessage,
  accepted: readonly string[],
  report: "waiting" | "off" = "waiting",
): Promise<void> {
  const at = kit.clock.now();
  const recipients: AttemptResult["recipients"] = message.recipients.map((recipient) => {
    if (accepted.includes(recipient.address)) {
      const reply = { code: 250, enhanced: null, text: "ok" };
      return {
        recipient,
        outcome: { kind: "delivered", reply },
        next: { kind: "delivered", at, reply, relay: "m" },
        tries: 1,
        unknownTries: 0,
      };
    }
    const failure = {
      scope: "recipient",
      permanent: true,
      phase: "rcpt",
      reply: null,
      problem: null,
    } as const;
    return {
      recipient,
      outcome: { kind: "refused", failure },
      next: { kind: "failed", at, failure },
      tries: 1,
      unknownTries: 0,
    };
  });
  await spool.outcomes.apply({
    result: {
      message,
      startedAt: at,
      endedAt: at,
      relay: "m",
      session: "s",
      delays: [0, 0, 0, 0],
      recipients,
    },
    disposition: { kind: "errors", report },
    report: null,
  });
}

function states(id: number): Record<string, string> {
  const recipients = spool.message(id)?.recipients ?? [];
  return Object.fromEntries(recipients.map(({ address, state }) => [address, state.kind]));
}

function resolved(
  recipients: readonly string[],
  trail: readonly TrailStep[] = [],
  kind: Resolution["kind"] = "addressed",
): ReleaseOrder["resolution"] {
  return {
    kind,
    sender: "sender@example.net",
    recipients: recipients.map((address) => ({ address, role: "addressed", duplicatesChecked: true })),
    trail,
  };
}

function mapped(address: string, to: string): TrailStep {
  return { address, header: null, headerIndex: null, verdict: "mapped", to: [to], rule: "virtual-domain" };
}

function release(id: number, resolution: ReleaseOrder["resolution"], more: Partial<ReleaseOrder> = {}) {
  return spool.holds.release({
    id,
    resolution,
    guarded: [],
    ends: ["guard"],
    backup: false,
    sendErrors: true,
    ...more,
  });
}

async function claimed(): Promise<QueuedMessage> {
  const [message] = await claimAll(spool, kit.clock);
  if (message === undefined) throw new Error("nothing is due");
  return message;
}

test("a domain is held: what waits for it, and what comes back from Errors, with its report called off", async () => {
  await take(spool, "a", undefined, ["bob@office.example", "eve@elsewhere.example"]);
  await settle(await claimed(), ["eve@elsewhere.example"]);
  await take(spool, "b", undefined, ["ann@OFFICE.example", "joe@elsewhere.example"]);
  await take(spool, "c", undefined, ["x@notoffice.example"]);
  expect(spool.outcomes.nextReportAt()).not.toBeNull();
  expect(await spool.holds.holdDomain("office.example", [1], [])).toEqual({ held: 1, back: [1] });
  expect([states(1), states(2), states(3)]).toEqual([
    { "bob@office.example": "held", "eve@elsewhere.example": "delivered" },
    { "ann@OFFICE.example": "held", "joe@elsewhere.example": "queued" },
    { "x@notoffice.example": "queued" },
  ]);
  expect(spool.counts()).toMatchObject({ Inbox: 3, Errors: 0 });
  expect(spool.outcomes.nextReportAt()).toBeNull();
  expect((await claimAll(spool, kit.clock)).map(({ id }) => id)).toEqual([2, 3]);
  // Once more changes nothing.
  expect(await spool.holds.holdDomain("office.example", [1], [])).toEqual({ held: 0, back: [] });
  const file = spool.message(1)?.file ?? "";
  expect(existsSync(join(kit.directory, "mail", "Inbox", file))).toBe(true);
});

test("a report that is made already is called off, unless it is just being sent", async () => {
  const reported = async (uid: string): Promise<number> => {
    const accepted = await take(spool, uid);
    await settle(await claimed(), []);
    const reportOf = "id" in accepted ? accepted.id : 0;
    const more = { kind: "report", reportOf, reportForm: "with-content" } as const;
    expect(await take(spool, null, undefined, ["postmaster@x.example"], more)).toMatchObject({
      kind: "queued",
    });
    return reportOf;
  };
  const first = await reported("a");
  const reports = await spool.queue.claim({
    limit: 1,
    kinds: ["report"],
    now: kit.clock.now(),
    ignoreBackoff: false,
    nextAt: kit.clock.now() + 60_000,
  });
  expect(reports.map(({ reportOf }) => reportOf)).toEqual([first]);
  const second = await reported("b");
  await spool.holds.holdDomain("office.example", [first, second], []);
  expect(spool.list("Inbox", 0, 10).map(({ id, kind }) => [id, kind])).toEqual([
    [first, "mail"],
    [first + 1, "report"],
    [second, "mail"],
  ]);
  expect(spool.message(second + 1)).toMatchObject({ folder: null, outcome: "removed" });
  // The report that is on its way was about the time before: whatever comes of it, the message waits in Inbox.
  const [report] = reports;
  if (report === undefined) throw new Error("no report");
  const at = kit.clock.now();
  await spool.outcomes.apply({
    result: {
      message: report,
      startedAt: at,
      endedAt: at,
      relay: "m",
      session: "s",
      delays: [0, 0, 0, 0],
      recipients: [],
    },
    disposition: { kind: "stay" },
    report: { kind: "refused" },
  });
  expect(spool.message(first)).toMatchObject({ folder: "Inbox", outcome: null, reportState: null });
});

test("brought back and crashed before the file moved: the start moves it", async () => {
  await take(spool, "a");
  await settle(await claimed(), []);
  await spool.holds.holdDomain("office.example", [1], []);
  await spool.close();
  spool = await kit.open();
  expect([states(1), spool.counts().Inbox]).toEqual([{ "bob@office.example": "held" }, 1]);
});

test("an equal message is a duplicate of one that came back", async () => {
  await take(spool, "a", undefined, undefined, { duplicateKey: "k" });
  await settle(await claimed(), []);
  await spool.holds.holdDomain("office.example", [1], []);
  expect(await take(spool, "b", undefined, undefined, { duplicateKey: "k" })).toMatchObject({
    kind: "closed",
  });
});

test("released: other recipients by other settings; who accepted it is left out, also under a new domain", async () => {
  const trail = [
    mapped("ann@ours.example", "ann@lan.example"),
    mapped("bob@ours.example", "bob@lan.example"),
  ];
  await take(spool, "a", undefined, ["ann@lan.example", "bob@lan.example"], {
    resolution: { ...resolved(["ann@lan.example", "bob@lan.example"], trail), kind: "addressed" },
  });
  await settle(await claimed(), ["ann@lan.example"]);
  await spool.holds.holdDomain("lan.example", [1], []);
  const anew = [mapped("ann@ours.example", "ann@new.example"), mapped("bob@ours.example", "bob@new.example")];
  expect(await release(1, resolved(["ann@new.example", "bob@new.example"], anew))).toBe("released");
  expect(states(1)).toEqual({ "ann@lan.example": "delivered", "bob@new.example": "queued" });
  expect(spool.message(1)?.trail).toEqual(anew);
  expect((await claimAll(spool, kit.clock)).map(({ id }) => id)).toEqual([1]);
});

test("released while its domain is still held, or while somebody keeps it by hand: it stays held", async () => {
  await take(spool, "a");
  await spool.holds.holdDomain("office.example", [], []);
  const same = resolved(["bob@office.example", "new@other.example"]);
  expect(await release(1, same, { guarded: ["bob@office.example"] })).toBe("released");
  expect(states(1)).toEqual({ "bob@office.example": "held", "new@other.example": "queued" });
  const queueId = spool.message(1)?.queueId ?? "";
  await spool.actions.act({ queueId, action: "hold", kind: "hold", actionId: "h", actor: "x" });
  expect(await release(1, same)).toBe("held");
  expect(await release(1, same, { ends: ["guard", "by-hand"] })).toBe("released");
  expect(states(1)).toEqual({ "bob@office.example": "queued", "new@other.example": "queued" });
});

test.each<readonly [string, Resolution["kind"], string | null, string]>([
  ["for nobody by alias", "ignored-by-alias", null, "nobody-left"],
  ["for nobody of ours", "no-recipient", "Junk", "junk"],
])("released and %s: closed", async (_, kind, folder, outcome) => {
  await take(spool, "a");
  await spool.holds.holdDomain("office.example", [], []);
  expect(await release(1, resolved([], [], kind))).toBe(folder === null ? "closed" : "junked");
  expect(spool.message(1)).toMatchObject({ folder, outcome });
  expect(await release(1, resolved(["a@office.example"]))).toBe("gone");
});

test("held messages are tried in turn; one that is just being sent is left alone", async () => {
  for (const uid of ["a", "b", "c"]) await take(spool, uid);
  await spool.holds.holdDomain("office.example", [], []);
  expect(await spool.holds.tryOne("office.example", 0)).toBe(1);
  expect(await spool.holds.tryOne("office.example", 1)).toBe(2);
  const inHand = await claimAll(spool, kit.clock);
  expect(inHand.map(({ id }) => id)).toEqual([1, 2]);
  expect(await release(1, resolved(["bob@office.example"]))).toBe("busy");
  expect(await spool.holds.tryOne("office.example", 3)).toBe(3);
  expect(await spool.holds.tryOne("other.example", 0)).toBeNull();
});

test("time in which a message is held does not count for its expiry", async () => {
  await take(spool, "a");
  await spool.route.addUsableTime(1_000);
  await spool.holds.holdDomain("office.example", [], []);
  await spool.route.addUsableTime(50_000);
  await release(1, resolved(["bob@office.example"]));
  await spool.route.addUsableTime(200);
  expect((await claimed()).usableAge).toBe(1_200);
});

test("what is held is read in parts of Inbox: all of it, once, in the order of the ids", async () => {
  const ids: number[] = [];
  for (let number = 1; number <= 210; number += 1) {
    ids.push((await take(spool, `m${number}`, undefined, [`r${number % 3}@d${number % 3}.example`])).id);
  }
  expect(spool.holds.held(0).messages).toEqual([]);
  await spool.holds.holdDomain("d2.example", [], []);
  const found: number[] = [];
  let pages = 0;
  for (let after: number | null = 0; after !== null; pages += 1) {
    const page = spool.holds.held(after);
    found.push(...page.messages.map(({ id }) => id));
    after = page.next;
  }
  expect(found).toEqual(ids.filter((_, index) => (index + 1) % 3 === 2));
  expect(pages).toBe(4);
});
