import { expect, onTestFinished, test } from "vitest";
import { fetchHeaders } from "../../core/collect/header-finder.ts";
import { ProblemError } from "../../core/model/problem.ts";
import { accountSchema } from "../../core/model/settings.ts";
import type { TranscriptLine } from "../../core/model/transcript-entry.ts";
import { systemClock } from "../../core/util/system-clock.ts";
import type { MailboxMessage, MailboxOptions } from "../support/pop3-mailbox-model.ts";
import { type MailboxServer, startMailboxServer } from "../support/pop3-mailbox-server.ts";
import { providerMail } from "../support/provider-mail.ts";

const message = (n: number): MailboxMessage => ({
  uid: `m${n}`,
  content: Buffer.from(
    `${providerMail("original-to", n).header}\r\nbody of ${n}\r\n${"x".repeat(5_000)}\r\n`,
  ),
});

async function mailbox(count: number, options: MailboxOptions = {}): Promise<MailboxServer> {
  const messages = Array.from({ length: count }, (_, n) => message(n));
  const server = await startMailboxServer(messages, options);
  onTestFinished(() => server.close());
  return server;
}

interface Look {
  readonly count?: number;
  readonly signal?: AbortSignal;
  readonly password?: string;
  readonly onHeader?: () => void;
}

async function look(server: MailboxServer, options: Look = {}) {
  const headers: string[] = [];
  const commands: string[] = [];
  const account = accountSchema.parse({
    id: "main",
    host: server.host,
    port: server.port,
    username: server.user,
    password: options.password ?? server.password,
  });
  const result = await fetchHeaders(
    { ...account, password: options.password ?? server.password },
    {
      clock: systemClock,
      count: options.count ?? 50,
      tap: ({ direction, text }: TranscriptLine) => {
        if (direction === "client") commands.push(text);
      },
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      onHeader: (header) => {
        headers.push(header.toString("latin1"));
        options.onHeader?.();
      },
    },
  );
  return { result, headers, commands };
}

const problemOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "none",
    (error: unknown) => (error instanceof ProblemError ? error.problem.code : String(error)),
  );

test.each([[["CAPA", "PIPELINING", "TOP", "UIDL"]], [["CAPA", "TOP"]], [["TOP"]]] as const)(
  "the newest messages, newest first, headers only; the mailbox is as before (%j)",
  async (capabilities) => {
    const server = await mailbox(60, { capabilities });
    const { result, headers, commands } = await look(server);
    expect(result).toEqual({ listed: 60, fetched: 50, refused: 0, problem: null });
    expect(headers.map((header) => header.trimEnd())).toEqual(
      Array.from({ length: 50 }, (_, index) => providerMail("original-to", 59 - index).header.trimEnd()),
    );
    await server.idle();
    const { commands: counted, deleted, retrieved, left } = server.counts();
    expect([counted["TOP"], counted["DELE"], counted["RETR"], deleted, retrieved, left]).toEqual([
      50,
      undefined,
      undefined,
      0,
      0,
      60,
    ]);
    expect(commands.slice(-2)).toEqual(["RSET", "QUIT"]);
    expect(server.events.at(-1)).toMatchObject({ kind: "closed", by: "quit" });
  },
);

test("fewer messages than wanted, or none", async () => {
  expect((await look(await mailbox(3), { count: 50 })).result).toMatchObject({ listed: 3, fetched: 3 });
  expect((await look(await mailbox(0))).result).toEqual({ listed: 0, fetched: 0, refused: 0, problem: null });
});

test("a message whose header is refused is passed over", async () => {
  const server = await mailbox(5, {
    faults: [{ on: "TOP", uid: "m2", act: { kind: "refuse", text: "damaged" } }],
  });
  const { result, headers } = await look(server);
  expect([result, headers.length]).toEqual([{ listed: 5, fetched: 4, refused: 1, problem: null }, 4]);
});

test.each([[["CAPA", "PIPELINING", "UIDL"]], [[]]] as const)(
  "a server without TOP is said so, and not asked for nothing (%j)",
  async (capabilities) => {
    const server = await mailbox(20, { capabilities });
    expect(await problemOf(look(server))).toBe("pop3-no-top");
    await server.idle();
    const { commands, left } = server.counts();
    expect([commands["RETR"], commands["DELE"], left]).toEqual([undefined, undefined, 20]);
    if (capabilities.length > 0) expect(commands["TOP"]).toBe(1);
  },
);

test("a connection that breaks on the way: what came counts, with the problem; at the start: the problem", async () => {
  const drop = { kind: "drop" } as const;
  const late = await mailbox(10, {
    capabilities: ["CAPA", "TOP"],
    faults: [{ on: "TOP", nth: 5, act: drop }],
  });
  const { result, headers } = await look(late);
  expect([result.fetched, headers.length, result.problem?.code]).toEqual([4, 4, "pop3-connection-lost"]);
  const early = await mailbox(10, { faults: [{ on: "TOP", nth: 1, act: drop }] });
  expect(await problemOf(look(early))).toBe("pop3-connection-lost");
});

test("a server that sends the whole message for TOP, or does not end: little is kept", async () => {
  const whole = await mailbox(1, {
    faults: [
      { on: "TOP", act: { kind: "answer", octets: `+OK\r\nSubject: x\r\n\r\n${"y".repeat(60)}\r\n.\r\n` } },
    ],
  });
  expect((await look(whole)).headers[0]).toContain("Subject: x\r\n\r\n");
  const endless = await mailbox(1, {
    faults: [
      { on: "TOP", act: { kind: "answer", octets: `+OK\r\n${`X: ${"y".repeat(997)}\r\n`.repeat(17_000)}` } },
    ],
  });
  expect(await problemOf(look(endless))).toBe("pop3-message-too-large");
});

test("a wrong password, a mailbox in use: the problem of the account", async () => {
  expect(await problemOf(look(await mailbox(1), { password: "wrong" }))).toBe("pop3-login-refused");
  const busy = await mailbox(1, {
    faults: [{ on: "PASS", act: { kind: "refuse", text: "[IN-USE] somebody is in it" } }],
  });
  expect(await problemOf(look(busy))).not.toBe("none");
});

test("stopped, before and in the middle: ends at once, the connection is closed", async () => {
  const server = await mailbox(5, { faults: [{ on: "TOP", nth: 3, act: { kind: "stall" } }] });
  expect(await problemOf(look(server, { signal: AbortSignal.abort() }))).not.toBe("none");
  const stop = new AbortController();
  let seen = 0;
  const { result } = await look(server, {
    signal: stop.signal,
    onHeader: () => {
      seen += 1;
      if (seen === 2) setImmediate(() => stop.abort());
    },
  });
  expect([result.fetched, result.problem === null]).toEqual([2, false]);
  await server.idle();
});
