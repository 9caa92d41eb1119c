/**
 * POP3 servers that mean no good, one by one: each ends in a clear problem within its deadline, with nothing lost,
 * nothing held in memory and nothing left open. What single answers do to the reader of answers is in
 * test/collect/pop3-client and pop3-dialogue; the passes of a collector over a mailbox that breaks in test/collect.
 */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { limits } from "../../core/model/limits.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { MemoryLedger } from "../support/memory-ledger.ts";
import {
  bodyAnswer,
  FIN,
  type Part,
  RST,
  type Script,
  type Sending,
  STALL,
  startScriptedPop3Server,
} from "../support/scripted-pop3-server.ts";
import { makeTestCertificate } from "../support/test-certificate.ts";
import { hostilePass, message, PASSWORD } from "./hostile-mailbox.ts";

const CAPABLE = ["TOP", "UIDL", "PIPELINING"];
const MAIL = [message("a", "Subject: a\r\n\r\none\r\n"), message("b", "Subject: b\r\n\r\ntwo\r\n")];
const SECOND = 1_000;
/** Two connections of an account whose time-out is 60 seconds. */
const TWO_TIMEOUTS = 120 * SECOND;
const MEGABYTE = 1_048_576;
const certificate = makeTestCertificate();

const unhandled: unknown[] = [];
const onUnhandled = (error: unknown): void => void unhandled.push(error);
beforeEach(() => {
  unhandled.length = 0;
  process.on("unhandledRejection", onUnhandled).on("uncaughtException", onUnhandled);
});
afterEach(async () => {
  await new Promise((resolve) => setImmediate(resolve));
  process.off("unhandledRejection", onUnhandled).off("uncaughtException", onUnhandled);
  expect(unhandled).toEqual([]);
});

/** Without end, in blocks; the server stops when we hang up. */
function endless(begin: string, block: string | Buffer): Sending {
  return async (send) => {
    let open = await send(begin);
    while (open) open = await send(block);
  };
}

/** One octet a second. */
function drip(clock: FakeClock, octets: string): Sending {
  return async (send) => {
    for (let at = 0; at < octets.length; at += 1) {
      await new Promise<void>((resolve) => clock.after(SECOND, resolve));
      if (!(await send(octets.charAt(at)))) return;
    }
  };
}

const to =
  (name: string, ...parts: Part[]): NonNullable<Script["answer"]> =>
  (command) =>
    command.name === name ? parts : undefined;

interface Row {
  readonly name: string;
  readonly script: (clock: FakeClock) => Script;
  /** Code of the pass's problem; null: it went well. */
  readonly problem: string | null;
  readonly collected?: number;
  /** Still on the server; default: all that were there. */
  readonly left?: number;
  /** Milliseconds by the clock that it may take. */
  readonly deadline?: number;
  /** The account's; default: 60. */
  readonly timeoutSeconds?: number;
  /** Octets that the server got rid of before we hung up. */
  readonly most?: number;
}

const half = "x".repeat(32_766);
const listOf = (count: number, row: (number: number) => string): string =>
  `+OK\r\n${Array.from({ length: count }, (_, index) => `${row(index + 1)}\r\n`).join("")}.\r\n`;

const ROWS: readonly Row[] = [
  // --- greeting -----------------------------------------------------------------------------------------------
  { name: "no greeting", script: () => ({ greeting: [STALL] }), problem: "pop3-time-out" },
  {
    name: "a greeting that drips",
    script: (clock) => ({ greeting: [drip(clock, `+OK ${"hello ".repeat(100)}\r\n`)] }),
    problem: "pop3-time-out",
  },
  { name: "closed at once", script: () => ({ greeting: [FIN] }), problem: "pop3-connection-lost" },
  { name: "reset at once", script: () => ({ greeting: [RST] }), problem: "pop3-connection-lost" },
  {
    name: "an endless greeting",
    script: () => ({ greeting: [endless("+OK ", half)] }),
    problem: "pop3-protocol",
    most: 4 * MEGABYTE,
  },
  {
    name: "a greeting of two lines",
    script: () => ({ greeting: ["+OK one\r\n+OK two\r\n"] }),
    problem: "pop3-protocol",
  },
  {
    name: "another protocol",
    script: () => ({ greeting: ["220 smtp.test ESMTP\r\n"] }),
    problem: "pop3-protocol",
  },
  {
    name: "a greeting of controls",
    script: () => ({ greeting: ["-ERR \x1b]0;owned\x07\x1b[2J\r\n"] }),
    problem: "pop3-greeting-refused",
  },
  // --- answers without end --------------------------------------------------------------------------------------
  {
    name: "an endless answer to CAPA",
    script: () => ({ answer: to("CAPA", endless("+OK\r\n", "X-CAPABILITY and more\r\n".repeat(1_000))) }),
    problem: "pop3-protocol",
    most: 4 * MEGABYTE,
  },
  {
    name: "an endless line in CAPA",
    script: () => ({ answer: to("CAPA", endless("+OK\r\n", half)) }),
    problem: "pop3-protocol",
    most: 4 * MEGABYTE,
  },
  {
    name: "an endless UIDL of lines that are none",
    script: () => ({ answer: to("UIDL", endless("+OK\r\n", `${"nothing\r\n".repeat(100_000)}`)) }),
    problem: "pop3-protocol",
    most: 80 * MEGABYTE,
  },
  {
    name: "an endless line in LIST",
    script: () => ({ answer: to("LIST", endless("+OK\r\n1 ", half.repeat(30))) }),
    problem: "pop3-protocol",
    most: 80 * MEGABYTE,
  },
  {
    name: "an endless message, each time",
    script: () => ({ messages: MAIL, answer: to("RETR", endless("+OK\r\n", `${half}\r\n`)) }),
    problem: "pop3-message-too-large",
    most: 16 * MEGABYTE,
  },
  {
    name: "an endless status line",
    script: () => ({ messages: MAIL, answer: to("RETR", endless("+OK ", half)) }),
    problem: "pop3-protocol",
    most: 8 * MEGABYTE,
  },
  // --- octets that drip -----------------------------------------------------------------------------------------
  {
    name: "the answer to USER drips",
    script: (clock) => ({ answer: to("USER", drip(clock, `+OK ${"x".repeat(500)}\r\n`)) }),
    problem: "pop3-time-out",
  },
  {
    name: "a listing drips",
    script: (clock) => ({
      messages: MAIL,
      answer: to("UIDL", drip(clock, `+OK\r\n${listOf(2_000, (number) => `${number} u${number}`)}`)),
    }),
    problem: "pop3-time-out",
    timeoutSeconds: 10,
    deadline: 230 * SECOND,
  },
  {
    name: "a message drips",
    script: (clock) => ({
      messages: MAIL,
      capabilities: CAPABLE,
      answer: to("RETR", drip(clock, `+OK\r\n${"line\r\n".repeat(5_000)}.\r\n`)),
    }),
    problem: "pop3-time-out",
    timeoutSeconds: 10,
    deadline: 230 * SECOND,
  },
  {
    name: "a small message drips, and is over in time",
    script: (clock) => ({
      messages: MAIL.slice(0, 1),
      answer: to("RETR", drip(clock, "+OK\r\nSubject: slow\r\n\r\nslow\r\n.\r\n")),
    }),
    problem: null,
    collected: 1,
    left: 0,
  },
  // --- listings that lie ----------------------------------------------------------------------------------------
  {
    name: "LIST has more messages than there are",
    script: () => ({
      messages: MAIL,
      answer: to(
        "LIST",
        listOf(50, (number) => `${number} 20`),
      ),
    }),
    problem: null,
    collected: 2,
    left: 0,
  },
  {
    name: "UIDL has more messages than there are",
    script: () => ({
      messages: MAIL,
      answer: to(
        "UIDL",
        listOf(50, (number) => `${number} u${number}`),
      ),
    }),
    problem: null,
    collected: 2,
    left: 0,
  },
  {
    name: "LIST's sizes are beyond all numbers",
    script: () => ({
      messages: MAIL,
      answer: to("LIST", "+OK\r\n1 99999999999999999999999\r\n2 -5\r\n9007199254740993 7\r\n.\r\n"),
    }),
    problem: null,
    collected: 2,
    left: 0,
  },
  {
    name: "LIST's sizes are nothing",
    script: () => ({ messages: MAIL, answer: to("LIST", "+OK\r\n1 0\r\n2 0\r\n.\r\n") }),
    problem: null,
    collected: 2,
    left: 0,
  },
  {
    name: "numbers beyond 2^53 in UIDL",
    script: () => ({
      messages: MAIL,
      answer: to("UIDL", "+OK\r\n9007199254740993 a\r\n18446744073709551617 b\r\n-1 c\r\n1e3 d\r\n.\r\n"),
    }),
    problem: null,
    collected: 2,
    left: 0,
  },
  {
    name: "one id for all",
    script: () => ({ messages: MAIL, answer: to("UIDL", "+OK\r\n1 same\r\n2 same\r\n.\r\n") }),
    problem: null,
    collected: 2,
    left: 0,
  },
  {
    name: "ids that are commands, paths, controls",
    script: () => ({
      messages: MAIL,
      answer: to("UIDL", "+OK\r\n1 ../../etc/passwd\r\n2 \x1b[2J\rDELE\x001\r\n.\r\n"),
    }),
    problem: null,
    collected: 2,
    left: 0,
  },
  {
    name: "ids of 70, 512 and 513 characters",
    script: () => ({
      messages: [...MAIL, message("c", "Subject: c\r\n\r\nthree\r\n")],
      answer: to(
        "UIDL",
        `+OK\r\n1 ${"u".repeat(70)}\r\n2 ${"v".repeat(512)}\r\n3 ${"w".repeat(513)}\r\n.\r\n`,
      ),
    }),
    problem: null,
    collected: 3,
    left: 0,
  },
  {
    name: "neither UIDL nor LIST",
    script: () => ({
      messages: MAIL,
      answer: ({ name }) => (/UIDL|LIST/.test(name) ? ["-ERR\r\n"] : undefined),
    }),
    problem: "pop3-protocol",
  },
  // --- messages that lie ------------------------------------------------------------------------------------------
  {
    name: "RETR answers another message: what came is taken, both are asked for",
    script: () => ({
      messages: MAIL,
      answer: ({ name, argument }) =>
        name === "RETR"
          ? [bodyAnswer(MAIL[argument === "1" ? 1 : 0]?.content ?? Buffer.alloc(0))]
          : undefined,
    }),
    problem: null,
    collected: 2,
    left: 0,
  },
  {
    name: "RETR answers nothing at all",
    script: () => ({ messages: MAIL, answer: to("RETR", "+OK\r\n.\r\n") }),
    problem: null,
  },
  {
    name: "the answer to RETR comes twice",
    script: () => ({
      messages: MAIL,
      answer: to("RETR", Buffer.concat([bodyAnswer(Buffer.from("x\r\n")), bodyAnswer(Buffer.from("y\r\n"))])),
    }),
    problem: "pop3-protocol",
    collected: 2,
  },
  {
    name: "the terminator with a bare LF",
    script: () => ({ messages: MAIL, answer: to("RETR", "+OK\nSubject: x\n\ntext\n.\n", STALL) }),
    problem: "pop3-time-out",
  },
  // --- the connection -------------------------------------------------------------------------------------------
  {
    name: "half-closed in the midst of a message",
    script: () => ({ messages: MAIL, answer: to("RETR", "+OK\r\nhalf", FIN) }),
    problem: "pop3-connection-lost",
  },
  {
    name: "reset in the midst of a message",
    script: () => ({ messages: MAIL, answer: to("RETR", "+OK\r\nhalf", RST) }),
    problem: "pop3-connection-lost",
  },
  {
    name: "silent in the midst of a message",
    script: () => ({ messages: MAIL, answer: to("RETR", "+OK\r\nhalf", STALL) }),
    problem: "pop3-time-out",
  },
  {
    name: "a different mailbox on the second connection",
    script: () => ({
      messages: MAIL,
      capabilities: CAPABLE,
      answer: ({ name, session }) =>
        name === "RETR" && session === 1
          ? ["+OK\r\nhalf", FIN]
          : name === "UIDL" && session === 2
            ? ["+OK\r\n1 b\r\n2 other\r\n.\r\n"]
            : undefined,
    }),
    problem: null,
    collected: 1,
    left: 1,
  },
  {
    name: "no answer to QUIT",
    script: () => ({ messages: MAIL, answer: to("QUIT", STALL) }),
    problem: "pop3-time-out",
    collected: 2,
  },
  {
    name: "-ERR to QUIT",
    script: () => ({ messages: MAIL, answer: to("QUIT", "-ERR some were not deleted\r\n") }),
    problem: "pop3-command-refused",
    collected: 2,
  },
  // --- answers that were not asked for ----------------------------------------------------------------------------
  {
    name: "an answer ahead of the password",
    script: () => ({ messages: MAIL, answer: to("USER", "+OK\r\n+OK logged in\r\n") }),
    problem: "pop3-protocol",
  },
  {
    name: "ten thousand answers ahead",
    script: () => ({ messages: MAIL, answer: to("STAT", "+OK 0 0\r\n".repeat(10_000)) }),
    problem: null,
    collected: 2,
    left: 0,
  },
  {
    name: "a challenge instead of an answer",
    script: () => ({ answer: to("PASS", "+ cGFzc3dvcmQ=\r\n") }),
    problem: "pop3-protocol",
  },
  {
    name: "the password given back",
    script: () => ({ answer: to("PASS", `-ERR no ${PASSWORD} here\r\n`) }),
    problem: "pop3-login-refused",
  },
  // --- many -----------------------------------------------------------------------------------------------------
  {
    name: "100,000 messages, none of which it will show, and gone after a thousand",
    script: () => ({
      capabilities: CAPABLE,
      answer: ({ name, argument }) =>
        name === "UIDL"
          ? [listOf(100_000, (number) => `${number} u${number}`)]
          : name === "LIST"
            ? [listOf(100_000, (number) => `${number} 1000`)]
            : name === "RETR"
              ? [Number(argument) % 1_000 === 0 ? RST : "-ERR\r\n"]
              : undefined,
    }),
    problem: "pop3-connection-lost",
    most: 8 * MEGABYTE,
  },
];

describe("a pass", () => {
  test.each(ROWS)("$name", { timeout: 60_000 }, async (row) => {
    const clock = new FakeClock();
    const script = row.script(clock);
    const server = await startScriptedPop3Server(script);
    const { result, took, taken, logs } = await hostilePass(server, {
      clock,
      ...(row.deadline === undefined ? {} : { deadline: row.deadline }),
      ...(row.timeoutSeconds === undefined ? {} : { account: { timeoutSeconds: row.timeoutSeconds } }),
    });
    expect({
      problem: result.problem?.code ?? null,
      collected: result.collected,
      taken: taken.length,
      left: server.remaining().length,
    }).toEqual({
      problem: row.problem,
      collected: row.collected ?? 0,
      taken: row.collected ?? 0,
      left: row.left ?? script.messages?.length ?? 0,
    });
    if (row.problem !== null) expect([result.problem?.what, result.problem?.cure]).not.toContain("");
    expect(took).toBeLessThanOrEqual(row.deadline ?? TWO_TIMEOUTS);
    expect(server.sent()).toBeLessThan(row.most ?? MEGABYTE);
    expect(logs.length).toBeLessThan(150);
  });

  test("the listing that is held is bounded", () => {
    expect([limits.pop3.listingBytes, limits.pop3.capabilitiesBytes]).toEqual([64 * MEGABYTE, 65_536]);
  });
});

describe("-ERR", () => {
  const commands = ["CAPA", "USER", "PASS", "UIDL", "LIST", "RETR", "DELE", "QUIT"];
  const texts = [
    "-ERR\r\n",
    "-ERR [IN-USE] somebody else\r\n",
    "-ERR [LOGIN-DELAY] wait\r\n",
    "-ERR [SYS/TEMP] disk\r\n",
    "-ERR [SYS/PERM] gone\r\n",
    "-ERR [AUTH] no\r\n",
    `-ERR ${"e".repeat(8_000)}\r\n`,
    "-ERR \x1b[31mred\x1b[0m \x00\xff\r\n",
  ];
  test.each(commands)("to %s, with every word: nothing is lost, and it ends", async (command) => {
    const problems = PROBLEMS[command];
    const seen: string[] = [];
    for (const text of texts) {
      const server = await startScriptedPop3Server({ messages: MAIL, answer: to(command, text) });
      const { result, taken } = await hostilePass(server);
      // What is gone from the server was taken.
      expect(taken.length + server.remaining().length).toBeGreaterThanOrEqual(MAIL.length);
      seen.push(result.problem?.code ?? "");
      await server.close();
    }
    expect(seen).toEqual(problems);
  });

  test("to everything", async () => {
    for (const text of texts) {
      const server = await startScriptedPop3Server({ messages: MAIL, answer: () => [text] });
      const { result, taken } = await hostilePass(server);
      expect([result.problem === null, taken.length, server.remaining().length]).toEqual([false, 0, 2]);
      await server.close();
    }
  });
});

const REFUSED = "pop3-command-refused";
const BUSY = "pop3-mailbox-busy";
const LOGIN = "pop3-login-refused";

/** What the pass ends with, in the order of the texts; empty: it went well. */
const PROBLEMS: Readonly<Record<string, readonly string[]>> = {
  CAPA: ["", REFUSED, REFUSED, REFUSED, "", "", "", ""],
  USER: ["", BUSY, BUSY, BUSY, "pop3-mailbox-broken", "", "", ""],
  PASS: [LOGIN, BUSY, BUSY, BUSY, "pop3-mailbox-broken", LOGIN, LOGIN, LOGIN],
  UIDL: ["", REFUSED, REFUSED, REFUSED, "", "", "", ""],
  LIST: ["", REFUSED, REFUSED, REFUSED, "", "", "", ""],
  RETR: ["", "", "", "", "", "", "", ""],
  DELE: ["", "", "", "", "", "", "", ""],
  QUIT: Array<string>(8).fill(REFUSED),
};

describe("plaintext around STLS", () => {
  const injected: readonly (readonly [string, Part[]])[] = [
    ["an answer behind it", ["+OK begin\r\n+OK logged in\r\n"]],
    ["half an answer behind it", ["+OK begin\r\n+O"]],
    ["a line end behind it", ["+OK begin\r\n\r\n"]],
    [
      "plaintext instead of a handshake",
      ["+OK begin\r\n", new Promise((resolve) => setTimeout(resolve, 0)), "+OK\r\n"],
    ],
    ["refused", ["-ERR no\r\n"]],
    ["an answer that is none", ["220 go ahead\r\n"]],
    ["closed", [FIN]],
    ["reset", [RST]],
    ["silent", [STALL]],
    ["silent after it", ["+OK begin\r\n", STALL]],
  ];
  test.each(injected)("%s: no name and no password is sent", async (_name, parts) => {
    const server = await startScriptedPop3Server({
      messages: MAIL,
      certificate,
      answer: to("STLS", ...parts),
    });
    const { result } = await hostilePass(server, { account: { security: "starttls" } });
    expect([result.problem === null, server.commands]).toEqual([false, ["STLS"]]);
  });
});

test("a mailbox that is different at each pass loses nothing that it showed, and repeats nothing that kept its id", async () => {
  const ledger = new MemoryLedger();
  const clock = new FakeClock();
  const taken: string[] = [];
  for (let pass = 0; pass < 6; pass += 1) {
    const messages = MAIL.filter((_, index) => (pass + index) % 3 !== 0);
    const server = await startScriptedPop3Server({
      messages,
      capabilities: CAPABLE,
      answer: to(pass % 2 === 0 ? "QUIT" : "DELE", RST),
    });
    const done = await hostilePass(server, { ledger, clock });
    taken.push(...done.taken.map((content) => content.toString("latin1")));
    await server.close();
  }
  expect(taken.sort()).toEqual(MAIL.map(({ content }) => content.toString("latin1")));
});
