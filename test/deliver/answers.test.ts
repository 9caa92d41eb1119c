/** PRODUCT section 5: what each answer means. The table is the test, over real sockets, queue and route. */
import { describe, expect, it } from "vitest";
import { openDesk } from "../support/delivery-desk.ts";
import type { Script, Step } from "../support/scripted-smtp-server.ts";

const ANNA = "anna@office.example";
const BEN = "ben@office.example";

interface Row {
  readonly answer: string;
  readonly script: Script;
  /** Recipients of each message; one message for ANNA and BEN unless said. */
  readonly messages?: readonly (readonly string[])[];
  readonly extensions?: readonly string[];
  /** Kinds of the recipients' states, message by message. */
  readonly states: readonly (readonly string[])[];
  readonly route?: "usable" | "deferred";
  /** Messages that arrived. */
  readonly arrived?: number;
  readonly connections?: number;
}

const phase =
  (name: string, step: string | Step): Script =>
  (moment) =>
    moment.phase === name ? step : undefined;

const toBen =
  (step: string | Step): Script =>
  ({ recipient }) =>
    recipient === BEN ? step : undefined;

const TABLE: Readonly<Record<string, readonly Row[]>> = {
  "2xx after DATA: delivered": [
    { answer: "250", script: () => undefined, states: [["delivered", "delivered"]], arrived: 1 },
    {
      answer: "251 to RCPT, 252 after the dot",
      script: (moment) =>
        moment.phase === "rcpt" ? "251 will forward" : moment.phase === "final" ? "252 fine" : undefined,
      states: [["delivered", "delivered"]],
      arrived: 1,
    },
    {
      answer: "several lines",
      script: phase("final", "250-2.0.0 a\r\n250-2.0.0 b\r\n250 2.0.0 c"),
      states: [["delivered", "delivered"]],
      arrived: 1,
    },
  ],
  "no answer after the final dot: unknown, before every other row": [
    {
      answer: "closed",
      script: phase("final", { and: "close" }),
      states: [["deferred", "deferred"]],
      arrived: 1,
    },
    {
      answer: "reset",
      script: phase("final", { and: "reset" }),
      states: [["deferred", "deferred"]],
      arrived: 1,
    },
  ],
  "4xx to a recipient, to MAIL, to DATA: deferred": [
    {
      answer: "450 to a recipient",
      script: toBen("450 4.2.0 greylisted"),
      states: [["delivered", "deferred"]],
      arrived: 1,
    },
    { answer: "451 to MAIL", script: phase("mail", "451 4.3.0 not now"), states: [["deferred", "deferred"]] },
    {
      answer: "452 to MAIL, once",
      script: phase("mail", "452 4.3.1 disk full"),
      states: [["deferred", "deferred"]],
    },
    { answer: "451 to DATA", script: phase("data", "451 4.3.0 not now"), states: [["deferred", "deferred"]] },
    {
      answer: "451 after the dot",
      script: phase("final", "451 4.3.0 not now"),
      states: [["deferred", "deferred"]],
      arrived: 1,
    },
    {
      answer: "452 4.2.2 to the second recipient",
      script: toBen("452 4.2.2 mailbox full"),
      states: [["delivered", "deferred"]],
      arrived: 1,
    },
    {
      answer: "450 with the word authentication to a recipient",
      script: toBen("450 4.7.1 authentication required"),
      states: [["delivered", "deferred"]],
      arrived: 1,
    },
  ],
  "452 / 552 too many recipients after an accepted one: the rest at once in another transaction": [
    {
      answer: "452 4.5.3",
      script: (moment) =>
        moment.recipient === BEN && moment.transaction === 0 ? "452 4.5.3 too many recipients" : undefined,
      states: [["delivered", "delivered"]],
      arrived: 2,
      connections: 1,
    },
    {
      answer: "552 too many recipients",
      script: (moment) =>
        moment.recipient === BEN && moment.transaction === 0 ? "552 Too many recipients" : undefined,
      states: [["delivered", "delivered"]],
      arrived: 2,
      connections: 1,
    },
    {
      answer: "452 and nothing more",
      script: toBen("452 later"),
      states: [["delivered", "deferred"]],
      arrived: 1,
      connections: 1,
    },
    {
      answer: "452 4.5.3 to the first",
      script: phase("rcpt", "452 4.5.3 too many recipients"),
      states: [["deferred", "deferred"]],
    },
    {
      answer: "552 5.2.2",
      script: toBen("552 5.2.2 mailbox full"),
      states: [["delivered", "failed"]],
      arrived: 1,
    },
    {
      answer: "452 4.5.3, then the message is refused for now",
      script: (moment) =>
        moment.recipient === BEN ? "452 4.5.3 too many" : moment.phase === "final" ? "451 no" : undefined,
      states: [["deferred", "deferred"]],
      arrived: 1,
    },
  ],
  "before the first MAIL of a fresh connection, login and the like: the route": [
    {
      answer: "554 greeting",
      script: phase("greeting", "554 no"),
      states: [["queued", "queued"]],
      route: "deferred",
    },
    {
      answer: "421 greeting",
      script: phase("greeting", "421 busy"),
      states: [["queued", "queued"]],
      route: "deferred",
    },
    {
      answer: "closed before the greeting",
      script: phase("greeting", { and: "close" }),
      states: [["queued", "queued"]],
      route: "deferred",
    },
    {
      answer: "EHLO and HELO refused",
      script: (moment) => (moment.phase === "ehlo" || moment.phase === "helo" ? "550 no" : undefined),
      states: [["queued", "queued"]],
      route: "deferred",
    },
    {
      answer: "530 to EHLO and HELO",
      script: (moment) =>
        moment.phase === "ehlo" || moment.phase === "helo"
          ? "530 5.7.0 Must issue a STARTTLS command first"
          : undefined,
      states: [["queued", "queued"]],
      route: "deferred",
    },
    {
      answer: "closed after EHLO",
      script: phase("ehlo", { and: "close" }),
      states: [["queued", "queued"]],
      route: "deferred",
    },
    ...[
      "530 5.7.1 Client was not authenticated",
      "534 5.7.9 stronger",
      "535 5.7.8 no",
      "538 5.7.11 encrypt",
      "550 5.7.1 Authentication required",
      "554 5.7.1 Must issue a STARTTLS command first",
      "451 4.7.0 TLS required",
      "500 what?",
      "502 5.5.1 not implemented",
      "503 5.5.1 bad sequence",
    ].map(
      (answer): Row => ({
        answer: `${answer} to MAIL`,
        script: phase("mail", answer),
        states: [["queued", "queued"]],
        route: "deferred",
      }),
    ),
    {
      answer: "530 to a recipient: that recipient",
      script: toBen("530 5.7.1 Client was not authenticated"),
      states: [["delivered", "failed"]],
      arrived: 1,
    },
    {
      answer: "550 authentication required to a recipient",
      script: toBen("550 5.7.1 Authentication required"),
      states: [["delivered", "failed"]],
      arrived: 1,
    },
    {
      answer: "452 4.3.x to MAIL three times running",
      script: phase("mail", "452 4.3.1 disk full"),
      messages: [[ANNA], [ANNA], [ANNA], [ANNA]],
      states: [["deferred"], ["deferred"], ["queued"], ["queued"]],
      route: "deferred",
      connections: 1,
    },
    {
      answer: "452 4.3.x with an accepted MAIL between",
      script: (moment) =>
        moment.phase === "mail" && moment.transaction % 3 !== 2 ? "452 4.3.1 disk full" : undefined,
      messages: [[ANNA], [ANNA], [ANNA], [ANNA], [ANNA]],
      states: [["deferred"], ["deferred"], ["delivered"], ["deferred"], ["deferred"]],
      arrived: 1,
    },
  ],
  "421, loss, time-out later on a connection: that message, the rest at once on a new one": [
    {
      answer: "421 to the second MAIL",
      script: (moment) =>
        moment.connection === 0 && moment.phase === "mail" && moment.transaction === 1
          ? "421 4.4.2 enough"
          : undefined,
      messages: [[ANNA], [ANNA], [ANNA]],
      states: [["delivered"], ["deferred"], ["delivered"]],
      arrived: 2,
      connections: 2,
    },
    {
      answer: "the end of the connection to the second MAIL: it has nothing to do with that message",
      script: (moment) =>
        moment.connection === 0 && moment.phase === "mail" && moment.transaction === 1
          ? { and: "close" }
          : undefined,
      messages: [[ANNA], [ANNA], [ANNA]],
      states: [["delivered"], ["delivered"], ["delivered"]],
      arrived: 3,
      connections: 2,
    },
    {
      answer: "421 after the dot",
      script: (moment) =>
        moment.connection === 0 && moment.phase === "final" ? "421 4.3.0 going down" : undefined,
      messages: [[ANNA], [ANNA]],
      states: [["deferred"], ["delivered"]],
      arrived: 2,
      connections: 2,
    },
    {
      answer: "lost at DATA",
      script: (moment) => (moment.connection === 0 && moment.phase === "data" ? { and: "reset" } : undefined),
      messages: [[ANNA], [ANNA]],
      states: [["deferred"], ["delivered"]],
      arrived: 1,
      connections: 2,
    },
    {
      answer: "an answer that is none",
      script: (moment) => (moment.connection === 0 && moment.phase === "rcpt" ? "hello" : undefined),
      messages: [[ANNA], [ANNA]],
      states: [["deferred"], ["delivered"]],
      arrived: 1,
      connections: 2,
    },
    {
      answer: "two fresh connections in a row without a finished transaction",
      script: phase("data", { and: "close" }),
      messages: [[ANNA], [ANNA], [ANNA]],
      states: [["deferred"], ["deferred"], ["queued"]],
      route: "deferred",
      connections: 2,
    },
    {
      answer: "the same with 421 to MAIL",
      script: phase("mail", "421 4.4.2 enough"),
      messages: [[ANNA], [ANNA], [ANNA]],
      states: [["deferred"], ["deferred"], ["queued"]],
      route: "deferred",
      connections: 2,
    },
    {
      answer: "the same, after the dot",
      script: phase("final", { and: "close" }),
      messages: [[ANNA], [ANNA], [ANNA]],
      states: [["deferred"], ["deferred"], ["queued"]],
      route: "deferred",
      arrived: 2,
      connections: 2,
    },
  ],
  "5xx to a recipient: that recipient failed": [
    { answer: "550", script: toBen("550 5.1.1 no such user"), states: [["delivered", "failed"]], arrived: 1 },
    { answer: "550 to all", script: phase("rcpt", "550 5.1.1 no such user"), states: [["failed", "failed"]] },
    {
      answer: "503, without PIPELINING",
      script: toBen("503 5.5.1 what?"),
      extensions: [],
      states: [["delivered", "failed"]],
      arrived: 1,
    },
  ],
  "5xx to MAIL: message failed": [
    { answer: "553", script: phase("mail", "553 5.1.7 malformed"), states: [["failed", "failed"]] },
    { answer: "550", script: phase("mail", "550 5.7.1 sender refused"), states: [["failed", "failed"]] },
    {
      answer: "552, without PIPELINING",
      script: phase("mail", "552 5.3.4 too big"),
      extensions: [],
      states: [["failed", "failed"]],
    },
  ],
  "5xx to DATA or after it: all its recipients failed": [
    { answer: "554 to DATA", script: phase("data", "554 5.7.1 no"), states: [["failed", "failed"]] },
    { answer: "503 to DATA", script: phase("data", "503 5.5.1 no"), states: [["failed", "failed"]] },
    {
      answer: "552 after the dot",
      script: phase("final", "552 5.3.4 too big"),
      states: [["failed", "failed"]],
      arrived: 1,
    },
    {
      answer: "550 after the dot, one recipient refused before",
      script: (moment) =>
        moment.recipient === BEN ? "450 later" : moment.phase === "final" ? "550 5.6.0 content" : undefined,
      states: [["failed", "deferred"]],
      arrived: 1,
    },
  ],
  "SIZE announced, not 0, smaller than the message: failed, not sent": [
    {
      answer: "SIZE 10",
      script: () => undefined,
      extensions: ["PIPELINING", "SIZE 10"],
      states: [["failed", "failed"]],
    },
    {
      answer: "SIZE 0",
      script: () => undefined,
      extensions: ["SIZE 0"],
      states: [["delivered", "delivered"]],
      arrived: 1,
    },
  ],
  "whatever is not foreseen is temporary": [
    {
      answer: "399 to a recipient",
      script: toBen("399 hm"),
      states: [["delivered", "deferred"]],
      arrived: 1,
    },
    { answer: "354 to MAIL", script: phase("mail", "354 go"), states: [["deferred", "deferred"]] },
    { answer: "250 to DATA", script: phase("data", "250 ok"), states: [["deferred", "deferred"]] },
    {
      answer: "354 after the dot",
      script: phase("final", "354 more"),
      states: [["deferred", "deferred"]],
      arrived: 1,
    },
  ],
};

for (const [heading, rows] of Object.entries(TABLE)) {
  describe(heading, () => {
    it.each(rows)("$answer", async (row) => {
      const desk = await openDesk({
        script: row.script,
        ...(row.extensions === undefined ? {} : { extensions: row.extensions }),
      });
      const messages = row.messages ?? [[ANNA, BEN]];
      for (const recipients of messages) await desk.queue.add({ recipients });
      const dispatcher = desk.dispatcher();
      const result = await dispatcher.run({ kinds: ["mail"] });
      const usable = (row.route ?? "usable") === "usable";
      expect({
        states: messages.map((_, index) => desk.queue.kinds(index + 1)),
        arrived: desk.server.messages.length,
        connections: row.connections === undefined ? undefined : desk.server.connections,
        route: desk.queue.record.failures,
        nextProbeAt: dispatcher.nextProbeAt(),
        claimed: [...desk.queue.claimed],
        problem: result.routeProblem === null ? null : "told",
        alerts: desk.alerts.map(({ cause }) => cause),
      }).toEqual({
        states: row.states,
        arrived: row.arrived ?? 0,
        connections: row.connections,
        route: usable ? 0 : 1,
        nextProbeAt: usable ? null : desk.clock.now() + 60_000,
        claimed: [],
        problem: usable ? null : "told",
        alerts: usable ? [] : ["route-down"],
      });
      await dispatcher.close();
      expect(desk.clock.pending).toBe(0);
      await desk.server.until(() => desk.server.open === 0);
    });
  });
}
