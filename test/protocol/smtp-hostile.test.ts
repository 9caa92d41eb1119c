/**
 * Mail servers that mean no good: replies without end, replies that were not asked for, yes and then gone, silence.
 * Each ends within the time limits of RFC 5321 4.5.3.2, as PRODUCT section 5's table has it; nothing counts as
 * delivered that did not arrive, and what a server has in hand is not sent on a guess. Single transactions are in
 * test/deliver/transaction, encryption and login (STARTTLS taken out, plaintext behind it) in test/deliver/session.
 */
import { describe, expect, test } from "vitest";
import type { SmtpServer } from "../../core/deliver/smtp-server.ts";
import { limits } from "../../core/model/limits.ts";
import { type Desk, openDesk } from "../support/delivery-desk.ts";
import type { Moment, Phase, Script, Step } from "../support/scripted-smtp-server.ts";
import { runOut } from "./patient-clock.ts";

const ANNA = "anna@office.example";
const BEN = "ben@office.example";
const PIPELINING = ["PIPELINING", "8BITMIME"];

interface Outcome {
  /** States of the recipients, message by message. */
  readonly states: readonly (readonly string[])[];
  readonly arrived: number;
  readonly route: "up" | "down";
}

interface Order {
  readonly script: Script;
  readonly messages?: readonly (readonly string[])[];
  readonly extensions?: readonly string[];
  readonly server?: Partial<SmtpServer>;
  /** Runs beside the delivery. */
  readonly meanwhile?: (desk: Desk) => Promise<void>;
}

async function deliver(order: Order): Promise<Outcome & { readonly desk: Desk }> {
  const desk = await openDesk({
    script: order.script,
    extensions: order.extensions ?? PIPELINING,
  });
  const messages = order.messages ?? [[ANNA], [ANNA], [ANNA]];
  for (const recipients of messages) await desk.queue.add({ recipients });
  const dispatcher = desk.dispatcher({ server: { ...desk.target, ...order.server } });
  const run = dispatcher.run({ kinds: ["mail"] });
  await order.meanwhile?.(desk);
  if (order.meanwhile !== undefined) await run;
  else {
    await runOut(run, {
      clock: desk.clock,
      moved: () => desk.transcript.length + desk.server.chunks.length + desk.server.connections,
      deadline: 7_200_000,
      pause: 15,
    });
  }
  const outcome: Outcome = {
    states: messages.map((_, index) => desk.queue.kinds(index + 1)),
    arrived: desk.server.messages.length,
    route: desk.queue.record.failures === 0 ? "up" : "down",
  };
  expect([...desk.queue.claimed]).toEqual([]);
  await dispatcher.close();
  expect(desk.clock.pending).toBe(0);
  await desk.server.until(() => desk.server.open === 0);
  const told = JSON.stringify([desk.alerts, desk.transcript, desk.queue.results]);
  expect(told).not.toMatch(/\\u00[01][0-9a-f]|\\[nrtbf]|[\x7f-\x9f]/);
  return { ...outcome, desk };
}

/** In the first connection only, so that the others show that mail goes on. */
const once =
  (phase: Phase, step: string | Step): Script =>
  (moment) =>
    moment.connection === 0 && moment.phase === phase && moment.transaction === 0 ? step : undefined;

const always =
  (phase: Phase, step: string | Step): Script =>
  (moment) =>
    moment.phase === phase ? step : undefined;

const QUEUED = { states: [["queued"], ["queued"], ["queued"]], arrived: 0, route: "down" } as const;
/** The first message waits, the others go on over a new connection. */
const FIRST_WAITS = {
  states: [["deferred"], ["delivered"], ["delivered"]],
  arrived: 2,
  route: "up",
} as const;
const FIRST_OPEN = { ...FIRST_WAITS, arrived: 3 } as const;
const ALL = { states: [["delivered"], ["delivered"], ["delivered"]], arrived: 3, route: "up" } as const;

describe("a reply without end", () => {
  const replies: readonly (readonly [string, string])[] = [
    ["of many lines", "250-and another line of it\r\n".repeat(10_000)],
    ["of one line", "250 ".padEnd(200_000, "x")],
  ];
  const cases: readonly (readonly [Phase, Outcome])[] = [
    ["greeting", QUEUED],
    ["ehlo", QUEUED],
    ["mail", FIRST_WAITS],
    ["rcpt", FIRST_WAITS],
    ["data", FIRST_WAITS],
    ["final", FIRST_OPEN],
    ["quit", ALL],
  ];
  test.each(
    cases.flatMap(([phase, outcome]) =>
      replies.map(([name, reply]) => [name, phase, reply, outcome] as const),
    ),
  )("%s, to %s", async (_name, phase, say, outcome) => {
    const { desk, ...result } = await deliver({ script: once(phase, { say, and: "stall" }) });
    expect(result).toEqual(outcome);
    // Quoted to people as far as it is of use.
    const lengths = desk.transcript.map(({ text }) => text.length);
    expect(Math.max(...lengths)).toBeLessThan(2_100);
    expect(JSON.stringify([desk.alerts, desk.queue.results]).length).toBeLessThan(200_000);
  });
});

describe("yes, and gone", () => {
  const yes: readonly (readonly [Phase, string, Outcome])[] = [
    ["greeting", "220 welcome", QUEUED],
    ["ehlo", "250 test.example", QUEUED],
    ["mail", "250 2.1.0 fine", FIRST_WAITS],
    ["rcpt", "250 2.1.5 fine", FIRST_WAITS],
    ["data", "354 go ahead", FIRST_WAITS],
    // Whoever has said 250 to the dot has the message.
    ["final", "250 2.0.0 queued", ALL],
    ["quit", "221 bye", ALL],
  ];
  for (const extensions of [PIPELINING, []]) {
    test.each(yes)(`%s: %s, then closed (${extensions.length} extensions)`, async (phase, say, outcome) => {
      const { desk, ...result } = await deliver({
        script: once(phase, { say, and: "close" }),
        extensions,
      });
      // Half-closed, it may have read on: then nobody knows.
      const [state] = desk.queue.states(1);
      const open = state?.kind === "deferred" && state.failure.scope === "unknown-outcome";
      expect(result).toEqual(open && phase === "data" ? FIRST_OPEN : outcome);
    });
  }

  test("accepts every recipient, and refuses DATA", async () => {
    for (const [say, kind] of [
      ["554 5.7.1 no", "failed"],
      ["451 4.7.1 later", "deferred"],
    ] as const) {
      for (const extensions of [PIPELINING, []]) {
        const { desk, ...result } = await deliver({ script: always("data", say), extensions });
        expect(result).toEqual({ states: [[kind], [kind], [kind]], arrived: 0, route: "up" });
        expect(desk.server.connections).toBe(1);
      }
    }
  });

  test("refuses everybody after pipelining, and says 354 all the same", async () => {
    for (const phase of ["mail", "rcpt"] as const) {
      const { desk: _, ...result } = await deliver({
        script: (moment) =>
          moment.connection > 0
            ? undefined
            : moment.phase === phase
              ? "550 5.1.1 no"
              : moment.phase === "data"
                ? "354 go ahead"
                : undefined,
      });
      // No empty message, and the refusal is not believed: answers and commands may be out of step.
      expect(result).toEqual({
        states: [[phase === "mail" ? "failed" : "failed"], ["delivered"], ["delivered"]],
        arrived: 2,
        route: "up",
      });
    }
  });

  test("421 between messages", async () => {
    const { desk, ...result } = await deliver({
      script: once("final", { say: "250 2.0.0 queued\r\n421 4.3.2 going down", and: "close" }),
    });
    expect(result).toEqual(ALL);
    expect(desk.server.connections).toBe(2);
  });

  test("421 after each message", async () => {
    const { desk, ...result } = await deliver({
      script: always("final", { say: "250 2.0.0 queued\r\n421 4.3.2 one each", and: "close" }),
    });
    expect(result).toEqual(ALL);
    expect(desk.server.connections).toBe(3);
  });
});

describe("replies that nobody asked for", () => {
  const injected = ["250 ok", "550 no", "354 go ahead", "421 bye", "garbage", "250-half", ""];
  const proper: Readonly<Partial<Record<Phase, string>>> = {
    greeting: "220 hello",
    mail: "250 ok",
    rcpt: "250 ok",
    data: "354 go ahead",
    final: "250 queued",
    rset: "250 ok",
  };
  const phases = Object.keys(proper) as Phase[];
  for (const extensions of [PIPELINING, []]) {
    test.each(phases)(`behind the answer to %s (${extensions.length} extensions)`, async (phase) => {
      for (const more of injected) {
        const { desk, ...result } = await deliver({
          messages: [[ANNA, BEN], [ANNA]],
          extensions,
          script: (moment: Moment) => {
            if (moment.connection > 0 || moment.transaction > 0) return undefined;
            if (phase === "rset" && moment.phase === "rcpt") return "450 4.2.0 later";
            return moment.phase === phase ? `${proper[phase]}\r\n${more}` : undefined;
          },
        });
        const context = { phase, more, ...result };
        const arrived = desk.server.messages.map(({ recipients }) => recipients);
        for (const [index, states] of result.states.entries()) {
          for (const [place, state] of states.entries()) {
            const recipient = place === 0 ? ANNA : BEN;
            const got = arrived.filter((to) => to.length === (index === 0 ? 2 : 1) && to.includes(recipient));
            // Delivered is what arrived; an answer that was not meant for it sends nobody to Errors.
            if (state === "delivered")
              expect({ ...context, got: got.length }).toEqual({ ...context, got: 1 });
            // In the midst of the body a refusal is one (PRODUCT section 5).
            if (phase === "data" && more === "550 no") continue;
            expect({ ...context, state }).not.toEqual({ ...context, state: "failed" });
          }
        }
      }
    });
  }
});

describe("silence", () => {
  interface Silence {
    readonly phase: Phase;
    readonly step?: Step;
    readonly before?: Script;
    readonly server?: Partial<SmtpServer>;
    readonly extensions?: readonly string[];
    readonly milliseconds: number;
    readonly outcome: Outcome;
  }
  const WAITS: Outcome = { states: [["deferred"]], arrived: 0, route: "up" };
  const DOWN: Outcome = { states: [["queued"]], arrived: 0, route: "down" };
  const cases: readonly Silence[] = [
    { phase: "greeting", milliseconds: limits.smtp.greeting, outcome: DOWN },
    { phase: "ehlo", milliseconds: limits.smtp.mail, outcome: DOWN },
    {
      phase: "starttls",
      step: { say: "220 go ahead", and: "stall" },
      server: { security: "starttls" },
      extensions: ["STARTTLS"],
      milliseconds: limits.smtp.connect,
      outcome: DOWN,
    },
    {
      phase: "auth",
      server: { username: "efs", password: "pa55word" },
      extensions: ["AUTH PLAIN"],
      milliseconds: limits.smtp.mail,
      outcome: DOWN,
    },
    { phase: "mail", milliseconds: limits.smtp.mail, outcome: WAITS },
    { phase: "rcpt", milliseconds: limits.smtp.recipient, outcome: WAITS },
    { phase: "data", milliseconds: limits.smtp.dataInitiation, outcome: WAITS },
    {
      phase: "final",
      milliseconds: limits.smtp.final,
      outcome: { states: [["deferred"]], arrived: 1, route: "up" },
    },
    {
      phase: "quit",
      milliseconds: 2_000,
      outcome: { states: [["delivered"]], arrived: 1, route: "up" },
    },
  ];
  const drips: readonly (readonly [string, string | null])[] = [
    ["silent", null],
    ["one octet a second", "2"],
    ["a line of it every second", "250-wait\r\n"],
    ["an empty line every second", "\r\n"],
  ];
  test.each(cases.flatMap((one) => drips.map(([name, octets]) => [one.phase, name, octets, one] as const)))(
    "to %s: %s",
    async (phase, _name, octets, one) => {
      let took = -1;
      const { desk: _, ...result } = await deliver({
        messages: [[ANNA]],
        script: (moment) => (moment.phase === phase ? (one.step ?? { and: "stall" }) : undefined),
        extensions: one.extensions ?? [],
        ...(one.server === undefined ? {} : { server: one.server }),
        async meanwhile(desk) {
          const { server, clock } = desk;
          const reached = PHASE_LINE[phase];
          await server.until(() =>
            phase === "final"
              ? server.messages.length === 1
              : reached === undefined
                ? server.connections === 1
                : server.lines.some((line) => line.startsWith(reached)),
          );
          const from = clock.elapsed();
          let over = false;
          const drip = (): void => {
            if (over || octets === null || phase === "starttls") return;
            server.drip(octets);
            clock.after(1_000, drip);
          };
          drip();
          const ended = server.until(() => server.open === 0).then(() => (over = true));
          await runOut(ended, {
            clock,
            moved: () => desk.transcript.length,
            deadline: one.milliseconds + 1_000,
          });
          took = clock.elapsed() - from;
          await clock.advance(1_000);
        },
      });
      expect(result).toEqual(one.outcome);
      expect(took).toBeGreaterThan(one.milliseconds - 1_000);
      expect(took).toBeLessThanOrEqual(one.milliseconds + 1_000);
    },
  );

  const PHASE_LINE: Readonly<Partial<Record<Phase, string>>> = {
    ehlo: "EHLO",
    starttls: "STARTTLS",
    auth: "AUTH",
    mail: "MAIL",
    rcpt: "RCPT",
    data: "DATA",
    quit: "QUIT",
  };
});
