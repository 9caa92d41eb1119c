import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import type { LineClient } from "./line-client.ts";
import { openLineClient, unstuff } from "./line-client.ts";
import { completeLastLine } from "./line-ends.ts";
import type { MailboxMessage, MailboxOptions } from "./pop3-mailbox-model.ts";
import type { MailboxServer } from "./pop3-mailbox-server.ts";
import { startMailboxServer } from "./pop3-mailbox-server.ts";
import { dotStuffed, topOf, withLastLineEnded } from "./pop3-wire.ts";

let servers: MailboxServer[] = [];
let clients: LineClient[] = [];

afterEach(async () => {
  for (const client of clients) client.close();
  await Promise.all(servers.map((server) => server.close()));
  servers = [];
  clients = [];
});

const message = (uid: string, text: string): MailboxMessage => ({
  uid,
  content: Buffer.from(text, "latin1"),
});

async function mailbox(
  messages: readonly MailboxMessage[],
  options: MailboxOptions = {},
): Promise<MailboxServer> {
  const server = await startMailboxServer(messages, options);
  servers.push(server);
  return server;
}

async function dial(server: MailboxServer, security: "none" | "tls" = "none"): Promise<LineClient> {
  const client = await openLineClient(server.port, security);
  clients.push(client);
  await client.line();
  return client;
}

async function logIn(server: MailboxServer): Promise<LineClient> {
  const client = await dial(server);
  await client.ask("USER catchall");
  expect(await client.ask("PASS secret")).toMatch(/^\+OK/);
  return client;
}

async function multiLine(client: LineClient, command: string): Promise<string> {
  client.write(`${command}\r\n`);
  const status = await client.line();
  if (!status.startsWith("+OK")) return status;
  // An empty body is the terminator alone.
  let text = "";
  for (let line = await client.line(); line !== "."; line = await client.line())
    text += `${line.replace(/^\./, "")}\r\n`;
  return text;
}

const three = [
  message("a", "A: 1\r\n\r\none\r\n"),
  message("b", "B: 2\r\n\r\n.\r\n..\r\n"),
  message("c", "C: 3\r\n\r\n"),
];

describe("the wire form", () => {
  test("is undone by unstuffing, whatever the chunks", () => {
    const octet = fc.constantFrom("\r", "\n", ".", "x", "\r\n", "\r\n.", "\0", "\xff");
    fc.assert(
      fc.property(fc.array(fc.array(octet, { maxLength: 6 }), { maxLength: 8 }), (pieces) => {
        const chunks = pieces.map((piece) => Buffer.from(piece.join(""), "latin1"));
        const wire = Buffer.concat([...dotStuffed(withLastLineEnded(chunks))]);
        const sent = Buffer.concat([wire, Buffer.from(".\r\n")]);
        expect(unstuff(sent)).toEqual(completeLastLine(Buffer.concat(chunks)));
        expect(wire.toString("latin1")).not.toMatch(/(?:^|\r\n)\.\r\n/);
      }),
      { numRuns: 2_000 },
    );
  });

  test("TOP ends after the lines asked for, whatever the chunks", () => {
    const whole = Buffer.from("A: 1\r\nB: 2\r\n\r\none\r\ntwo\r\nthree");
    const cut = (size: number): Buffer[] =>
      Array.from({ length: Math.ceil(whole.length / size) }, (_, at) =>
        whole.subarray(at * size, at * size + size),
      );
    for (const size of [1, 2, 3, 7, 100]) {
      const top = (lines: number): string => Buffer.concat([...topOf(cut(size), lines)]).toString();
      expect([top(0), top(1), top(9)]).toEqual([
        "A: 1\r\nB: 2\r\n\r\n",
        "A: 1\r\nB: 2\r\n\r\none\r\n",
        whole.toString(),
      ]);
    }
  });
});

describe("the embedded mailbox", () => {
  test("serves, marks, forgets marks at RSET and deletes at QUIT", async () => {
    const server = await mailbox(three);
    const client = await logIn(server);
    expect(await client.ask("STAT")).toBe("+OK 3 36");
    expect(await multiLine(client, "LIST")).toBe("1 13\r\n2 15\r\n3 8\r\n");
    expect(await multiLine(client, "UIDL")).toBe("1 a\r\n2 b\r\n3 c\r\n");
    expect(await multiLine(client, "RETR 2")).toBe("B: 2\r\n\r\n.\r\n..\r\n");
    expect(await multiLine(client, "TOP 1 0")).toBe("A: 1\r\n\r\n");
    await client.ask("DELE 1");
    expect(await client.ask("RETR 1")).toBe("-ERR no such message");
    expect(await multiLine(client, "UIDL")).toBe("2 b\r\n3 c\r\n");
    await client.ask("RSET");
    await client.ask("DELE 3");
    expect(server.left()).toEqual(["a", "b", "c"]);
    expect(await client.ask("QUIT")).toMatch(/^\+OK/);
    client.close();
    await server.idle();
    expect(server.left()).toEqual(["a", "b"]);
    expect(server.events).toEqual([
      { kind: "connected", session: 1 },
      { kind: "logged-in", session: 1, secured: false, messages: 3 },
      { kind: "retrieved", session: 1, uid: "b" },
      { kind: "deleted", session: 1, uid: "c" },
      { kind: "closed", session: 1, by: "quit" },
    ]);
  });

  test("a lost connection deletes nothing", async () => {
    const server = await mailbox(three);
    const client = await logIn(server);
    expect(await client.ask("DELE 1")).toMatch(/^\+OK/);
    client.close();
    const next = await logIn(server);
    expect(await next.ask("STAT")).toBe("+OK 3 36");
    expect(server.counts()).toMatchObject({ sessions: 2, logins: 2, deleted: 0, left: 3 });
  });

  test("answers pipelined commands in order", async () => {
    const server = await mailbox(
      Array.from({ length: 2_000 }, (_, at) => message(`m${at}`, `N: ${at}\r\n\r\n.\r\n`)),
    );
    const client = await logIn(server);
    client.write(Array.from({ length: 2_000 }, (_, at) => `RETR ${at + 1}\r\nDELE ${at + 1}\r\n`).join(""));
    client.write("QUIT\r\n");
    const all = (await client.rest()).toString("latin1");
    expect([...all.matchAll(/^N: (\d+)\r$/gm)].map((match) => Number(match[1]))).toEqual(
      Array.from({ length: 2_000 }, (_, at) => at),
    );
    expect(server.counts()).toMatchObject({ retrieved: 2_000, deleted: 2_000, left: 0 });
  });

  test("STLS, with commands sent ahead in plaintext thrown away; TLS; APOP", async () => {
    const server = await mailbox(three, { security: "starttls" });
    const plain = await dial(server);
    expect(await multiLine(plain, "CAPA")).toContain("STLS\r\n");
    plain.write("STLS\r\nUSER intruder\r\n");
    expect(await plain.line()).toMatch(/^\+OK/);
    const secured = await plain.startTls();
    expect(await multiLine(secured, "CAPA")).not.toContain("STLS");
    await secured.ask("USER catchall");
    expect(await secured.ask("PASS secret")).toMatch(/^\+OK/);
    expect(server.events).toContainEqual({ kind: "logged-in", session: 1, secured: true, messages: 3 });

    const over = await mailbox(three, { security: "tls" });
    const client = await dial(over, "tls");
    expect(await client.ask("APOP catchall 0123")).toBe("-ERR [AUTH] user name or password is wrong");
  });

  test("capabilities that are not listed are not understood", async () => {
    const server = await mailbox(three, { capabilities: ["CAPA"] });
    const client = await logIn(server);
    expect(await multiLine(client, "CAPA")).toBe("USER\r\nRESP-CODES\r\nAUTH-RESP-CODE\r\n");
    expect(await client.ask("UIDL")).toMatch(/^-ERR/);
    expect(await client.ask("TOP 1 0")).toMatch(/^-ERR/);
  });

  test("a 150 MB message is made only as fast as it is read", async () => {
    const chunk = Buffer.alloc(65_536, "x");
    let made = 0;
    const lazy = {
      size: 2_400 * 65_536,
      *chunks() {
        for (let count = 0; count < 2_400; count += 1) {
          made += 1;
          yield chunk;
        }
      },
    };
    const server = await mailbox([{ uid: "big", content: lazy }]);
    const client = await logIn(server);
    client.socket.pause();
    client.write("RETR 1\r\n");
    const settled = async (): Promise<number> => {
      for (let last = -1; last !== made; ) {
        last = made;
        for (let turn = 0; turn < 200; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      }
      return made;
    };
    expect(await settled()).toBeLessThan(400);
    client.close();
  });
});

describe("faults by schedule", () => {
  test("the second RETR is cut in the middle, the next session works", async () => {
    const server = await mailbox(three, {
      faults: [{ on: "RETR", nth: 2, act: { kind: "drop", afterOctets: 5 } }],
    });
    const client = await logIn(server);
    client.write("RETR 1\r\nRETR 2\r\nRETR 3\r\n");
    const all = (await client.rest()).toString("latin1");
    expect(all.split("octets\r\n").slice(1)).toEqual(["A: 1\r\n\r\none\r\n.\r\n+OK 15 ", "B: 2\r"]);
    const next = await logIn(server);
    expect(await multiLine(next, "RETR 2")).toBe("B: 2\r\n\r\n.\r\n..\r\n");
  });

  test("refusal of one message, an answer word for word, a stall", async () => {
    const server = await mailbox(three, {
      faults: [
        { on: "RETR", uid: "b", nth: "every", act: { kind: "refuse", text: "disk error" } },
        { on: "UIDL", act: { kind: "answer", octets: "+OK\r\n1 a\r\n1 a\r\n.\r\n" } },
        { on: "DELE", act: { kind: "stall" } },
      ],
    });
    const client = await logIn(server);
    expect(await client.ask("RETR 2")).toBe("-ERR disk error");
    expect(await client.ask("RETR 2")).toBe("-ERR disk error");
    expect(await multiLine(client, "UIDL")).toBe("1 a\r\n1 a\r\n");
    client.write("DELE 1\r\nNOOP\r\n");
    await server.stop();
    expect((await client.rest()).toString()).toBe("");
    await server.start();
    expect(await multiLine(await logIn(server), "UIDL")).toBe("1 a\r\n2 b\r\n3 c\r\n");
  });

  test("QUIT lost before and after the deletions", async () => {
    const server = await mailbox(three, {
      faults: [
        { on: "QUIT", nth: 1, act: { kind: "drop" } },
        { on: "QUIT", nth: 2, act: { kind: "drop", late: true } },
      ],
    });
    for (const left of [3, 2]) {
      const client = await logIn(server);
      await client.ask("DELE 1");
      client.write("QUIT\r\n");
      expect((await client.rest()).toString()).toBe("");
      expect(server.counts().left).toBe(left);
    }
  });
});
