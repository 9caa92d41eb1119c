import { describe, expect, it, vi } from "vitest";
import type { AttemptResult } from "../../core/model/message.ts";
import { openDesk, usualDelivery } from "../support/delivery-desk.ts";
import { startScriptedServer } from "../support/scripted-smtp-server.ts";

const ANNA = "anna@office.example";
const MINUTE = 60_000;
const none = { delivered: 0, deferred: 0, failed: 0, bytes: 0, routeProblem: null };

function many(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `user${index}@office.example`);
}

describe("a run", () => {
  it("delivers what is due, settles each on disk, and says what it did", async () => {
    const desk = await openDesk();
    const message = await desk.queue.add({ recipients: [ANNA] });
    const dispatcher = desk.dispatcher({
      trace: { enabled: true, helo: "gw.example", installationId: "5b1c0e9a7d44" },
    });
    expect(await dispatcher.run({ kinds: ["mail"] })).toEqual({ ...none, delivered: 1, bytes: message.size });
    const now = desk.clock.now();
    const relay = `127.0.0.1[127.0.0.1]:${desk.server.port}`;
    const expected: AttemptResult = {
      message,
      startedAt: now,
      endedAt: now,
      relay,
      session: "smtp-1",
      delays: [0, 0, 0, 0],
      recipients: [
        {
          recipient: message.recipients[0] as AttemptResult["recipients"][number]["recipient"],
          outcome: { kind: "delivered", reply: { code: 250, enhanced: "2.0.0", text: "queued" } },
          next: {
            kind: "delivered",
            at: now,
            reply: { code: 250, enhanced: "2.0.0", text: "queued" },
            relay,
          },
          tries: 1,
          unknownTries: 0,
        },
      ],
    };
    expect(desk.queue.results).toEqual([expected]);
    expect(desk.queue.claims[0]).toMatchObject({
      kinds: ["mail"],
      now,
      ignoreBackoff: false,
      nextAt: now + MINUTE,
    });
    expect(desk.server.messages[0]?.content.toString()).toMatch(
      /^Received: from pop\.isp\.example\r\n\tby gw\.example \(EFS Mail Gateway 5b1c0e9a7d44\)\r\n\twith POP3 id 000000000001\r\n\tfor <anna@office\.example>; /,
    );
  });

  it("does nothing, and connects nowhere, when nothing is due", async () => {
    const desk = await openDesk();
    expect(await desk.dispatcher().run({ kinds: ["mail"] })).toEqual(none);
    expect(desk.server.connections).toBe(0);
  });

  it("claims nothing with forwarding off", async () => {
    const desk = await openDesk();
    await desk.queue.add({ recipients: [ANNA] });
    expect(await desk.dispatcher({ forward: false }).run({ kinds: ["mail"] })).toEqual(none);
    expect(desk.queue.events).toEqual([]);
  });

  it("takes only the kinds it is told", async () => {
    const desk = await openDesk();
    await desk.queue.add({ recipients: [ANNA], kind: "report" });
    await desk.queue.add({ recipients: [ANNA], kind: "mail" });
    const dispatcher = desk.dispatcher();
    expect(await dispatcher.run({ kinds: ["mail", "alert"] })).toMatchObject({ delivered: 1 });
    expect(desk.queue.kinds(1)).toEqual(["queued"]);
    expect(await dispatcher.run({ kinds: ["report"] })).toMatchObject({ delivered: 1 });
    expect(desk.server.messages.map(({ connection }) => connection)).toEqual([0, 1]);
  });

  it("goes on with the next message while a result is settled, but not to its final dot", async () => {
    const desk = await openDesk();
    for (let count = 0; count < 3; count += 1) await desk.queue.add({ recipients: [ANNA] });
    const asked = (): number => desk.server.lines.filter((line) => line === "DATA").length;
    const atSettle: [asked: number, arrived: number][] = [];
    desk.queue.beforeSettle = async () => {
      const next = Math.min(atSettle.length + 2, 3);
      await desk.server.until(() => asked() === next);
      atSettle.push([asked(), desk.server.messages.length]);
    };
    await desk.dispatcher().run({ kinds: ["mail"] });
    expect(atSettle).toEqual([
      [2, 1],
      [3, 2],
      [3, 3],
    ]);
    expect(desk.queue.events.filter((event) => event.startsWith("settle"))).toEqual([
      "settle 1",
      "settle 2",
      "settle 3",
    ]);
  });

  it("sends nothing more when a result cannot be stored", async () => {
    const desk = await openDesk();
    for (let count = 0; count < 10; count += 1) await desk.queue.add({ recipients: [ANNA] });
    desk.queue.beforeSettle = () => {
      throw new Error("disk full");
    };
    await expect(desk.dispatcher().run({ kinds: ["mail"] })).rejects.toThrow("disk full");
    expect(desk.server.messages).toHaveLength(1);
    // It is still claimed: in this process nobody sends it again. Nothing became of the next one, nor of the others.
    expect([...desk.queue.claimed]).toEqual([1]);
    expect([2, 3, 10].map((id) => desk.queue.kinds(id))).toEqual([["queued"], ["queued"], ["queued"]]);
    await desk.server.until(() => desk.server.open === 0);
  });

  it("leaves a message whose file is gone to the spool", async () => {
    const desk = await openDesk();
    const gone = await desk.queue.add({ recipients: [ANNA], path: "/nowhere/1.eml" });
    await desk.queue.add({ recipients: [ANNA] });
    expect(await desk.dispatcher().run({ kinds: ["mail"] })).toMatchObject({
      delivered: 1,
      deferred: 0,
      failed: 0,
    });
    expect(desk.missing.map(({ id }) => id)).toEqual([gone.id]);
    expect(desk.queue.results.map(({ message }) => message.id)).toEqual([2]);
  });

  it("counts a message once by each of its outcomes", async () => {
    const desk = await openDesk({
      script: ({ recipient }) =>
        recipient.startsWith("no") ? "550 no" : recipient.startsWith("later") ? "450 later" : undefined,
    });
    const message = await desk.queue.add({ recipients: [ANNA, "no@x", "no2@x", "later@x", "ben@x"] });
    expect(await desk.dispatcher().run({ kinds: ["mail"] })).toEqual({
      ...none,
      delivered: 1,
      deferred: 1,
      failed: 1,
      bytes: message.size,
    });
  });

  it("sends only to those whose turn it is", async () => {
    const desk = await openDesk({
      script: ({ recipient, connection }) =>
        recipient.startsWith("later") && connection < 2 ? "450 later" : undefined,
    });
    await desk.queue.add({ recipients: [ANNA, "later@x", "later2@x"] });
    const dispatcher = desk.dispatcher();
    await dispatcher.run({ kinds: ["mail"] });
    await dispatcher.run({ kinds: ["mail"] });
    expect(desk.server.connections).toBe(1);
    await desk.clock.advance(MINUTE);
    await dispatcher.run({ kinds: ["mail"] });
    await desk.clock.advance(2 * MINUTE);
    await dispatcher.run({ kinds: ["mail"] });
    expect(desk.server.messages.map(({ recipients }) => recipients)).toEqual([
      [ANNA],
      ["later@x", "later2@x"],
    ]);
    expect(desk.queue.kinds(1)).toEqual(["delivered", "delivered", "delivered"]);
  });

  it("5,000 recipients are 50 transactions, one after the other", async () => {
    const desk = await openDesk();
    await desk.queue.add({ recipients: many(5_000) });
    expect(await desk.dispatcher({ connections: 4 }).run({ kinds: ["mail"] })).toMatchObject({
      delivered: 1,
    });
    expect(desk.server.messages.map(({ recipients }) => recipients.length)).toEqual(Array(50).fill(100));
    expect(new Set(desk.server.messages.flatMap(({ recipients }) => recipients)).size).toBe(5_000);
    expect(new Set(desk.queue.kinds(1))).toEqual(new Set(["delivered"]));
    expect(desk.queue.results).toHaveLength(50);
  });

  it("a message that has to wait waits with all of its recipients", async () => {
    const desk = await openDesk({
      script: ({ phase }) => (phase === "final" ? "451 4.3.0 not now" : undefined),
    });
    await desk.queue.add({ recipients: many(250) });
    expect(await desk.dispatcher().run({ kinds: ["mail"] })).toMatchObject({ deferred: 1 });
    expect(desk.server.messages).toHaveLength(1);
    expect(new Set(desk.queue.kinds(1))).toEqual(new Set(["deferred"]));
  });

  it("a server that takes one recipient a transaction gets them one by one", async () => {
    let taken = 0;
    const desk = await openDesk({
      script: ({ phase }) => {
        if (phase === "mail") taken = 0;
        if (phase !== "rcpt") return undefined;
        taken += 1;
        return taken > 1 ? "452 4.5.3 too many recipients" : undefined;
      },
    });
    await desk.queue.add({ recipients: many(5) });
    expect(await desk.dispatcher().run({ kinds: ["mail"] })).toMatchObject({ delivered: 1, deferred: 0 });
    expect(desk.server.messages.map(({ recipients }) => recipients)).toEqual(
      many(5).map((address) => [address]),
    );
  });
});

describe("connections", () => {
  it("opens no more than there is work for, and no more than are allowed", async () => {
    for (const [messages, allowed, most] of [
      [1, 4, 1],
      [2, 4, 2],
      [30, 4, 4],
      [30, 1, 1],
    ] as const) {
      const desk = await openDesk();
      for (let count = 0; count < messages; count += 1) await desk.queue.add({ recipients: [ANNA] });
      let open = 0;
      desk.queue.beforeSettle = async () => {
        await new Promise((resolve) => setTimeout(resolve, 2));
        open = Math.max(open, desk.server.open);
      };
      await desk.dispatcher({ connections: allowed }).run({ kinds: ["mail"] });
      expect(desk.server.messages).toHaveLength(messages);
      expect(open).toBeLessThanOrEqual(most);
      expect(desk.server.connections).toBe(most);
    }
  });

  it("the first one must be up before others are opened", async () => {
    const desk = await openDesk({
      script: ({ phase }) => (phase === "greeting" ? { and: "stall" } : undefined),
    });
    for (let count = 0; count < 10; count += 1) await desk.queue.add({ recipients: [ANNA] });
    const running = desk.dispatcher({ connections: 4 }).run({ kinds: ["mail"] });
    await desk.server.until(() => desk.server.connections === 1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(desk.server.connections).toBe(1);
    await desk.clock.advance(300_000);
    expect(await running).toMatchObject({ routeProblem: { code: "smtp-timeout" } });
    expect(desk.server.connections).toBe(1);
  });

  it("carries so many messages and is left with QUIT", async () => {
    const desk = await openDesk();
    for (let count = 0; count < 7; count += 1) await desk.queue.add({ recipients: [ANNA] });
    await desk.dispatcher({ messagesPerConnection: 3 }).run({ kinds: ["mail"] });
    expect(desk.server.messages.map(({ connection }) => connection)).toEqual([0, 0, 0, 1, 1, 1, 2]);
    expect(desk.server.lines.filter((line) => line === "QUIT")).toHaveLength(3);
  });

  it("several at once deliver each message once", async () => {
    const desk = await openDesk();
    for (let count = 0; count < 200; count += 1)
      await desk.queue.add({ recipients: [ANNA], content: `Subject: ${count}\r\n\r\n` });
    expect(await desk.dispatcher({ connections: 4 }).run({ kinds: ["mail"] })).toMatchObject({
      delivered: 200,
    });
    const subjects = desk.server.messages.map(({ content }) => content.toString());
    expect(new Set(subjects).size).toBe(200);
    expect(subjects).toHaveLength(200);
    await desk.server.until(() => desk.server.open === 0);
  });
});

describe("waiting for more", () => {
  it("goes on over the same connection until it is told that all was collected", async () => {
    const desk = await openDesk();
    const dispatcher = desk.dispatcher();
    let over = (): void => {};
    const until = new Promise<void>((resolve) => {
      over = resolve;
    });
    const running = dispatcher.run({ kinds: ["mail"], until });
    for (let count = 1; count <= 3; count += 1) {
      await desk.queue.add({ recipients: [ANNA] });
      dispatcher.kick();
      await desk.server.until(() => desk.server.messages.length === count);
    }
    over();
    expect(await running).toMatchObject({ delivered: 3 });
    expect(desk.server.connections).toBe(1);
    await dispatcher.close();
    expect(desk.clock.pending).toBe(0);
  });

  it("leaves a connection that has had no work for ten seconds", async () => {
    const desk = await openDesk();
    const dispatcher = desk.dispatcher();
    await desk.queue.add({ recipients: [ANNA] });
    let over = (): void => {};
    const until = new Promise<void>((resolve) => {
      over = resolve;
    });
    const running = dispatcher.run({ kinds: ["mail"], until });
    await desk.server.until(() => desk.server.messages.length === 1);
    await settledOnce(desk);
    await desk.clock.advance(10_000);
    await desk.server.until(() => desk.server.open === 0);
    await desk.queue.add({ recipients: [ANNA] });
    dispatcher.kick();
    await desk.server.until(() => desk.server.messages.length === 2);
    over();
    await running;
    expect(desk.server.connections).toBe(2);
  });

  it("takes a deferred message up when its time comes", async () => {
    const desk = await openDesk({
      script: ({ phase, connection }) => (phase === "rcpt" && connection === 0 ? "450 later" : undefined),
    });
    await desk.queue.add({ recipients: [ANNA] });
    const controller = new AbortController();
    const running = desk
      .dispatcher()
      .run({ kinds: ["mail"], until: new Promise(() => {}), signal: controller.signal });
    await settledOnce(desk);
    await desk.clock.advance(10_000);
    await desk.server.until(() => desk.server.open === 0);
    await desk.clock.advance(50_000);
    await desk.server.until(() => desk.server.messages.length === 1);
    await desk.clock.advance(0);
    controller.abort();
    expect(await running).toMatchObject({ delivered: 1, deferred: 1 });
    expect(desk.queue.kinds(1)).toEqual(["delivered"]);
  });

  it("an open connection that the server has closed meanwhile costs nothing", async () => {
    const desk = await openDesk({
      script: ({ phase, connection }) =>
        phase === "final" && connection === 0 ? { say: "250 ok\r\n421 idle", and: "close" } : undefined,
    });
    const dispatcher = desk.dispatcher();
    let over = (): void => {};
    const until = new Promise<void>((resolve) => {
      over = resolve;
    });
    const running = dispatcher.run({ kinds: ["mail"], until });
    await desk.queue.add({ recipients: [ANNA] });
    dispatcher.kick();
    await desk.server.until(() => desk.server.open === 0 && desk.server.messages.length === 1);
    await desk.queue.add({ recipients: [ANNA] });
    dispatcher.kick();
    await desk.server.until(() => desk.server.messages.length === 2);
    over();
    expect(await running).toMatchObject({ delivered: 2, deferred: 0 });
  });

  it("stops when told: nothing new, all of it released", async () => {
    const desk = await openDesk({
      script: ({ phase, transaction }) =>
        phase === "data" && transaction === 1 ? { and: "stall" } : undefined,
    });
    for (let count = 0; count < 5; count += 1) await desk.queue.add({ recipients: [ANNA] });
    const controller = new AbortController();
    const running = desk.dispatcher().run({ kinds: ["mail"], signal: controller.signal });
    await desk.server.until(() => desk.server.lines.filter((line) => line === "DATA").length === 2);
    controller.abort();
    expect(await running).toEqual({ ...none, delivered: 1, bytes: 25 });
    expect(desk.queue.results.map(({ message }) => message.id)).toEqual([1]);
    expect([...desk.queue.claimed]).toEqual([]);
    expect(await desk.dispatcher().run({ kinds: ["mail"], signal: controller.signal })).toEqual(none);
  });

  it("past the final dot it waits for the answer, although told to stop", async () => {
    const controller = new AbortController();
    const desk = await openDesk({
      script: ({ phase }) => {
        if (phase === "final") controller.abort();
        return undefined;
      },
    });
    await desk.queue.add({ recipients: [ANNA] });
    await desk.queue.add({ recipients: [ANNA] });
    expect(await desk.dispatcher().run({ kinds: ["mail"], signal: controller.signal })).toMatchObject({
      delivered: 1,
    });
    expect([desk.queue.kinds(1), desk.queue.kinds(2)]).toEqual([["delivered"], ["queued"]]);
  });

  it("told to stop while it ends for another reason: what is in hand is broken off all the same", async () => {
    const desk = await openDesk({ script: ({ phase }) => (phase === "data" ? { and: "stall" } : undefined) });
    await desk.queue.add({ recipients: [ANNA] });
    const controller = new AbortController();
    const dispatcher = desk.dispatcher();
    const running = dispatcher.run({ kinds: ["mail"], signal: controller.signal });
    await desk.server.until(() => desk.server.lines.includes("DATA"));
    dispatcher.configure({ ...usualDelivery(desk.target), forward: false });
    await new Promise((resolve) => setImmediate(resolve));
    controller.abort();
    expect(await running).toEqual(none);
    expect([...desk.queue.claimed]).toEqual([]);
    await desk.server.until(() => desk.server.open === 0);
  });

  it("ends when forwarding is switched off: nothing new goes out", async () => {
    const desk = await openDesk({
      script: ({ phase }) => {
        if (phase === "final") dispatcher.configure({ ...settings, forward: false });
        return undefined;
      },
    });
    const settings = usualDelivery(desk.target);
    const dispatcher = desk.dispatcher(settings);
    for (let count = 0; count < 3; count += 1) await desk.queue.add({ recipients: [ANNA] });
    expect(await dispatcher.run({ kinds: ["mail"] })).toMatchObject({ delivered: 1, routeProblem: null });
    expect([[...desk.queue.claimed], desk.server.messages.length]).toEqual([[], 1]);
  });
});

describe("send now", () => {
  it("tries everybody who waits, once", async () => {
    const desk = await openDesk({ script: ({ phase }) => (phase === "rcpt" ? "450 later" : undefined) });
    for (let count = 0; count < 3; count += 1) await desk.queue.add({ recipients: [ANNA] });
    const dispatcher = desk.dispatcher();
    await dispatcher.run({ kinds: ["mail"] });
    expect(await dispatcher.run({ kinds: ["mail"], ignoreBackoff: true })).toMatchObject({ deferred: 3 });
    expect(desk.queue.results.map(({ message }) => message.id)).toEqual([1, 2, 3, 1, 2, 3]);
    expect([...desk.queue.claimed]).toEqual([]);
    expect(desk.queue.states(1)).toMatchObject([{ kind: "deferred", nextAt: desk.clock.now() + 2 * MINUTE }]);
  });

  it("leaves those alone who may have the message already: half an hour stays half an hour", async () => {
    const desk = await openDesk({
      script: ({ phase }) => (phase === "final" ? { and: "close" } : undefined),
    });
    await desk.queue.add({ recipients: [ANNA] });
    const dispatcher = desk.dispatcher();
    await dispatcher.run({ kinds: ["mail"] });
    const waiting = desk.queue.states(1);
    expect(waiting).toMatchObject([{ kind: "deferred", failure: { scope: "unknown-outcome" } }]);
    await dispatcher.run({ kinds: ["mail"], ignoreBackoff: true, probeNow: true });
    expect([desk.server.messages.length, desk.queue.states(1)]).toEqual([1, waiting]);
    expect([...desk.queue.claimed]).toEqual([]);
  });
});

describe("the route", () => {
  it("is probed once a step, kept over restarts, and usable again after one message", async () => {
    let down = true;
    const desk = await openDesk({
      script: ({ phase }) => (phase === "greeting" && down ? "421 4.3.2 down" : undefined),
    });
    for (let count = 0; count < 20; count += 1) await desk.queue.add({ recipients: [ANNA] });
    let dispatcher = desk.dispatcher({ connections: 4 });
    const waits: number[] = [];
    for (let probe = 1; probe <= 9; probe += 1) {
      const result = await dispatcher.run({ kinds: ["mail"] });
      expect(result).toMatchObject({ delivered: 0, deferred: 0, routeProblem: { code: "smtp-closed" } });
      expect(desk.server.connections).toBe(probe);
      const wait = (dispatcher.nextProbeAt() ?? 0) - desk.clock.now();
      waits.push(wait / MINUTE);
      await desk.clock.advance(wait - 1);
      await dispatcher.run({ kinds: ["mail"] });
      expect(desk.server.connections).toBe(probe);
      await desk.clock.advance(1);
    }
    expect(waits).toEqual([1, 2, 5, 10, 15, 30, 60, 60, 60]);
    expect(desk.queue.results).toEqual([]);
    await dispatcher.close();
    dispatcher = desk.dispatcher({ connections: 4 });
    expect(dispatcher.nextProbeAt()).toBe(desk.clock.now());
    down = false;
    expect(await dispatcher.run({ kinds: ["mail"] })).toMatchObject({ delivered: 20, routeProblem: null });
    const proved = { at: desk.clock.now(), usableTime: desk.queue.usableTime };
    expect(desk.queue.record).toEqual({ failures: 0, nextProbeAt: 0, proved });
  });

  it("probeNow does not wait for the step", async () => {
    const desk = await openDesk();
    desk.queue.record = { failures: 3, nextProbeAt: desk.clock.now() + MINUTE };
    await desk.queue.add({ recipients: [ANNA] });
    const dispatcher = desk.dispatcher();
    expect(await dispatcher.run({ kinds: ["mail"] })).toMatchObject({
      delivered: 0,
      routeProblem: { code: "smtp-route-deferred" },
    });
    expect(await dispatcher.run({ kinds: ["mail"], probeNow: true })).toMatchObject({
      delivered: 1,
      routeProblem: null,
    });
  });

  it("with nothing to send a connection shows that the server is back: one, and only when the probe is due", async () => {
    let down = true;
    const desk = await openDesk({
      script: ({ phase }) => (phase === "greeting" && down ? "421 not now" : undefined),
    });
    desk.queue.record = { failures: 1, nextProbeAt: desk.clock.now() + MINUTE };
    const dispatcher = desk.dispatcher();
    await dispatcher.run({ kinds: ["mail"] });
    expect(desk.server.connections).toBe(0);
    await desk.clock.advance(MINUTE);
    const probed = await dispatcher.run({ kinds: ["mail"] });
    expect([desk.server.connections, probed.routeProblem?.code]).toEqual([1, "smtp-closed"]);
    expect([dispatcher.nextProbeAt(), desk.queue.record.failures]).toEqual([
      desk.clock.now() + 2 * MINUTE,
      2,
    ]);
    down = false;
    await desk.clock.advance(2 * MINUTE);
    expect(await dispatcher.run({ kinds: ["mail"] })).toEqual(none);
    expect([desk.server.connections, dispatcher.nextProbeAt(), desk.queue.record.failures]).toEqual([
      2,
      null,
      0,
    ]);
    expect(desk.server.lines.filter((line) => !/^(EHLO|QUIT)/.test(line))).toEqual([]);
    await dispatcher.run({ kinds: ["mail"] });
    expect(desk.server.connections).toBe(2);
  });

  it("a message that is not offered (too large) leaves no probe behind that is due for ever", async () => {
    const desk = await openDesk({ extensions: ["SIZE 10"] });
    desk.queue.record = { failures: 1, nextProbeAt: 0 };
    await desk.queue.add({ recipients: [ANNA] });
    const dispatcher = desk.dispatcher();
    expect(await dispatcher.run({ kinds: ["mail"] })).toMatchObject({ failed: 1, routeProblem: null });
    expect([desk.server.connections, dispatcher.nextProbeAt()]).toEqual([1, null]);
  });

  it("a probe is one connection until it has carried a message", async () => {
    const desk = await openDesk({
      script: ({ phase, connection }) =>
        phase === "final" && connection === 0 ? { and: "stall" } : undefined,
    });
    desk.queue.record = { failures: 1, nextProbeAt: 0 };
    for (let count = 0; count < 5; count += 1) await desk.queue.add({ recipients: [ANNA] });
    const running = desk.dispatcher({ connections: 4 }).run({ kinds: ["mail"] });
    await desk.server.until(() => desk.server.messages.length === 1);
    await desk.clock.advance(600_000);
    expect(await running).toMatchObject({
      delivered: 0,
      deferred: 1,
      routeProblem: { code: "smtp-timeout" },
    });
    expect(desk.server.connections).toBe(1);
    expect(desk.queue.record.failures).toBe(2);
  });

  it("after two lost connections the next probe uses another message", async () => {
    let greylisting = true;
    const desk = await openDesk({
      script: ({ phase, recipient }) => {
        if (phase === "rcpt" && greylisting) return "450 later";
        return recipient === "breaks@office.example" ? { and: "close" } : undefined;
      },
    });
    const dispatcher = desk.dispatcher();
    // The first waits longer than the two that break the connections will.
    await desk.queue.add({ recipients: [ANNA] });
    await dispatcher.run({ kinds: ["mail"] });
    await desk.clock.advance(MINUTE);
    await dispatcher.run({ kinds: ["mail"] });
    greylisting = false;
    for (let count = 0; count < 2; count += 1) {
      await desk.queue.add({ recipients: ["breaks@office.example"] });
    }
    expect(await dispatcher.run({ kinds: ["mail"] })).toMatchObject({
      deferred: 2,
      routeProblem: { code: "smtp-closed" },
    });
    expect(await dispatcher.run({ kinds: ["mail"], probeNow: true, ignoreBackoff: true })).toMatchObject({
      delivered: 1,
    });
    expect(desk.queue.results.map(({ message }) => message.id).slice(0, 5)).toEqual([1, 1, 2, 3, 1]);
    expect(desk.queue.kinds(1)).toEqual(["delivered"]);
  });

  it("several connections lost at once defer it by one step, with one alert", async () => {
    const desk = await openDesk({
      script: ({ phase }) => (phase === "data" ? { and: "close" } : undefined),
    });
    for (let count = 0; count < 40; count += 1) await desk.queue.add({ recipients: [ANNA] });
    await desk.dispatcher({ connections: 4 }).run({ kinds: ["mail"] });
    expect(desk.queue.record.failures).toBe(1);
    expect(desk.alerts).toHaveLength(1);
    expect([...desk.queue.claimed]).toEqual([]);
    expect(desk.queue.results.length).toBeLessThanOrEqual(8);
  });

  it("only usable time counts, and no longer gap", async () => {
    const desk = await openDesk();
    const dispatcher = desk.dispatcher();
    await desk.clock.advance(20 * MINUTE);
    expect(desk.queue.usableTime).toBe(20 * MINUTE);
    desk.clock.step(3 * 24 * 60 * MINUTE);
    await desk.clock.advance(5 * MINUTE);
    expect(desk.queue.usableTime).toBe(20 * MINUTE);
    await desk.clock.advance(5 * MINUTE);
    expect(desk.queue.usableTime).toBe(25 * MINUTE);
    await dispatcher.close();
    expect(desk.clock.pending).toBe(0);
  });

  it("time with the route down, or forwarding off, does not count", async () => {
    const desk = await openDesk({ script: ({ phase }) => (phase === "greeting" ? "554 no" : undefined) });
    await desk.queue.add({ recipients: [ANNA] });
    const dispatcher = desk.dispatcher();
    await desk.clock.advance(MINUTE);
    await dispatcher.run({ kinds: ["mail"] });
    expect(desk.queue.usableTime).toBe(MINUTE);
    await desk.clock.advance(30 * MINUTE);
    expect(desk.queue.usableTime).toBe(MINUTE);
    await dispatcher.close();
    const off = await openDesk();
    const collecting = off.dispatcher({ forward: false });
    await off.clock.advance(30 * MINUTE);
    await collecting.close();
    expect(off.queue.usableTime).toBe(0);
  });

  describe("a process for each run (efs check)", () => {
    type Step =
      /** A process that delivers a message, and what the server says to it; or one with nothing to deliver. */
      | "accepted"
      | "deferred"
      | "idle"
      | "down"
      | "forward off"
      | "idle for a while"
      | { readonly later: number };
    const TEN = { later: 10 };

    it.each<readonly [string, readonly Step[], minutes: number]>([
      ["between two that got mail through", ["accepted", TEN, "accepted"], 10],
      ["also when the server only put it off", ["deferred", TEN, "deferred"], 10],
      ["also over those that had nothing to do", ["accepted", TEN, "idle", TEN, "accepted"], 20],
      ["between them all", ["accepted", TEN, "idle for a while", TEN, "accepted"], 30],
      ["each time once", ["accepted", TEN, "accepted", "accepted", TEN, "accepted"], 20],
      ["no more than an hour: it may have been off", ["accepted", { later: 600 }, "accepted"], 60],
      ["not before the first", [TEN, "accepted"], 0],
      ["not while only one got through", ["accepted", TEN, "idle"], 0],
      ["not when the server was down", ["accepted", TEN, "down", TEN, "accepted", TEN, "accepted"], 10],
      ["not with forwarding off", ["accepted", TEN, "forward off", TEN, "accepted"], 0],
      ["not when the clock was put back", ["accepted", { later: -600 }, "accepted"], 0],
    ])("time counts %s", async (_name, steps, minutes) => {
      let doing: Step = "idle";
      const desk = await openDesk({
        script: ({ phase }) => {
          if (phase === "greeting" && doing === "down") return "421 not now";
          return phase === "rcpt" && doing === "deferred" ? "450 later" : undefined;
        },
      });
      for (const step of steps) {
        if (typeof step === "object") {
          desk.clock.step(step.later * MINUTE);
          continue;
        }
        doing = step;
        if (!step.startsWith("idle")) await desk.queue.add({ recipients: [ANNA] });
        const dispatcher = desk.dispatcher({ forward: step !== "forward off" });
        await dispatcher.run({ kinds: ["mail"], probeNow: true });
        if (step === "idle for a while") await desk.clock.advance(10 * MINUTE);
        await dispatcher.close();
      }
      expect(desk.queue.usableTime / MINUTE).toBe(minutes);
    });
  });
});

describe("another server in the settings", () => {
  it("is tried at once, whatever was known of the old one", async () => {
    const desk = await openDesk();
    desk.queue.record = { failures: 7, nextProbeAt: desk.clock.now() + 60 * MINUTE };
    await desk.queue.add({ recipients: [ANNA] });
    const dispatcher = desk.dispatcher({ server: { ...desk.target, port: 1 } });
    dispatcher.configure(settingsWith(desk, desk.target, null));
    expect(dispatcher.nextProbeAt()).toBeNull();
    await new Promise((resolve) => setImmediate(resolve));
    expect(desk.queue.record).toEqual({ failures: 0, nextProbeAt: 0 });
    expect(await dispatcher.run({ kinds: ["mail"] })).toMatchObject({ delivered: 1, routeProblem: null });
  });

  it.each([
    ["port", { port: 1 }, true],
    ["security", { security: "starttls" }, true],
    ["user", { username: "efs" }, true],
    ["password", { password: "secret" }, true],
    ["nothing", {}, false],
  ] as const)("%s: another route or the same", async (_name, change, other) => {
    const desk = await openDesk();
    const probeAt = desk.clock.now() + 60 * MINUTE;
    desk.queue.record = { failures: 7, nextProbeAt: probeAt };
    const dispatcher = desk.dispatcher();
    dispatcher.configure({ ...settingsWith(desk, { ...desk.target, ...change }, null), connections: 3 });
    expect(dispatcher.nextProbeAt()).toBe(other ? null : probeAt);
  });

  it("takes over in the midst of a run: nothing is lost, nothing sent twice, and it starts with a clean slate", async () => {
    const desk = await openDesk({
      script: ({ phase, connection }) => (phase === "final" && connection < 2 ? { and: "stall" } : undefined),
    });
    const second = await startScriptedServer();
    try {
      for (let count = 0; count < 6; count += 1) await desk.queue.add({ recipients: [ANNA] });
      const dispatcher = desk.dispatcher({ connections: 2 });
      const running = dispatcher.run({ kinds: ["mail"] });
      await desk.server.until(() => desk.server.messages.length === 2);
      dispatcher.configure(settingsWith(desk, { ...desk.target, port: second.port }, null));
      await desk.clock.advance(600_000);
      expect(await running).toMatchObject({ delivered: 4, deferred: 2, routeProblem: null });
      expect([desk.server.messages.length, second.messages.length]).toEqual([2, 4]);
      expect(desk.queue.record.failures).toBe(0);
      expect([...desk.queue.claimed]).toEqual([]);
    } finally {
      await second.close();
    }
  });
});

it("a server that is ending finishes what it has: that does not speak for the route", async () => {
  let stalled = false;
  const going = { say: "421 4.3.2 going away", and: "close" } as const;
  const desk = await openDesk({
    script({ phase, connection }) {
      if (phase === "final" && connection === 1) {
        stalled = true;
        return { and: "stall" };
      }
      if (phase === "mail" && connection === 0 && stalled) return going;
      return phase === "greeting" && connection > 1 ? going : undefined;
    },
  });
  for (let count = 0; count < 100; count += 1) await desk.queue.add({ recipients: [ANNA] });
  const running = desk.dispatcher({ connections: 2 }).run({ kinds: ["mail"] });
  await vi.waitFor(() => expect(desk.alerts.map(({ cause }) => cause)).toEqual(["route-down"]), 15_000);
  const before = desk.server.messages.length;
  desk.server.drip("250 2.0.0 taken\r\n");
  let over = false;
  running.finally(() => {
    over = true;
  });
  // It says nothing to QUIT any more.
  await vi.waitFor(async () => {
    await desk.clock.advance(1_000);
    expect(over).toBe(true);
  }, 10_000);
  expect(await running).toMatchObject({
    delivered: before,
    routeProblem: { quote: expect.stringContaining("421") },
  });
  expect([desk.queue.record.failures, [...desk.queue.claimed]]).toEqual([1, []]);
});

describe("the second server", () => {
  async function pair(first: Parameters<typeof openDesk>[0]) {
    const desk = await openDesk(first);
    const second = await startScriptedServer();
    return { desk, second };
  }

  it("stands in when the first cannot be reached, and only until that can be tried again", async () => {
    const { desk, second } = await pair({});
    const { port } = desk.target;
    await desk.server.close();
    let first: Awaited<ReturnType<typeof startScriptedServer>> | null = null;
    try {
      await desk.queue.add({ recipients: [ANNA] });
      const dispatcher = desk.dispatcher({ fallback: { ...desk.target, port: second.port } });
      expect(await dispatcher.run({ kinds: ["mail"] })).toMatchObject({ delivered: 1, routeProblem: null });
      expect(second.messages).toHaveLength(1);
      expect(desk.alerts.map(({ cause }) => cause)).toEqual(["route-second-server"]);
      first = await startScriptedServer({ port });
      await desk.queue.add({ recipients: [ANNA] });
      await dispatcher.run({ kinds: ["mail"] });
      expect([first.connections, second.messages.length]).toEqual([0, 2]);
      await desk.clock.advance(MINUTE);
      await desk.queue.add({ recipients: [ANNA] });
      await dispatcher.run({ kinds: ["mail"] });
      expect([first.messages.length, second.messages.length]).toEqual([1, 2]);
    } finally {
      await first?.close();
      await second.close();
    }
  });

  it("does not stand in for one that answers with a refusal", async () => {
    const { desk, second } = await pair({
      script: ({ phase }) => (phase === "greeting" ? "554 not you" : undefined),
    });
    try {
      await desk.queue.add({ recipients: [ANNA] });
      const dispatcher = desk.dispatcher({ fallback: { ...desk.target, port: second.port } });
      expect(await dispatcher.run({ kinds: ["mail"] })).toMatchObject({
        routeProblem: { code: "smtp-rejected" },
      });
      expect(second.connections).toBe(0);
    } finally {
      await second.close();
    }
  });

  it("neither can be reached: the first one's problem", async () => {
    const desk = await openDesk();
    await desk.queue.add({ recipients: [ANNA] });
    const dispatcher = desk.dispatcher({
      server: { ...desk.target, port: 1 },
      fallback: { ...desk.target, port: 2 },
    });
    const result = await dispatcher.run({ kinds: ["mail"] });
    expect(result.routeProblem?.what).toContain("127.0.0.1:1 ");
    expect(desk.queue.record.failures).toBe(1);
  });
});

describe("speed", () => {
  it("2,000 messages of 4 KB, printed, never judged", async () => {
    const desk = await openDesk();
    const content = `Subject: x\r\n\r\n${"The quick brown fox jumps over the lazy dog, again and again.\r\n".repeat(64)}`;
    for (let count = 0; count < 2_000; count += 1) await desk.queue.add({ recipients: [ANNA], content });
    const started = performance.now();
    await desk.dispatcher({ connections: 4 }).run({ kinds: ["mail"] });
    const seconds = (performance.now() - started) / 1_000;
    expect(desk.server.messages).toHaveLength(2_000);
    console.log(
      `2,000 x 4 KB over 4 connections: ${Math.round(2_000 / seconds)} messages/s, server included`,
    );
  });
});

async function settledOnce(desk: Awaited<ReturnType<typeof openDesk>>): Promise<void> {
  while (desk.queue.results.length === 0) await new Promise((resolve) => setImmediate(resolve));
}

function settingsWith(
  desk: Awaited<ReturnType<typeof openDesk>>,
  server: (typeof desk)["target"],
  fallback: (typeof desk)["target"] | null,
): Parameters<ReturnType<typeof desk.dispatcher>["configure"]>[0] {
  return {
    server,
    fallback,
    connections: 1,
    messagesPerConnection: 100,
    forward: true,
    expireMs: 432_000_000,
    trace: { enabled: false, helo: "gateway.example", installationId: "5b1c0e9a7d44" },
  };
}
