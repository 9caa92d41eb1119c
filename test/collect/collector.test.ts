import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import {
  type CollectionResult,
  type CollectorAccount,
  collectAccount,
} from "../../core/collect/collector.ts";
import type { SeenRecord } from "../../core/model/ports.ts";
import { ProblemError } from "../../core/model/problem.ts";
import { accountSchema } from "../../core/model/settings.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { MemoryIntake, type MemoryIntakeOptions, MemoryLedger } from "../support/memory-ledger.ts";
import { createRandom } from "../support/random.ts";
import {
  bodyAnswer,
  FIN,
  type Part,
  RST,
  type Script,
  type ScriptedCommand,
  type ScriptedMessage,
  type ScriptedPop3Server,
  STALL,
  startScriptedPop3Server,
} from "../support/scripted-pop3-server.ts";

const CAPABLE = ["TOP", "UIDL", "PIPELINING"];
const text = (name: string): Buffer => Buffer.from(`Subject: ${name}\r\n\r\n.dot\r\n${name}\r\n`);
const message = (uid: string | null, content = text(uid ?? "?")): ScriptedMessage => ({ uid, content });
const messages = (...uids: string[]): ScriptedMessage[] => uids.map((uid) => message(uid));
const many = (count: number): ScriptedMessage[] =>
  messages(...Array.from({ length: count }, (_v, index) => `m${index + 1}`));

interface Pass {
  readonly result: CollectionResult;
  readonly intake: MemoryIntake;
  readonly logs: string[];
  readonly alerts: string[];
  readonly toCollect: number[];
}

interface PassOptions {
  readonly account?: Partial<CollectorAccount>;
  readonly ledger?: MemoryLedger;
  readonly clock?: FakeClock;
  readonly intake?: MemoryIntakeOptions;
  readonly signal?: AbortSignal;
  readonly maxMessageBytes?: number;
  /** Messages whose disk does not answer: they are open when the pass has ended. */
  readonly hanging?: number;
}

async function collect(server: ScriptedPop3Server, options: PassOptions = {}): Promise<Pass> {
  const clock = options.clock ?? new FakeClock(0);
  const ledger = options.ledger ?? new MemoryLedger();
  const intake = new MemoryIntake(ledger, { now: () => clock.now(), ...options.intake });
  const logs: string[] = [];
  const alerts: string[] = [];
  const toCollect: number[] = [];
  const settings = accountSchema.parse({
    id: "main",
    host: "127.0.0.1",
    port: server.port,
    username: "user",
    password: "secret",
  });
  const account: CollectorAccount = { ...settings, password: "secret", ...options.account };
  const result = await collectAccount(
    account,
    { intake, ledger },
    {
      clock,
      log: (line) => void logs.push(`${line.level} ${line.text}`),
      raiseAlert: ({ cause }) => void alerts.push(cause),
      maxMessageBytes: options.maxMessageBytes ?? 1_000_000,
      onProgress: (progress) => void toCollect.push(progress.toCollect),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    },
  );
  expect({ timers: clock.pending, open: intake.opened - intake.aborted - intake.completed }).toEqual({
    timers: 0,
    open: options.hanging ?? 0,
  });
  while (server.open() > 0) await new Promise((resolve) => setImmediate(resolve));
  return { result, intake, logs, alerts, toCollect };
}

const NOTHING: CollectionResult = {
  accountId: "main",
  listed: 0,
  collected: 0,
  collectedBytes: 0,
  known: 0,
  deleted: 0,
  failed: 0,
  parked: 0,
  oversize: 0,
  waiting: 0,
  skipped: 0,
  stopped: false,
  problem: null,
  trouble: null,
};

const uids = (list: readonly { readonly uid: string | null }[]): (string | null)[] =>
  list.map(({ uid }) => uid);
const record = (uid: string, state: SeenRecord["state"], more: Partial<SeenRecord> = {}): SeenRecord => ({
  uid,
  state,
  tries: 0,
  collectedAt: null,
  wholeHash: null,
  ...more,
});
const sha256 = (content: Buffer): string => createHash("sha256").update(content).digest("hex");
const bytes = (list: readonly ScriptedMessage[]): number =>
  list.reduce((sum, { content }) => sum + content.length, 0);

/** Ends the connection in the body of these messages, by number. */
function breaking(numbers: readonly number[], how: typeof FIN | typeof RST | typeof STALL = FIN) {
  return ({ argument, name }: ScriptedCommand): readonly Part[] | undefined =>
    name === "RETR" && numbers.includes(Number(argument)) ? ["+OK\r\nhalf a mess", how] : undefined;
}

describe("a pass", () => {
  test.each([
    ["pipelined", CAPABLE],
    ["lock-step", ["UIDL"]],
    ["without CAPA", undefined],
  ])("takes every message, exact, then deletes them, %s", async (_name, capabilities) => {
    const all = many(100);
    const server = await startScriptedPop3Server({
      messages: all,
      pieceLength: 1_447,
      ...(capabilities ? { capabilities } : {}),
    });
    const ledger = new MemoryLedger();
    const pass = await collect(server, { ledger });
    expect(pass.result).toEqual({
      ...NOTHING,
      listed: 100,
      collected: 100,
      collectedBytes: bytes(all),
      deleted: 100,
    });
    expect(pass.intake.taken.map(({ content }) => content.toString())).toEqual(
      all.map(({ content }) => content.toString()),
    );
    expect([
      server.remaining(),
      new Set(Object.values(ledger.states())),
      pass.toCollect,
      pass.alerts,
    ]).toEqual([[], new Set(["gone"]), [100], []]);
    expect(server.commands.findIndex((line) => line.startsWith("DELE"))).toBeGreaterThan(
      server.commands.findLastIndex((line) => line.startsWith("RETR")),
    );
    // The server has counted its answer as sent a moment after the client has read it.
    const deepest = server.deepestPipeline();
    expect(capabilities === CAPABLE ? deepest >= 31 && deepest <= 34 : deepest === 1).toBe(true);
  });

  test("no more than so many messages are on their way to the disk at once", async () => {
    const server = await startScriptedPop3Server({ messages: many(150), capabilities: CAPABLE });
    const waiting: (() => void)[] = [];
    let released = false;
    const beforeComplete = async (): Promise<void> => {
      if (released) return;
      await new Promise<void>((resolve) => waiting.push(resolve));
    };
    const passing = collect(server, { intake: { beforeComplete } });
    while (waiting.length < 64) await new Promise((resolve) => setImmediate(resolve));
    for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(waiting.length).toBe(64);
    released = true;
    for (const release of waiting) release();
    const { intake, result } = await passing;
    expect([result.collected, intake.mostOpen]).toEqual([150, 64]);
  });

  test("an empty mailbox", async () => {
    const server = await startScriptedPop3Server();
    expect((await collect(server)).result).toEqual(NOTHING);
    expect(server.commands).toEqual(["CAPA", "USER user", "PASS secret", "UIDL", "LIST", "QUIT"]);
  });

  test("large messages go to the disk a few at a time", async () => {
    const block = createRandom("large").bytes(100_000);
    const content = Buffer.concat([...Array.from({ length: 99 }, () => block), Buffer.from("\r\n")]);
    const server = await startScriptedPop3Server({
      capabilities: CAPABLE,
      messages: Array.from({ length: 6 }, (_value, index) => ({ uid: `u${index}`, content })),
    });
    const { result, intake } = await collect(server, {
      maxMessageBytes: 20_000_000,
      intake: { forgetContent: true },
    });
    expect([result.collected, result.collectedBytes, intake.mostOpen <= 3]).toEqual([
      6,
      6 * content.length,
      true,
    ]);
  });

  test("LIST's size is compared, a difference is told", async () => {
    const server = await startScriptedPop3Server({ messages: [{ ...message("a"), listedSize: 5 }] });
    const { result, logs } = await collect(server);
    expect([result.collected, result.deleted, logs]).toEqual([
      1,
      1,
      [
        "info main: 1 message in the mailbox, 1 to collect",
        "info main: message 1 (a): LIST gave 5 octets, 23 came",
      ],
    ]);
  });
});

describe("what is deleted", () => {
  test("only after QUIT's answer; the next pass deletes without collecting again", async () => {
    const script: Script = {
      messages: messages("a", "b"),
      capabilities: CAPABLE,
      answer: ({ name, session }) => (name === "QUIT" && session === 1 ? [FIN] : undefined),
    };
    const server = await startScriptedPop3Server(script);
    const ledger = new MemoryLedger();
    const first = await collect(server, { ledger });
    expect([
      first.result.problem?.code,
      first.result.trouble,
      first.result.collected,
      first.result.deleted,
    ]).toEqual(["pop3-connection-lost", "connect", 2, 0]);
    expect([ledger.states(), uids(server.remaining())]).toEqual([
      { a: "collected", b: "collected" },
      ["a", "b"],
    ]);
    const second = await collect(server, { ledger });
    expect([second.result, second.intake.opened, server.remaining()]).toEqual([
      { ...NOTHING, listed: 2, deleted: 2 },
      0,
      [],
    ]);
    expect(ledger.states()).toEqual({ a: "gone", b: "gone" });
  });

  test("left on the server, and deleted days after our own collection", async () => {
    const server = await startScriptedPop3Server({ messages: messages("a", "b"), capabilities: CAPABLE });
    const ledger = new MemoryLedger();
    const clock = new FakeClock(0);
    const account = { leaveOnServer: true, deleteAfterDays: 2 };
    await ledger.record("", [record("b", "skipped")]);
    const results = [];
    for (let day = 0; day < 4; day += 1) {
      const { result } = await collect(server, { ledger, clock, account });
      results.push([result.collected, result.deleted]);
      await clock.advance(86_400_000);
    }
    expect([results, uids(server.remaining())]).toEqual([
      [
        [1, 0],
        [0, 0],
        [0, 1],
        [0, 0],
      ],
      ["b"],
    ]);
  });

  test("what the spool does not vouch for stays", async () => {
    const server = await startScriptedPop3Server({ messages: messages("a", "b"), capabilities: CAPABLE });
    const ledger = new MemoryLedger();
    ledger.unsafe.add("a");
    const { result } = await collect(server, { ledger });
    expect([result.deleted, uids(server.remaining()), ledger.states()]).toEqual([
      1,
      ["a"],
      { a: "collected", b: "gone" },
    ]);
  });

  test("a ledger that cannot be read any more ends the pass: nothing is deleted, nothing left open", async () => {
    const server = await startScriptedPop3Server({ messages: many(40), capabilities: CAPABLE });
    const ledger = new MemoryLedger();
    ledger.records.set("m30", record("m30", "failing"));
    const problem = { code: "journal-unreadable", what: "It cannot be read.", cure: "Look." };
    const find = ledger.find.bind(ledger);
    ledger.find = (accountId, uids) => {
      if (uids.length === 1) throw new ProblemError(problem);
      return find(accountId, uids);
    };
    const { result } = await collect(server, { ledger });
    expect([result.problem, result.trouble, server.remaining().length]).toEqual([problem, "local", 40]);
    expect(server.commands.some((line) => line.startsWith("DELE"))).toBe(false);
  });

  test("an unreadable folder deletes nothing", async () => {
    const server = await startScriptedPop3Server({ messages: messages("a"), capabilities: CAPABLE });
    const ledger = new MemoryLedger();
    const problem = { code: "folder-unreadable", what: "It cannot be read.", cure: "Look." };
    ledger.safeToDelete = () => Promise.reject(new ProblemError(problem));
    const { result } = await collect(server, { ledger });
    expect([result.problem, result.trouble, uids(server.remaining())]).toEqual([problem, "local", ["a"]]);
    expect(server.commands.some((line) => line.startsWith("DELE"))).toBe(false);
  });

  test("a mailbox of 700 messages, worked off in pieces, is whole in the end", async () => {
    const all = many(700);
    const server = await startScriptedPop3Server({ messages: all, capabilities: CAPABLE });
    const ledger = new MemoryLedger();
    for (const { uid } of all.slice(0, 500)) ledger.records.set(uid ?? "", record(uid ?? "", "collected"));
    const { result } = await collect(server, { ledger });
    expect([result, server.remaining()]).toEqual([
      {
        ...NOTHING,
        listed: 700,
        collected: 200,
        collectedBytes: bytes(all.slice(500)),
        deleted: 700,
      },
      [],
    ]);
    expect(new Set(Object.values(ledger.states()))).toEqual(new Set(["gone"]));
  });

  test("a refused DELE is not taken for done", async () => {
    const server = await startScriptedPop3Server({
      messages: messages("a", "b", "c"),
      capabilities: CAPABLE,
      answer: ({ line }) => (line === "DELE 2" ? ["-ERR read-only\r\n"] : undefined),
    });
    const ledger = new MemoryLedger();
    const { result } = await collect(server, { ledger });
    expect([result.deleted, result.problem, ledger.states()]).toEqual([
      2,
      null,
      { a: "gone", b: "collected", c: "gone" },
    ]);
  });

  test("a connection lost between the DELEs confirms none", async () => {
    const server = await startScriptedPop3Server({
      messages: messages("a", "b", "c"),
      capabilities: CAPABLE,
      answer: ({ line }) => (line === "DELE 2" ? [RST] : undefined),
    });
    const ledger = new MemoryLedger();
    const { result } = await collect(server, { ledger });
    expect([result.deleted, result.trouble, new Set(Object.values(ledger.states()))]).toEqual([
      0,
      "connect",
      new Set(["collected"]),
    ]);
  });
});

describe("messages that fail", () => {
  test.each([
    ["FIN", FIN, CAPABLE],
    ["RST", RST, CAPABLE],
    ["FIN, lock-step", FIN, ["UIDL"]],
  ] as const)(
    "a lost connection (%s) costs one try, a new one goes on behind it",
    async (_name, how, capabilities) => {
      const server = await startScriptedPop3Server({
        messages: messages("a", "b", "c", "d"),
        capabilities,
        answer: breaking([2], how),
      });
      const ledger = new MemoryLedger();
      const { result, intake } = await collect(server, { ledger });
      expect(result).toEqual({
        ...NOTHING,
        listed: 4,
        collected: 3,
        collectedBytes: 69,
        failed: 1,
        deleted: 3,
      });
      expect([uids(intake.taken), uids(server.remaining()), server.sessions()]).toEqual([
        ["a", "c", "d"],
        ["b"],
        2,
      ]);
      expect(ledger.records.get("b")).toEqual(record("b", "failing", { tries: 1 }));
    },
  );

  test("a stall costs one try after the time-out", async () => {
    const server = await startScriptedPop3Server({
      messages: messages("a", "b", "c"),
      capabilities: CAPABLE,
      answer: breaking([1], STALL),
    });
    const clock = new FakeClock(0);
    const ledger = new MemoryLedger();
    const passing = collect(server, { clock, ledger });
    while (!server.commands.includes("RETR 1")) await new Promise((resolve) => setImmediate(resolve));
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    await clock.advance(60_000);
    const { result } = await passing;
    expect([result.collected, result.failed, result.problem, ledger.states()]).toEqual([
      2,
      1,
      null,
      { a: "failing", b: "gone", c: "gone" },
    ]);
  });

  test("a second loss ends the pass; next time the failing ones come last", async () => {
    const server = await startScriptedPop3Server({
      messages: messages("a", "b", "c", "d"),
      capabilities: CAPABLE,
      answer: breaking([1, 2]),
    });
    const ledger = new MemoryLedger();
    const first = await collect(server, { ledger });
    expect([first.result.collected, first.result.failed, first.result.trouble, server.sessions()]).toEqual([
      0,
      2,
      "connect",
      2,
    ]);
    const second = await collect(server, { ledger });
    expect([uids(second.intake.taken), second.result.trouble, ledger.states()]).toEqual([
      ["c", "d"],
      "connect",
      { a: "failing", b: "failing", c: "collected", d: "collected" },
    ]);
  });

  test("five tries, then parked with an alert; never asked for again", async () => {
    const server = await startScriptedPop3Server({
      messages: messages("a", "b"),
      capabilities: CAPABLE,
      answer: breaking([1]),
    });
    const ledger = new MemoryLedger();
    const account = { leaveOnServer: true };
    const alerts = [];
    for (let pass = 0; pass < 6; pass += 1) alerts.push((await collect(server, { ledger, account })).alerts);
    expect(alerts).toEqual([[], [], [], [], ["pop3-parked:main:a"], []]);
    expect([ledger.records.get("a"), server.commands.filter((line) => line === "RETR 1").length]).toEqual([
      record("a", "parked", { tries: 5 }),
      5,
    ]);
    expect((await collect(server, { ledger, account })).result).toEqual({ ...NOTHING, listed: 2, parked: 1 });
  });

  test("a refused one is counted, the others go on", async () => {
    const server = await startScriptedPop3Server({
      messages: messages("a", "b", "c"),
      capabilities: CAPABLE,
      answer: ({ line }) => (line === "RETR 2" ? ["-ERR I/O error\r\n"] : undefined),
    });
    const ledger = new MemoryLedger();
    const { result } = await collect(server, { ledger });
    expect([result.collected, result.failed, server.sessions(), ledger.states()]).toEqual([
      2,
      1,
      1,
      { a: "gone", b: "failing", c: "gone" },
    ]);
  });

  test("all refused, or not now: nobody is to blame", async () => {
    const refusing = await startScriptedPop3Server({
      messages: messages("a", "b"),
      capabilities: CAPABLE,
      answer: ({ name }) => (name === "RETR" ? ["-ERR I/O error\r\n"] : undefined),
    });
    const busy = await startScriptedPop3Server({
      messages: messages("a"),
      answer: ({ name }) => (name === "RETR" ? ["-ERR [SYS/TEMP] wait\r\n"] : undefined),
    });
    const ledger = new MemoryLedger();
    expect([
      (await collect(refusing, { ledger })).result.failed,
      (await collect(busy, { ledger })).result.failed,
    ]).toEqual([2, 0]);
    expect(ledger.states()).toEqual({});
  });

  test("an error of the program behind one message stops nobody", async () => {
    const server = await startScriptedPop3Server({
      messages: messages("a", "b", "c"),
      capabilities: CAPABLE,
    });
    const ledger = new MemoryLedger();
    const beforeComplete = (source: { uid: string | null }): Promise<void> =>
      source.uid === "b" ? Promise.reject(new TypeError("undefined is not a function")) : Promise.resolve();
    const { result } = await collect(server, { ledger, intake: { beforeComplete } });
    expect([result.collected, result.problem, uids(server.remaining()), ledger.states()]).toEqual([
      2,
      null,
      ["b"],
      { a: "gone", b: "failing", c: "gone" },
    ]);
  });

  test("one that turns out larger than LIST said is broken off and left", async () => {
    const big = { uid: "big", content: Buffer.alloc(300_000, "x\r\n"), listedSize: 100 };
    const server = await startScriptedPop3Server({
      messages: [big, ...messages("b")],
      capabilities: CAPABLE,
    });
    const ledger = new MemoryLedger();
    const { result, alerts } = await collect(server, { ledger, maxMessageBytes: 100_000 });
    expect([result.collected, result.oversize, result.problem, alerts, ledger.states()]).toEqual([
      1,
      1,
      null,
      ["pop3-too-large:main:big"],
      { big: "oversize", b: "gone" },
    ]);
  });
});

describe("trouble of our own ends the pass at once, nothing is deleted", () => {
  const problem = { code: "disk-full", what: "The disk is full.", cure: "Free some space." };
  const full = (): Promise<never> => Promise.reject(new ProblemError(problem));
  test.each<[string, MemoryIntakeOptions]>([
    ["opening", { beforeOpen: (source) => (source.uid === "m3" ? full() : Promise.resolve()) }],
    ["writing", { beforeWrite: (source) => (source.uid === "m3" ? full() : undefined) }],
    ["completing", { beforeComplete: (source) => (source.uid === "m3" ? full() : Promise.resolve()) }],
  ])("%s", async (_name, intake) => {
    const server = await startScriptedPop3Server({ messages: many(100), capabilities: CAPABLE });
    const ledger = new MemoryLedger();
    const pass = await collect(server, { ledger, intake });
    expect([
      pass.result.problem,
      pass.result.trouble,
      pass.result.deleted,
      server.remaining().length,
    ]).toEqual([problem, "local", 0, 100]);
    expect(server.commands.some((line) => /^DELE|^QUIT/.test(line))).toBe(false);
    expect(ledger.inState("", "failing")).toEqual([]);
    expect(pass.result.collected).toBe(pass.intake.taken.length);
  });
});

describe("a disk that does not answer: the pass ends after five minutes, and everything is given back", () => {
  const hang = (): { readonly wait: () => Promise<void>; readonly answer: () => void } => {
    const { promise, resolve } = Promise.withResolvers<void>();
    return { wait: () => promise, answer: () => resolve() };
  };
  test.each<[string, (wait: () => Promise<void>) => MemoryIntakeOptions, number, number]>([
    ["opening", (wait) => ({ beforeOpen: ({ uid }) => (uid === "m3" ? wait() : Promise.resolve()) }), 0, 2],
    ["writing", (wait) => ({ beforeWrite: ({ uid }) => (uid === "m3" ? wait() : undefined) }), 1, 2],
    [
      "completing",
      (wait) => ({ beforeComplete: ({ uid }) => (uid === "m3" ? wait() : Promise.resolve()) }),
      1,
      39,
    ],
  ])("%s", async (_name, intake, hanging, others) => {
    const server = await startScriptedPop3Server({ messages: many(40), capabilities: CAPABLE });
    const ledger = new MemoryLedger();
    const clock = new FakeClock(0);
    const disk = hang();
    let asked = false;
    const wait = (): Promise<void> => {
      asked = true;
      return disk.wait();
    };
    let ended = false;
    const passing = collect(server, { ledger, clock, hanging, intake: intake(wait) });
    void passing.finally(() => {
      ended = true;
    });
    while (!asked || ledger.records.size < others) await new Promise((resolve) => setImmediate(resolve));
    await clock.advance(299_000);
    expect(ended).toBe(false);
    await clock.advance(1_000);
    const { intake: taken, result } = await passing;
    expect([result.problem?.code, result.trouble, result.deleted, result.failed]).toEqual([
      "disk-not-answering",
      "local",
      0,
      0,
    ]);
    expect([server.remaining().length, ledger.inState("", "failing")]).toEqual([40, []]);
    // What was begun is ended when the disk answers after all.
    disk.answer();
    for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(taken.opened - taken.aborted - taken.completed).toBe(0);
  });

  test("a message that waits for its place when the connection ends is not opened any more", async () => {
    const server = await startScriptedPop3Server({ messages: many(150), capabilities: CAPABLE });
    const ledger = new MemoryLedger();
    const clock = new FakeClock(0);
    const controller = new AbortController();
    const disk = hang();
    let waiting = 0;
    const beforeComplete = (): Promise<void> => {
      waiting += 1;
      return disk.wait();
    };
    const passing = collect(server, { ledger, clock, intake: { beforeComplete }, signal: controller.signal });
    while (waiting < 64) await new Promise((resolve) => setImmediate(resolve));
    controller.abort();
    await clock.advance(10_000);
    disk.answer();
    const { intake, result } = await passing;
    expect([intake.opened, result.collected, result.stopped, result.deleted]).toEqual([64, 64, true, 0]);
  });
});

test("a full disk does not wait for what the server still has to send", async () => {
  const server = await startScriptedPop3Server({
    messages: messages("a", "b"),
    capabilities: CAPABLE,
    answer: breaking([2], STALL),
  });
  const problem = { code: "disk-full", what: "The disk is full.", cure: "Free some space." };
  const ledger = new MemoryLedger();
  const beforeComplete = (): Promise<never> => Promise.reject(new ProblemError(problem));
  const { result } = await collect(server, { ledger, intake: { beforeComplete } });
  expect([result.problem, result.failed, ledger.states()]).toEqual([problem, 0, {}]);
});

describe("Stop", () => {
  test("while collecting: what is complete is deleted, QUIT", async () => {
    const server = await startScriptedPop3Server({ messages: many(100), capabilities: CAPABLE });
    const controller = new AbortController();
    const ledger = new MemoryLedger();
    const beforeComplete = (source: { uid: string | null }): Promise<void> => {
      if (source.uid === "m10") controller.abort();
      return Promise.resolve();
    };
    const { result } = await collect(server, {
      ledger,
      intake: { beforeComplete },
      signal: controller.signal,
    });
    expect([result.stopped, result.problem, result.collected < 100, result.collected >= 10]).toEqual([
      true,
      null,
      true,
      true,
    ]);
    expect([result.deleted, server.remaining().length]).toEqual([result.collected, 100 - result.collected]);
    expect(server.commands.at(-1)).toBe("QUIT");
  });

  test("a message that takes too long is broken off after ten seconds, not counted", async () => {
    const server = await startScriptedPop3Server({
      messages: messages("a", "b"),
      capabilities: CAPABLE,
      answer: breaking([2], STALL),
    });
    const controller = new AbortController();
    const clock = new FakeClock(0);
    const ledger = new MemoryLedger();
    const passing = collect(server, { clock, ledger, signal: controller.signal });
    while (ledger.records.size === 0) await new Promise((resolve) => setImmediate(resolve));
    controller.abort();
    await clock.advance(10_000);
    const { result } = await passing;
    expect([result.stopped, result.problem, result.collected, result.failed, ledger.states()]).toEqual([
      true,
      null,
      1,
      0,
      { a: "collected" },
    ]);
  });

  test.each(["connecting", "login", "listing"])("while %s", async (moment) => {
    const server = await startScriptedPop3Server({
      messages: messages("a"),
      greeting: moment === "connecting" ? [STALL] : ["+OK\r\n"],
      answer: ({ name }) =>
        (moment === "login" && name === "PASS") || (moment === "listing" && name === "LIST")
          ? [STALL]
          : undefined,
    });
    const controller = new AbortController();
    const passing = collect(server, { signal: controller.signal });
    const waitFor = { connecting: undefined, login: "PASS secret", listing: "LIST" }[moment];
    while (server.sessions() === 0 || (waitFor !== undefined && !server.commands.includes(waitFor))) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    controller.abort();
    const { result } = await passing;
    expect([result.stopped, result.problem, result.collected]).toEqual([true, null, 0]);
  });
});

describe("first use", () => {
  test("more than 100 messages wait for an answer; only newer ones are collected; both answers", async () => {
    const server = await startScriptedPop3Server({ messages: many(101), capabilities: CAPABLE });
    const ledger = new MemoryLedger();
    ledger.state = "new";
    const first = await collect(server, { ledger });
    expect([first.result, first.alerts, ledger.state, first.toCollect]).toEqual([
      { ...NOTHING, listed: 101, waiting: 101 },
      ["pop3-first-use:main"],
      "asked",
      [0],
    ]);
    const later = await startScriptedPop3Server({
      messages: [...many(101), ...messages("new")],
      capabilities: CAPABLE,
    });
    const second = await collect(later, { ledger });
    expect([
      uids(second.intake.taken),
      second.result.waiting,
      second.alerts,
      uids(later.remaining()).length,
    ]).toEqual([["new"], 101, [], 101]);
    const onlyNew = new MemoryLedger();
    await onlyNew.record("", [...ledger.records.values()]);
    onlyNew.state = "asked";
    const third = await collect(later, { ledger: onlyNew, account: { firstUse: "new" } });
    expect([third.result.skipped, third.result.collected, onlyNew.state]).toEqual([101, 0, "known"]);
    const fourth = await collect(later, { ledger, account: { firstUse: "all" } });
    expect([fourth.result.collected, ledger.state, later.remaining()]).toEqual([101, "known", []]);
  });

  test("firstUse all collects a full mailbox at once", async () => {
    const server = await startScriptedPop3Server({ messages: many(150), capabilities: CAPABLE });
    const ledger = new MemoryLedger();
    ledger.state = "new";
    const { alerts, result } = await collect(server, { ledger, account: { firstUse: "all" } });
    expect([result.collected, alerts, ledger.state]).toEqual([150, [], "known"]);
  });
});

describe("identity", () => {
  const noUidl = ({ name }: ScriptedCommand): readonly Part[] | undefined =>
    name === "UIDL" ? ["-ERR unknown\r\n"] : undefined;
  const same = text("same");

  test("without UIDL by hash: a crash before QUIT repeats nothing, equal messages are kept apart", async () => {
    const server = await startScriptedPop3Server({
      messages: [message(null, text("a")), message(null, same), message(null, same)],
      capabilities: ["PIPELINING"],
      answer: (command) => (command.name === "QUIT" && command.session === 1 ? [FIN] : noUidl(command)),
    });
    const ledger = new MemoryLedger();
    const first = await collect(server, { ledger });
    expect([first.result.collected, first.result.deleted, ledger.states()]).toEqual([
      3,
      0,
      {
        [`sha256:${sha256(text("a"))}#1`]: "collected",
        [`sha256:${sha256(same)}#1`]: "collected",
        [`sha256:${sha256(same)}#2`]: "collected",
      },
    ]);
    const second = await collect(server, { ledger });
    expect([second.result, server.remaining(), ledger.states()]).toEqual([
      { ...NOTHING, listed: 3, known: 3, deleted: 3 },
      [],
      {},
    ]);
  });

  test("without UIDL a lost connection goes on by place", async () => {
    const server = await startScriptedPop3Server({
      messages: ["a", "b", "c"].map((name) => message(null, text(name))),
      capabilities: ["PIPELINING"],
      answer: (command) => noUidl(command) ?? breaking([2])(command),
    });
    const { intake, result } = await collect(server);
    expect([
      intake.taken.map(({ content }) => content.toString()),
      result.failed,
      result.deleted,
      server.remaining().length,
    ]).toEqual([[text("a").toString(), text("c").toString()], 1, 2, 1]);
  });

  test("an id that two messages have is none", async () => {
    const server = await startScriptedPop3Server({
      messages: [message("twice", text("a")), message("twice", text("b")), message("c")],
      capabilities: CAPABLE,
    });
    const ledger = new MemoryLedger();
    const { intake, result } = await collect(server, { ledger, account: { leaveOnServer: true } });
    expect([uids(intake.taken), result.collected]).toEqual([[null, null, "c"], 3]);
    expect(ledger.listings.at(-1)).toEqual([
      "twice",
      "c",
      `sha256:${sha256(text("a"))}#1`,
      `sha256:${sha256(text("b"))}#1`,
    ]);
    expect((await collect(server, { ledger, account: { leaveOnServer: true } })).result).toEqual({
      ...NOTHING,
      listed: 3,
      known: 2,
    });
  });

  test("a moved mailbox: every id is new, the bytes decide", async () => {
    const server = await startScriptedPop3Server({
      messages: [message("x1", text("a")), message("x2", text("b"))],
      capabilities: CAPABLE,
    });
    const ledger = new MemoryLedger();
    await ledger.record("", [record("a", "collected", { collectedAt: 0, wholeHash: sha256(text("a")) })]);
    const { alerts, intake, result } = await collect(server, { ledger, account: { leaveOnServer: true } });
    expect([uids(intake.taken), result.known, alerts, ledger.states()]).toEqual([
      ["x2"],
      1,
      ["pop3-mailbox-moved:main"],
      { a: "gone", x1: "collected", x2: "collected" },
    ]);
  });

  test("a moved mailbox whose first pass is broken off: the bytes decide until everything was identified", async () => {
    const names = ["a", "b", "c", "d"];
    const server = await startScriptedPop3Server({
      messages: names.map((name) => message(`new-${name}`, text(name))),
      capabilities: CAPABLE,
      answer: (command) => (command.session <= 2 ? breaking([command.session + 1])(command) : undefined),
    });
    const ledger = new MemoryLedger();
    await ledger.record(
      "",
      names.map((name) => record(name, "collected", { collectedAt: 0, wholeHash: sha256(text(name)) })),
    );
    const account = { leaveOnServer: true };
    const first = await collect(server, { ledger, account });
    expect([first.result.known, first.result.trouble, first.alerts, ledger.moved, ledger.listings]).toEqual([
      1,
      "connect",
      ["pop3-mailbox-moved:main"],
      true,
      [],
    ]);
    const second = await collect(server, { ledger, account });
    expect([uids(second.intake.taken), second.result.known, second.alerts, ledger.moved]).toEqual([
      [],
      3,
      [],
      false,
    ]);
    expect(ledger.states()).toEqual({
      ...Object.fromEntries(names.map((name) => [name, "gone"])),
      ...Object.fromEntries(names.map((name) => [`new-${name}`, "collected"])),
    });
  });

  test("a moved mailbox with a message that cannot be read: later it is known by its bytes", async () => {
    const server = await startScriptedPop3Server({
      messages: [message("x1", text("a")), message("x2", text("b"))],
      capabilities: CAPABLE,
      answer: ({ argument, name, session }) =>
        name === "RETR" && argument === "1" && session === 1 ? ["-ERR not now\r\n"] : undefined,
    });
    const ledger = new MemoryLedger();
    await ledger.record(
      "",
      ["a", "b"].map((name) => record(name, "collected", { collectedAt: 0, wholeHash: sha256(text(name)) })),
    );
    const account = { leaveOnServer: true };
    const first = await collect(server, { ledger, account });
    expect([first.result.known, first.result.failed, ledger.moved]).toEqual([1, 1, true]);
    const second = await collect(server, { ledger, account });
    expect([uids(second.intake.taken), second.result.known, ledger.moved]).toEqual([[], 1, false]);
  });

  test("a mailbox that is empty while it moves: nothing is collected twice", async () => {
    const ledger = new MemoryLedger();
    await ledger.record("", [record("a", "collected", { collectedAt: 0, wholeHash: sha256(text("a")) })]);
    const account = { leaveOnServer: true };
    const empty = await startScriptedPop3Server({ messages: [], capabilities: CAPABLE });
    expect((await collect(empty, { ledger, account })).alerts).toEqual([]);
    const server = await startScriptedPop3Server({
      messages: [message("x1", text("a")), message("x2", text("b"))],
      capabilities: CAPABLE,
    });
    const { intake, result } = await collect(server, { ledger, account });
    expect([uids(intake.taken), result.known, ledger.states(), ledger.moved]).toEqual([
      ["x2"],
      1,
      { a: "gone", x1: "collected", x2: "collected" },
      false,
    ]);
  });

  const read = ["same", "reused", "skipped", "parked", "oversize", "new"];
  test.each<[string, Partial<CollectorAccount>, object]>([
    [
      "the same server and user",
      {},
      { read: ["oversize", "new"], taken: ["oversize", "new"], left: ["skipped", "parked"] },
    ],
    ["another server", { host: "localhost" }, { read, taken: read.slice(1), left: [] }],
    ["another user", { username: "anna" }, { read, taken: read.slice(1), left: [] }],
  ])("ids are those of one mailbox: %s", async (_name, account, expected) => {
    const ledger = new MemoryLedger();
    await collect(await startScriptedPop3Server({ messages: [], capabilities: CAPABLE }), { ledger });
    const collected = (uid: string, content: Buffer): SeenRecord =>
      record(uid, "collected", { collectedAt: 0, wholeHash: sha256(content), announcedSize: content.length });
    await ledger.record("", [
      collected("same", text("same")),
      // Of the same size.
      collected("reused", text("REUSED")),
      record("skipped", "skipped"),
      record("parked", "parked", { tries: 5 }),
      record("oversize", "oversize"),
    ]);
    const server = await startScriptedPop3Server({ messages: messages(...read), capabilities: CAPABLE });
    const { intake } = await collect(server, { ledger, account });
    expect({
      read: intake.sources.map(({ uid }) => uid),
      taken: uids(intake.taken),
      left: uids(server.remaining()),
    }).toEqual(expected);
    expect(ledger.moved).toBe(false);
  });

  test("an id that was gone comes back: same bytes are deleted again, others are a new message", async () => {
    const server = await startScriptedPop3Server({
      messages: [message("same", same), message("reused", text("new"))],
      capabilities: CAPABLE,
    });
    const ledger = new MemoryLedger();
    await ledger.record("", [
      record("same", "gone", { collectedAt: 0, wholeHash: sha256(same) }),
      record("reused", "gone", { collectedAt: 0, wholeHash: sha256(text("old")) }),
    ]);
    const { intake, result } = await collect(server, { ledger });
    expect([uids(intake.taken), result.known, server.remaining()]).toEqual([["reused"], 1, []]);
  });

  test("UIDL announced and refused: a mailbox full of duplicates is not risked", async () => {
    const server = await startScriptedPop3Server({
      messages: messages("a"),
      capabilities: CAPABLE,
      answer: noUidl,
    });
    const { result } = await collect(server);
    expect([result.problem?.code, result.trouble, result.collected]).toEqual([
      "pop3-protocol",
      "protocol",
      0,
    ]);
  });
});

describe("problems before anything is collected", () => {
  test.each<[string, Script, string, string]>([
    [
      "a wrong password",
      { answer: ({ name }) => (name === "PASS" ? ["-ERR [AUTH] no\r\n"] : undefined) },
      "pop3-login-refused",
      "login",
    ],
    [
      "a mailbox in use",
      { answer: ({ name }) => (name === "PASS" ? ["-ERR [IN-USE] no\r\n"] : undefined) },
      "pop3-mailbox-busy",
      "busy",
    ],
    ["a busy server", { greeting: ["-ERR [SYS/TEMP] no\r\n"] }, "pop3-greeting-refused", "busy"],
    [
      "no listing at all",
      { answer: ({ name }) => (/UIDL|LIST/.test(name) ? ["-ERR no\r\n"] : undefined) },
      "pop3-protocol",
      "protocol",
    ],
    [
      "a listing cut off",
      { answer: ({ name }) => (name === "LIST" ? ["+OK\r\n1 2\r\n", FIN] : undefined) },
      "pop3-connection-lost",
      "connect",
    ],
  ])("%s", async (_name, script, code, trouble) => {
    const server = await startScriptedPop3Server({ messages: messages("a"), ...script });
    const ledger = new MemoryLedger();
    const { logs, result } = await collect(server, { ledger });
    expect([result.problem?.code, result.trouble, ledger.states(), ledger.listings]).toEqual([
      code,
      trouble,
      {},
      [],
    ]);
    expect(logs.some((line) => line.startsWith("error main: "))).toBe(true);
    expect(`${logs.join("\n")}${JSON.stringify(result)}`).not.toContain("secret");
  });
});

test("too large: left, one alert per message", async () => {
  const server = await startScriptedPop3Server({
    messages: [message("big", Buffer.alloc(3_000, "x\r\n")), message("b")],
    capabilities: CAPABLE,
  });
  const ledger = new MemoryLedger();
  const first = await collect(server, { ledger, account: { maxMessageBytes: 2_000 } });
  const second = await collect(server, { ledger, account: { maxMessageBytes: 2_000 } });
  expect([
    first.alerts,
    first.result.oversize,
    second.alerts,
    second.result.oversize,
    uids(server.remaining()),
  ]).toEqual([["pop3-too-large:main:big"], 1, [], 1, ["big"]]);
  const raised = await collect(server, { ledger });
  expect([uids(raised.intake.taken), server.remaining()]).toEqual([["big"], []]);
});

test("bodies that are hostile to a reader come out exact", async () => {
  const contents = [
    "..\r\n.\r\r\n",
    ".\n.\r\n..",
    "\r\n",
    "\0\xff\x80\r\r\n",
    `${"x".repeat(100_000)}\r\n`,
    "+OK\r\n-ERR\r\n",
  ].map((odd) => Buffer.from(`${odd}\r\n`, "latin1"));
  const server = await startScriptedPop3Server({
    pieceLength: 3_333,
    capabilities: CAPABLE,
    messages: contents.map((content, index) => ({ uid: `u${index}`, content })),
    answer: ({ argument, name }) =>
      name === "RETR" ? [bodyAnswer(contents[Number(argument) - 1] ?? Buffer.alloc(0), "+OK")] : undefined,
  });
  const { intake } = await collect(server);
  expect(intake.taken.map(({ content }) => content.toString("latin1"))).toEqual(
    contents.map((content) => content.toString("latin1")),
  );
});
