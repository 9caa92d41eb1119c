import { appendFile, mkdir, truncate } from "node:fs/promises";
import { Socket } from "node:net";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import type { Transaction } from "../../core/deliver/transaction.ts";
import { type Desk, openDesk } from "../support/delivery-desk.ts";
import type { NewMessage } from "../support/memory-queue.ts";
import { createRandom } from "../support/random.ts";
import type { Moment, ServerOptions, Step } from "../support/scripted-smtp-server.ts";
import { makeTestCertificate } from "../support/test-certificate.ts";

const certificate = makeTestCertificate();
const ANNA = "anna@office.example";
const BEN = "ben@office.example";
const CARA = "cara@office.example";
const delivered = { kind: "delivered", reply: { code: 250, enhanced: "2.0.0", text: "queued" } };

async function send(
  options: ServerOptions,
  message: NewMessage = { recipients: [ANNA] },
): Promise<{ desk: Desk; transaction: Transaction; usable: boolean }> {
  const desk = await openDesk(options);
  const session = await desk.session();
  const queued = await desk.queue.add(message);
  const transaction = await session.deliver(queued, queued.recipients, null);
  return { desk, transaction, usable: session.usable };
}

function at(phase: Moment["phase"], step: string | Step): ServerOptions {
  return { script: (moment) => (moment.phase === phase ? step : undefined) };
}

/** Scope, permanence and phase of each outcome, or what it is. */
function told(transaction: Transaction): unknown {
  if (transaction.kind === "route") return `route ${transaction.failure.phase}`;
  if (transaction.kind !== "ended") return transaction.kind;
  return transaction.outcomes.map((outcome) => {
    if (outcome.kind !== "refused") return outcome.kind;
    const { scope, permanent, phase } = outcome.failure;
    return `${permanent ? "permanent" : "temporary"} ${scope} ${phase}`;
  });
}

describe("what goes on the wire", () => {
  it("MAIL, RCPT and DATA in one write, the message and the final dot in one", async () => {
    const single = vi.spyOn(Socket.prototype, "_write");
    const several = vi.spyOn(Socket.prototype, "_writev");
    const { desk, transaction, usable } = await send(
      {},
      { recipients: [ANNA, BEN], content: "Subject: a\r\n\r\nöäü\r\n.dot\r\n" },
    );
    const ours = (spy: { mock: { contexts: unknown[] } }): number =>
      spy.mock.contexts.filter((socket) => (socket as Socket).remotePort === desk.server.port).length;
    // EHLO, the four commands, the message.
    expect([ours(single), ours(several)]).toEqual([3, 0]);
    expect(transaction).toEqual({
      kind: "ended",
      outcomes: [delivered, delivered],
      finished: true,
      others: null,
    });
    expect(usable).toBe(true);
    const group =
      "MAIL FROM:<sender@remote.example> SIZE=28 BODY=8BITMIME\r\n" +
      `RCPT TO:<${ANNA}>\r\nRCPT TO:<${BEN}>\r\nDATA\r\n`;
    expect(desk.server.chunks).toEqual(["EHLO gateway.example\r\n".length, group.length, 28 + 1 + 3]);
    expect(
      desk.server.lines
        .slice(1)
        .map((line) => `${line}\r\n`)
        .join(""),
    ).toBe(group);
    expect(desk.server.messages[0]?.content.toString()).toBe("Subject: a\r\n\r\nöäü\r\n.dot\r\n");
    expect(desk.conversation().filter((line) => line.includes("octets"))).toEqual(["- message: 28 octets"]);
  });

  it("one command at a time without PIPELINING", async () => {
    const { desk, transaction } = await send({ extensions: [] }, { recipients: [ANNA, BEN] });
    expect(told(transaction)).toEqual(["delivered", "delivered"]);
    expect(desk.server.chunks).toHaveLength(6);
    expect(desk.server.lines[1]).toBe("MAIL FROM:<sender@remote.example>");
  });

  it.each([
    ["the null sender", { sender: "" }, "MAIL FROM:<> SIZE=25"],
    ["8 bit where offered", { eightBit: true }, "MAIL FROM:<sender@remote.example> SIZE=25 BODY=8BITMIME"],
    [
      "an international sender",
      { sender: "jürgen@x.example" },
      "MAIL FROM:<jÃ¼rgen@x.example> SIZE=25 SMTPUTF8",
    ],
    [
      "an international recipient",
      { recipients: ["bärbel@x"] },
      "MAIL FROM:<sender@remote.example> SIZE=25 SMTPUTF8",
    ],
    ["a quoted sender", { sender: '"a> b"@x.example' }, 'MAIL FROM:<"a> b"@x.example> SIZE=25'],
  ] as const)("%s", async (_name, message, line) => {
    const { desk, transaction } = await send({}, { recipients: [ANNA], ...message });
    expect(told(transaction)).toEqual(["delivered"]);
    expect(desk.server.lines[1]).toBe(line);
  });

  it("asks for nothing that is not offered", async () => {
    const { desk } = await send(
      { extensions: ["PIPELINING"] },
      { recipients: [ANNA], sender: "jürgen@x", eightBit: true },
    );
    expect(desk.server.lines[1]).toBe("MAIL FROM:<jÃ¼rgen@x>");
  });

  it.each(["a@x>\r\nRCPT TO:<b@y", "a\0@x", "a@x> NOTIFY=NEVER", "a\n@x", `${"a".repeat(1_001)}@x`])(
    "never an address like %j",
    async (address) => {
      const { desk, transaction } = await send({}, { recipients: [address, ANNA] });
      expect(told(transaction)).toEqual(["permanent recipient rcpt", "delivered"]);
      expect(desk.server.messages[0]?.recipients).toEqual([ANNA]);
      const session = await desk.session();
      const bad = await desk.queue.add({ recipients: [ANNA], sender: address });
      expect(told(await session.deliver(bad, bad.recipients, null))).toEqual(["permanent message mail"]);
      const none = await desk.queue.add({ recipients: [address] });
      expect(told(await session.deliver(none, none.recipients, null))).toEqual(["permanent recipient rcpt"]);
      expect(desk.server.messages).toHaveLength(1);
    },
  );

  it("our trace header on top, and nothing else", async () => {
    const desk = await openDesk();
    const session = await desk.session();
    const message = await desk.queue.add({
      recipients: [ANNA],
      content: "From nobody\nSubject: x\r\n\r\n..\r\nend",
    });
    await session.deliver(message, message.recipients, Buffer.from("Received: by us\r\n"));
    expect(desk.server.messages[0]?.content.toString()).toBe(
      "Received: by us\r\nFrom nobody\r\nSubject: x\r\n\r\n..\r\nend\r\n",
    );
    expect(desk.server.lines[1]).toContain(
      `SIZE=${"Received: by us\r\nFrom nobody\r\nSubject: x\r\n\r\n..\r\nend".length}`,
    );
  });

  it("any message as exactly one, bare line ends made whole", async () => {
    const desk = await openDesk();
    const session = await desk.session();
    const octets = fc.array(fc.constantFrom(0x0d, 0x0a, 0x2e, 0x2e, 0x61, 0x00, 0xff), { maxLength: 30 });
    let count = 0;
    await fc.assert(
      fc.asyncProperty(octets, async (values) => {
        const content = Buffer.from(values);
        const message = await desk.queue.add({ recipients: [ANNA], content });
        expect(told(await session.deliver(message, message.recipients, null))).toEqual(["delivered"]);
        count += 1;
        expect(desk.server.messages).toHaveLength(count);
        expect(desk.server.messages.at(-1)?.content.toString("latin1")).toBe(wholeLines(content));
      }),
      { numRuns: 300 },
    );
    expect(desk.server.lines.filter((line) => line.startsWith("MAIL"))).toHaveLength(count);
    expect(desk.server.lines.filter((line) => /^(?!EHLO|MAIL|RCPT|DATA)/.test(line))).toEqual([]);
  });

  it.each(["\n.\n", "\n.\r\n", "\r\n.\n", "\r.\r", "\r\n.\r", "\r\n\0.\r\n", "\r\n.\r\n"])(
    "a smuggled message behind %j stays inside",
    async (end) => {
      const smuggled = "MAIL FROM:<evil@x>\r\nRCPT TO:<victim@office.example>\r\nDATA\r\nSubject: gotcha\r\n";
      const content = Buffer.from(`Subject: x\r\n\r\nbody${end}${smuggled}`);
      const { desk, transaction } = await send({}, { recipients: [ANNA], content });
      expect(told(transaction)).toEqual(["delivered"]);
      expect(desk.server.messages).toHaveLength(1);
      expect(desk.server.messages[0]?.content.toString("latin1")).toBe(wholeLines(content));
      expect(desk.server.lines).toHaveLength(4);
    },
  );

  it.each([131_071, 131_072, 131_073, 262_144, 1_000_003])(
    "a large message of %i octets, exactly",
    async (size) => {
      const random = createRandom(size);
      const lines: Buffer[] = [];
      let left = size;
      while (left > 2) {
        const length = Math.min(left, random.integer(2, 5_000));
        const line = random.bytes(length).map((octet) => (octet === 0x0d || octet === 0x0a ? 0x2e : octet));
        line.set([0x0d, 0x0a], length - 2);
        lines.push(Buffer.from(line));
        left -= length;
        if (left <= 2) break;
      }
      const content = Buffer.concat(lines);
      for (const tls of [false, true]) {
        const desk = await openDesk({ certificate, tls });
        const session = await desk.session(
          tls ? { security: "tls", acceptedCertificate: certificate.fingerprint } : {},
        );
        const message = await desk.queue.add({ recipients: [ANNA], content });
        expect(told(await session.deliver(message, message.recipients, null))).toEqual(["delivered"]);
        expect(desk.server.messages[0]?.content.equals(content)).toBe(true);
      }
    },
  );
});

describe("the stored file", () => {
  const large = { recipients: [ANNA], content: Buffer.alloc(600_000, "abcdefgh\r\n") };

  it("gone: told to the caller, nothing said to the server", async () => {
    const { desk, transaction, usable } = await send({}, { recipients: [ANNA], path: "/nowhere/1.eml" });
    expect(transaction).toEqual({ kind: "body-missing" });
    expect(usable).toBe(true);
    expect(desk.server.lines).toHaveLength(1);
  });

  it.each([
    ["shorter", -1],
    ["longer", 1],
  ])("%s than recorded, small or large: nothing said to the server", async (_name, difference) => {
    for (const size of [25, 600_000]) {
      const content = Buffer.alloc(size, "x");
      const { desk, transaction } = await send({}, { recipients: [ANNA], content, size: size - difference });
      expect(transaction).toMatchObject({
        kind: "ended",
        finished: false,
        outcomes: [
          {
            failure: {
              scope: "message",
              permanent: false,
              phase: "local",
              problem: { code: "message-file-changed" },
            },
          },
        ],
      });
      expect(desk.server.lines).toHaveLength(1);
    }
  });

  it.each(["truncated", "extended"])(
    "%s while it is being sent: broken off before the final dot",
    async (how) => {
      const desk = await openDesk({
        // The server stops reading, so that the file can be changed in the midst of it.
        script: ({ phase }) => (phase === "data" ? { say: "354 go", and: "pause" } : undefined),
      });
      const session = await desk.session();
      const message = await desk.queue.add({
        recipients: [ANNA],
        content: Buffer.alloc(12_000_000, "abcdefgh\r\n"),
      });
      const sending = session.deliver(message, message.recipients, null);
      await desk.server.until(() => desk.server.lines.includes("DATA"));
      if (how === "truncated") await truncate(message.path, 11_000_000);
      else await appendFile(message.path, "one line more\r\n");
      desk.server.resume();
      expect(await sending).toMatchObject({
        kind: "ended",
        finished: false,
        outcomes: [{ kind: "refused", failure: { scope: "message", permanent: false, phase: "local" } }],
      });
      expect(session.usable).toBe(false);
      await desk.server.until(() => desk.server.open === 0);
      expect(desk.server.messages).toEqual([]);
    },
  );

  it("locked: tried again later", async () => {
    const desk = await openDesk();
    const session = await desk.session();
    const folder = join(desk.folder, "a-folder-where-the-file-should-be");
    await mkdir(folder);
    const message = await desk.queue.add({ recipients: [ANNA], path: folder });
    expect(told(await session.deliver(message, message.recipients, null))).toEqual([
      "temporary message local",
    ]);
    expect(session.usable).toBe(true);
  });

  it("larger than the announced size: failed, nothing sent", async () => {
    const { desk, transaction, usable } = await send({ extensions: ["SIZE 1000"] }, large);
    expect(transaction).toMatchObject({
      kind: "ended",
      outcomes: [
        {
          kind: "refused",
          failure: {
            scope: "message",
            permanent: true,
            phase: "mail",
            reply: null,
            problem: { code: "smtp-too-large" },
          },
        },
      ],
    });
    expect(usable).toBe(true);
    expect(desk.server.lines).toHaveLength(1);
  });

  it.each(["SIZE", "SIZE 0", "SIZE 600000", "SIZE -1", "SIZE 99999999999999999999"])(
    "goes with %s",
    async (size) => {
      expect(told((await send({ extensions: [size] }, large)).transaction)).toEqual(["delivered"]);
    },
  );

  it("the trace header counts", async () => {
    const desk = await openDesk({ extensions: ["SIZE 600000"] });
    const session = await desk.session();
    const message = await desk.queue.add(large);
    const trace = Buffer.from("Received: x\r\n");
    expect(told(await session.deliver(message, message.recipients, trace))).toEqual([
      "permanent message mail",
    ]);
  });
});

describe("before and after the final dot", () => {
  const large = { recipients: [ANNA], content: Buffer.alloc(4_000_000, "abcdefgh\r\n") };

  it.each(["close", "reset"] as const)("%s after the dot: unknown", async (ending) => {
    for (const message of [{ recipients: [ANNA] }, large]) {
      const { desk, transaction, usable } = await send(at("final", { and: ending }), message);
      expect(told(transaction)).toEqual(["temporary unknown-outcome final-reply"]);
      expect(desk.server.messages).toHaveLength(1);
      expect(usable).toBe(false);
    }
  });

  it.each(["close", "reset"] as const)("%s in the midst of the body: not sent", async (ending) => {
    const { desk, transaction } = await send(
      { script: ({ phase, octets }) => (phase === "body" && octets > 100_000 ? { and: ending } : undefined) },
      large,
    );
    expect(told(transaction)).toEqual(["temporary session body"]);
    expect(desk.server.messages).toEqual([]);
  });

  it.each(["close", "reset"] as const)("%s instead of 354: not sent", async (ending) => {
    expect(told((await send(at("data", { and: ending }))).transaction)).toEqual(["temporary session data"]);
  });

  it("no answer to the dot in ten minutes: unknown, and not a moment sooner", async () => {
    const desk = await openDesk(at("final", { and: "stall" }));
    const session = await desk.session();
    const message = await desk.queue.add({ recipients: [ANNA] });
    const sending = session.deliver(message, message.recipients, null);
    await desk.server.until(() => desk.server.messages.length === 1);
    await desk.clock.advance(599_999);
    expect(session.usable).toBe(true);
    await desk.clock.advance(1);
    expect(told(await sending)).toEqual(["temporary unknown-outcome final-reply"]);
    expect(desk.clock.pending).toBe(0);
  });

  it("a server that takes no octets for three minutes: not sent, even at the last block", async () => {
    const desk = await openDesk(at("data", { say: "354 go", and: "pause" }));
    const session = await desk.session();
    const message = await desk.queue.add({ ...large, content: Buffer.alloc(12_000_000, "abcdefgh\r\n") });
    const sending = session.deliver(message, message.recipients, null);
    await desk.server.until(() => desk.server.lines.includes("DATA"));
    let ended = false;
    const over = sending.then(() => {
      ended = true;
    });
    // A block that the system still has room for starts the time anew; with its buffers full, time runs out.
    while (!ended) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      await desk.clock.advance(180_000);
    }
    await over;
    expect(told(await sending)).toEqual(["temporary session body"]);
    expect(desk.server.messages).toEqual([]);
    expect(desk.clock.pending).toBe(0);
  });

  it.each([
    ["mail", 300_000, "temporary session mail"],
    ["rcpt", 300_000, "temporary session rcpt"],
    ["data", 120_000, "temporary session data"],
  ] as const)("no answer to %s in time", async (phase, limit, expected) => {
    const desk = await openDesk({ ...at(phase, { and: "stall" }), extensions: [] });
    const session = await desk.session();
    const message = await desk.queue.add({ recipients: [ANNA] });
    const sending = session.deliver(message, message.recipients, null);
    await desk.server.until(() => desk.server.lines.some((line) => line.toLowerCase().startsWith(phase)));
    await desk.clock.advance(limit);
    expect(told(await sending)).toEqual([expected]);
    expect(desk.clock.pending).toBe(0);
  });

  it("a reply that drips in is late all the same", async () => {
    const desk = await openDesk({ ...at("mail", { and: "stall" }), extensions: [] });
    const session = await desk.session();
    const message = await desk.queue.add({ recipients: [ANNA] });
    const sending = session.deliver(message, message.recipients, null);
    await desk.server.until(() => desk.server.lines.length === 2);
    for (let minute = 0; minute < 5; minute += 1) {
      desk.server.drip("250-");
      await desk.clock.advance(60_000);
    }
    expect(told(await sending)).toEqual(["temporary session mail"]);
  });

  it.each(["250 ok", "354 go", "220 hi"])(
    "an answer that came before the dot (%s) is none",
    async (early) => {
      const { desk, transaction } = await send(at("data", `354 go ahead\r\n${early}`));
      expect(told(transaction)).toEqual(["temporary session body"]);
      expect(desk.server.messages).toEqual([]);
      const inBody = await send(
        { script: ({ phase, octets }) => (phase === "body" && octets > 100_000 ? early : undefined) },
        large,
      );
      expect(told(inBody.transaction)).toEqual(["temporary session body"]);
      expect(inBody.desk.server.messages).toEqual([]);
    },
  );

  it("a refusal in the midst of the body counts", async () => {
    const { transaction, usable } = await send(
      {
        script: ({ phase, octets }) =>
          phase === "body" && octets > 100_000 ? "552 5.3.4 too big" : undefined,
      },
      large,
    );
    expect(transaction).toMatchObject({
      outcomes: [
        {
          failure: {
            scope: "message",
            permanent: true,
            phase: "body",
            reply: { code: 552, enhanced: "5.3.4" },
          },
        },
      ],
    });
    expect(usable).toBe(false);
  });

  it.each(["nonsense", "999 what", "250-\r\n550 two codes", "25", "354 again"])(
    "an answer to the dot that is none (%j) leaves it open",
    async (answer) => {
      const { transaction, usable } = await send(
        at("final", { say: answer, ...(answer === "25" ? { and: "close" as const } : {}) }),
      );
      expect(told(transaction)).toEqual(["temporary unknown-outcome final-reply"]);
      if (answer !== "354 again") expect(usable).toBe(false);
    },
  );

  it.each(["mail", "rcpt", "data"] as const)(
    "an answer to %s that is none ends the session",
    async (phase) => {
      for (const answer of ["nonsense", "+OK", "12 ok", "250-a\r\n251 b"]) {
        const { transaction, usable } = await send(at(phase, answer));
        expect(told(transaction)).toEqual([expect.stringMatching(`temporary session ${phase}`)]);
        expect(usable).toBe(false);
      }
    },
  );

  it.each(["250 ok", "220 go", "300 hm"])("%s to DATA starts nothing", async (answer) => {
    const { desk, transaction, usable } = await send(at("data", answer));
    expect(told(transaction)).toEqual(["temporary session data"]);
    expect(desk.server.messages).toEqual([]);
    expect(usable).toBe(false);
  });

  it("one answer too many while idle ends the connection", async () => {
    const { desk, transaction } = await send(at("final", "250 2.0.0 queued\r\n250 and again"));
    expect(told(transaction)).toEqual(["delivered"]);
    await desk.server.until(() => desk.server.open === 0);
  });

  it("answers out of step: no refusal is believed for good", async () => {
    // One answer too many shifts all the others: RCPT's refusal seems to be DATA's.
    const { transaction, usable } = await send(
      {
        script: ({ phase, recipient }) => {
          if (phase === "mail") return "250 ok\r\n250 ok";
          if (phase === "rcpt" && recipient === ANNA) return "250 ok";
          return phase === "rcpt" ? "550 no" : undefined;
        },
      },
      { recipients: [ANNA, BEN] },
    );
    expect(told(transaction)).toEqual([
      expect.stringMatching(/^temporary session/),
      expect.stringMatching(/^temporary session/),
    ]);
    expect(usable).toBe(false);
  });
});

describe("RSET after a refusal", () => {
  const refusing = (rset: string): ServerOptions => ({
    script: ({ phase }) => (phase === "rcpt" ? "550 5.1.1 no" : phase === "rset" ? rset : undefined),
  });

  it("answered 354: answers are out of step, nothing is believed for good", async () => {
    const { transaction, usable } = await send(refusing("354 go ahead"));
    expect(told(transaction)).toEqual(["temporary session mail"]);
    expect(transaction).toMatchObject({ finished: false });
    expect(usable).toBe(false);
  });

  it.each(["500 what?", "421 enough"])(
    "answered %s: the refusal counts, the connection does not",
    async (rset) => {
      const { transaction, usable } = await send(refusing(rset));
      expect(told(transaction)).toEqual(["permanent recipient rcpt"]);
      expect(transaction).toMatchObject({ finished: true });
      expect(usable).toBe(false);
    },
  );
});

describe("an end that has to wait", () => {
  /** The second message of a connection, asked for and not sent. */
  async function waiting() {
    const desk = await openDesk();
    const session = await desk.session();
    const first = await desk.queue.add({ recipients: [ANNA] });
    expect(told(await session.deliver(first, first.recipients, null))).toEqual(["delivered"]);
    const { promise: mayEnd, resolve } = Promise.withResolvers<boolean>();
    const second = await desk.queue.add({ recipients: [ANNA] });
    const sending = session.deliver(second, second.recipients, null, { mayEnd });
    await vi.waitFor(() =>
      expect(desk.conversation().filter((line) => line.startsWith("S: 354"))).toHaveLength(2),
    );
    return { desk, session, sending, resolve };
  }

  it("goes out when it may", async () => {
    const { desk, sending, resolve } = await waiting();
    expect(desk.server.messages).toHaveLength(1);
    resolve(true);
    expect(told(await sending)).toEqual(["delivered"]);
  });

  it("is broken off when it may not: nothing says that it was sent", async () => {
    const { desk, sending, resolve } = await waiting();
    const before = desk.conversation().filter((line) => line.startsWith("- message"));
    resolve(false);
    expect(await sending).toEqual({ kind: "cancelled" });
    await desk.server.until(() => desk.server.open === 0);
    expect(desk.server.messages).toHaveLength(1);
    expect(desk.conversation().filter((line) => line.startsWith("- message"))).toEqual(before);
  });

  it("a server that had enough meanwhile says nothing of the message", async () => {
    const { desk, session, sending, resolve } = await waiting();
    await desk.server.close();
    await vi.waitFor(() => expect(session.usable).toBe(false));
    resolve(true);
    expect(await sending).toEqual({ kind: "not-sent" });
  });
});

describe("stopping", () => {
  it("before the dot: broken off", async () => {
    const desk = await openDesk(at("data", { and: "stall" }));
    const session = await desk.session();
    const message = await desk.queue.add({ recipients: [ANNA] });
    const sending = session.deliver(message, message.recipients, null);
    await desk.server.until(() => desk.server.lines.includes("DATA"));
    session.cancel();
    expect(await sending).toEqual({ kind: "cancelled" });
    await desk.server.until(() => desk.server.open === 0);
    expect(desk.clock.pending).toBe(0);
  });

  it("after the dot: the answer is waited for", async () => {
    let cancel = (): void => {};
    const desk = await openDesk({
      script: ({ phase }) => {
        if (phase === "final") cancel();
        return undefined;
      },
    });
    const session = await desk.session();
    cancel = () => session.cancel();
    const message = await desk.queue.add({ recipients: [ANNA] });
    expect(told(await session.deliver(message, message.recipients, null))).toEqual(["delivered"]);
  });

  it.each([100, 1_000_000])("while the file (%i octets) is being opened: nothing is said", async (octets) => {
    const desk = await openDesk();
    const session = await desk.session();
    const message = await desk.queue.add({ recipients: [ANNA], content: "a".repeat(octets) });
    const sending = session.deliver(message, message.recipients, null);
    session.cancel();
    expect(await sending).toEqual({ kind: "cancelled" });
    expect(desk.server.lines).toEqual(["EHLO gateway.example"]);
  });

  it("between two messages nothing is broken off", async () => {
    const desk = await openDesk();
    const session = await desk.session();
    session.cancel();
    const message = await desk.queue.add({ recipients: [ANNA] });
    expect(told(await session.deliver(message, message.recipients, null))).toEqual(["delivered"]);
    session.cancel();
    expect(session.usable).toBe(true);
  });
});

describe("recipients", () => {
  it("each gets its own answer", async () => {
    const { desk, transaction } = await send(
      {
        script: ({ recipient }) =>
          recipient === BEN
            ? "550 5.1.1 no such user"
            : recipient === CARA
              ? "450 4.2.0 greylisted"
              : undefined,
      },
      { recipients: [ANNA, BEN, CARA] },
    );
    expect(told(transaction)).toEqual(["delivered", "permanent recipient rcpt", "temporary recipient rcpt"]);
    expect(desk.server.messages[0]?.recipients).toEqual([ANNA]);
  });

  it.each([true, false])("all refused: RSET, the connection stays (pipelining %s)", async (pipelining) => {
    const { desk, transaction, usable } = await send(
      {
        extensions: pipelining ? ["PIPELINING"] : [],
        script: ({ phase }) => (phase === "rcpt" ? "550 5.1.1 no" : undefined),
      },
      { recipients: [ANNA, BEN] },
    );
    expect(told(transaction)).toEqual(["permanent recipient rcpt", "permanent recipient rcpt"]);
    expect(usable).toBe(true);
    expect(desk.server.lines.at(-1)).toBe("RSET");
    expect(desk.server.lines.includes("DATA")).toBe(pipelining);
  });

  it("all refused and 354 all the same: no empty message", async () => {
    const { desk, transaction, usable } = await send({
      script: ({ phase }) => (phase === "rcpt" ? "550 5.1.1 no" : phase === "data" ? "354 go" : undefined),
    });
    expect(told(transaction)).toEqual(["permanent recipient rcpt"]);
    expect(usable).toBe(false);
    expect(desk.server.messages).toEqual([]);
  });

  it("what was refused before a loss stays refused", async () => {
    const { transaction } = await send(
      {
        script: ({ phase, recipient }) =>
          recipient === BEN ? "550 5.1.1 no" : phase === "data" ? { and: "close" } : undefined,
      },
      { recipients: [ANNA, BEN] },
    );
    expect(told(transaction)).toEqual(["temporary session data", "permanent recipient rcpt"]);
  });

  it("421 to a recipient: it and those behind it wait", async () => {
    const { transaction } = await send(
      { script: ({ recipient }) => (recipient === BEN ? "421 4.7.0 enough" : undefined) },
      { recipients: [ANNA, BEN, CARA] },
    );
    expect(told(transaction)).toEqual([
      "temporary session rcpt",
      "temporary session rcpt",
      "temporary session rcpt",
    ]);
  });
});

/** The rule of PRODUCT section 2 rule 8, said independently. */
function wholeLines(content: Buffer): string {
  const text = content.toString("latin1").replace(/\r\n|\r|\n/g, "\r\n");
  return text === "" || text.endsWith("\r\n") ? text : `${text}\r\n`;
}
