import { hash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { type CollectionResult, collectAccount } from "../../core/collect/collector.ts";
import type { OversizeNotice } from "../../core/collect/oversize-headers.ts";
import { type Problem, ProblemError } from "../../core/model/problem.ts";
import { accountSchema } from "../../core/model/settings.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { MemoryIntake, MemoryLedger } from "../support/memory-ledger.ts";
import { FIN, type ScriptedPop3Server, startScriptedPop3Server } from "../support/scripted-pop3-server.ts";

const HEADER = "From: a@remote.example\r\nSubject: huge\r\n";
const big = (uid: string | null, listedSize?: number) => ({
  uid,
  content: Buffer.from(`${HEADER}\r\n${"x".repeat(70)}\r\n`.concat(`${"y".repeat(70)}\r\n`.repeat(5_000))),
  ...(listedSize === undefined ? {} : { listedSize }),
});
const small = (uid: string | null) => ({ uid, content: Buffer.from(`Subject: ${uid}\r\n\r\nsmall\r\n`) });
const CAPABLE = ["TOP", "UIDL", "PIPELINING"];

interface Pass {
  readonly result: CollectionResult;
  readonly notices: OversizeNotice[];
  readonly alerts: string[];
}

async function collect(
  server: ScriptedPop3Server,
  ledger: MemoryLedger,
  sending: () => Promise<void> = () => Promise.resolve(),
): Promise<Pass> {
  const clock = new FakeClock(0);
  const notices: OversizeNotice[] = [];
  const alerts: string[] = [];
  const account = accountSchema.parse({
    id: "main",
    host: "127.0.0.1",
    port: server.port,
    username: "user",
    password: "secret",
    oversize: "headers",
  });
  const result = await collectAccount(
    { ...account, password: "secret" },
    { intake: new MemoryIntake(ledger, { now: () => clock.now() }), ledger },
    {
      clock,
      log: () => undefined,
      raiseAlert: ({ cause }) => void alerts.push(cause),
      maxMessageBytes: 100_000,
      sendHeaders: async (notice) => {
        await sending();
        notices.push(notice);
      },
    },
  );
  return { result, notices, alerts };
}

const left = (server: ScriptedPop3Server) => server.remaining().map(({ uid }) => uid);

describe("oversize: headers", () => {
  it("sends the header once, and leaves the message where it is", async () => {
    const server = await startScriptedPop3Server({ messages: [small("a"), big("b")], capabilities: CAPABLE });
    const ledger = new MemoryLedger();
    const first = await collect(server, ledger);
    const size = big("b").content.length;
    expect(first.notices).toEqual([
      { accountId: "main", size, maximum: 100_000, header: Buffer.from(HEADER) },
    ]);
    expect(first.alerts).toEqual(["pop3-headers-sent:main:b"]);
    expect([first.result.oversize, first.result.problem, ledger.states(), left(server)]).toEqual([
      1,
      null,
      { a: "gone", b: "oversize" },
      ["b"],
    ]);
    const second = await collect(server, ledger);
    expect([second.notices, second.alerts, left(server)]).toEqual([[], [], ["b"]]);
  });

  it("knows a message without an id by its header", async () => {
    const server = await startScriptedPop3Server({ messages: [big(null)], capabilities: ["TOP"] });
    const ledger = new MemoryLedger();
    expect((await collect(server, ledger)).notices).toHaveLength(1);
    expect(ledger.states()).toEqual({ [`sha256:${hash("sha256", HEADER, "hex")}#headers`]: "oversize" });
    expect((await collect(server, ledger)).notices).toEqual([]);
  });

  it("finds one that LIST had told to be small", async () => {
    const server = await startScriptedPop3Server({
      messages: [big("b", 100), small("c")],
      capabilities: CAPABLE,
    });
    const ledger = new MemoryLedger();
    const first = await collect(server, ledger);
    expect(first.notices.map(({ size }) => size)).toEqual([100]);
    expect([first.alerts, ledger.states()]).toEqual([
      ["pop3-headers-sent:main:b"],
      { b: "oversize", c: "gone" },
    ]);
    const second = await collect(server, ledger);
    expect([second.notices, second.alerts, left(server)]).toEqual([[], [], ["b"]]);
  });

  it("gives the usual alert, once, where the server has no TOP", async () => {
    const server = await startScriptedPop3Server({
      messages: [big("b"), small("c")],
      capabilities: ["UIDL"],
      answer: ({ name }) => (name === "TOP" ? ["-ERR unknown command\r\n"] : undefined),
    });
    const ledger = new MemoryLedger();
    const { alerts, notices, result } = await collect(server, ledger);
    expect([alerts, notices, result.problem, ledger.states()]).toEqual([
      ["pop3-too-large:main:b"],
      [],
      null,
      { b: "oversize", c: "gone" },
    ]);
    expect((await collect(server, ledger)).alerts).toEqual([]);
  });

  it("is tried again when the notice could not be stored; nothing is deleted then", async () => {
    const problem: Problem = { code: "disk-full", what: "The disk is full.", cure: "Make room." };
    const server = await startScriptedPop3Server({ messages: [big("b"), small("c")], capabilities: CAPABLE });
    const ledger = new MemoryLedger();
    const failed = await collect(server, ledger, () => Promise.reject(new ProblemError(problem)));
    expect([failed.result.problem, failed.result.trouble, left(server)]).toEqual([
      problem,
      "local",
      ["b", "c"],
    ]);
    expect(ledger.states()).toEqual({ c: "collected" });
    expect((await collect(server, ledger)).notices).toHaveLength(1);
    expect(left(server)).toEqual(["b"]);
  });

  it("gives up a message whose header ends the connection, after five times", async () => {
    const server = await startScriptedPop3Server({
      messages: [big("b"), small("c")],
      capabilities: CAPABLE,
      answer: ({ name }) => (name === "TOP" ? [FIN] : undefined),
    });
    const ledger = new MemoryLedger();
    for (let pass = 1; pass <= 4; pass += 1) {
      expect((await collect(server, ledger)).result.problem?.code).toBe("pop3-connection-lost");
    }
    const fifth = await collect(server, ledger);
    expect(fifth.alerts).toEqual(["pop3-parked:main:b"]);
    const sixth = await collect(server, ledger);
    expect([sixth.result.problem, ledger.states(), left(server)]).toEqual([
      null,
      { b: "parked", c: "gone" },
      ["b"],
    ]);
  });
});
