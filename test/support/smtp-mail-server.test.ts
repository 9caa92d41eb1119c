import { createHash } from "node:crypto";
import { afterEach, describe, expect, test } from "vitest";
import type { LineClient } from "./line-client.ts";
import { openLineClient } from "./line-client.ts";
import type { MailServer, MailServerOptions } from "./smtp-mail-server.ts";
import { startMailServer } from "./smtp-mail-server.ts";

let servers: MailServer[] = [];
let clients: LineClient[] = [];

afterEach(async () => {
  for (const client of clients) client.close();
  await Promise.all(servers.map((server) => server.close()));
  servers = [];
  clients = [];
});

async function office(options: MailServerOptions = {}): Promise<MailServer> {
  const server = await startMailServer(options);
  servers.push(server);
  return server;
}

async function dial(server: MailServer, security: "none" | "tls" = "none"): Promise<LineClient> {
  const client = await openLineClient(server.port, security);
  clients.push(client);
  expect(await client.reply()).toMatch(/^220 /);
  return client;
}

async function say(client: LineClient, command: string): Promise<string> {
  client.write(`${command}\r\n`);
  return client.reply();
}

/** The answers to MAIL, each RCPT, and (when one was accepted) the final dot. */
async function send(
  client: LineClient,
  from: string,
  to: readonly string[],
  data: Buffer | string,
): Promise<string[]> {
  const answers = [await say(client, `MAIL FROM:<${from}>`)];
  for (const address of to) answers.push(await say(client, `RCPT TO:<${address}>`));
  if (!answers.slice(1).some((answer) => answer.startsWith("250"))) return answers;
  expect(await say(client, "DATA")).toMatch(/^354/);
  client.write(data);
  client.write(".\r\n");
  return [...answers, await client.reply()];
}

const codes = (answers: readonly string[]): string[] => answers.map((answer) => answer.slice(0, 3));

describe("the embedded mail server", () => {
  test("remembers each message exactly, with its envelope", async () => {
    const server = await office();
    const client = await dial(server);
    await say(client, "EHLO gateway.test");
    const data = Buffer.from("A: 1\r\n\r\nbare\nLF \0 \xff bare\rCR\r\nend\r\n", "latin1");
    expect(codes(await send(client, "a@remote.test", ["ada@xn--bcher-kva.test"], data))).toEqual([
      "250",
      "250",
      "250",
    ]);
    expect(
      codes(await send(client, "", ["ben@office.test", "cy@office.test"], "B: 2\r\n\r\n..\r\n")),
    ).toEqual(["250", "250", "250", "250"]);
    const common = { connection: expect.any(String), mailArguments: {}, secured: false, acknowledged: true };
    const hash = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");
    const dot = Buffer.from("B: 2\r\n\r\n.\r\n");
    expect(server.messages).toEqual([
      {
        ...common,
        sequence: 1,
        mailFrom: "a@remote.test",
        rcptTo: ["ada@xn--bcher-kva.test"],
        size: data.length,
        sha256: hash(data),
        bytes: data,
      },
      {
        ...common,
        sequence: 2,
        mailFrom: "",
        rcptTo: ["ben@office.test", "cy@office.test"],
        size: 11,
        sha256: hash(dot),
        bytes: dot,
      },
    ]);
  });

  test("answers by policy, recipient by recipient and after the final dot", async () => {
    const server = await office({ users: ["ada"] });
    const client = await dial(server);
    await say(client, "EHLO gateway.test");
    const to = [
      "ada@o.test",
      "unknown-x@o.test",
      "later-x@o.test",
      "full-x@o.test",
      "denied-x@o.test",
      "nobody@o.test",
    ];
    expect(codes(await send(client, "a@r.test", to, "A: 1\r\n\r\n"))).toEqual([
      "250",
      "250",
      "550",
      "450",
      "452",
      "554",
      "550",
      "250",
    ]);
    expect(server.messages.map((message) => message.rcptTo)).toEqual([["ada@o.test"]]);
    for (const [name, code] of [
      ["toolarge-data", "552"],
      ["content-data", "554"],
      ["later-data", "451"],
      ["full-data", "452"],
    ]) {
      expect(codes(await send(client, "a@r.test", [`${name}-x@o.test`], "A: 1\r\n\r\n"))).toEqual([
        "250",
        "250",
        code,
      ]);
    }
    expect(codes(await send(client, "refused-x@r.test", [], ""))).toEqual(["553"]);
    expect(server.messages).toHaveLength(1);
    expect(server.refusals.filter(({ stage }) => stage === "data").map(({ reply }) => reply.code)).toEqual([
      552, 554, 451, 452,
    ]);
  });

  test("stores and loses the answer; 421 ends the connection", async () => {
    const server = await office();
    const client = await dial(server);
    await say(client, "EHLO gateway.test");
    await expect(send(client, "a@r.test", ["lost-data-x@o.test"], "A: 1\r\n\r\n")).rejects.toThrow(
      "connection ended",
    );
    expect(server.messages).toMatchObject([{ rcptTo: ["lost-data-x@o.test"], acknowledged: false }]);
    const other = await dial(server);
    await say(other, "EHLO gateway.test");
    expect(codes(await send(other, "a@r.test", ["closed-x@o.test"], ""))).toEqual(["250", "421"]);
    expect((await other.rest()).length).toBe(0);
  });

  test("a message cut off in the middle was never received", async () => {
    const server = await office();
    const client = await dial(server);
    await say(client, "EHLO gateway.test");
    await say(client, "MAIL FROM:<a@r.test>");
    await say(client, "RCPT TO:<b@o.test>");
    await say(client, "DATA");
    client.write("A: 1\r\n\r\nhalf of");
    client.close();
    await dial(server);
    expect(server.messages).toEqual([]);
  });

  test("SIZE is announced and enforced at MAIL and at the end", async () => {
    const server = await office({ sizeLimit: 1_000 });
    const client = await dial(server);
    expect(await say(client, "EHLO gateway.test")).toContain("SIZE 1000");
    expect(await say(client, "MAIL FROM:<a@r.test> SIZE=1001")).toMatch(/^552/);
    expect(
      codes(await send(client, "a@r.test", ["b@o.test"], `A: 1\r\n\r\n${"x".repeat(1_000)}\r\n`)),
    ).toEqual(["250", "250", "552"]);
    expect(server.messages).toEqual([]);
  });

  test("STARTTLS with its own certificate, none without; TLS; login", async () => {
    const plain = await dial(await office());
    expect(await say(plain, "EHLO gateway.test")).not.toContain("STARTTLS");
    expect(await say(plain, "STARTTLS")).toMatch(/^50/);

    const server = await office({ security: "starttls", login: { user: "u", password: "p" } });
    const client = await dial(server);
    expect(await say(client, "EHLO gateway.test")).toContain("STARTTLS");
    expect(await say(client, "MAIL FROM:<a@r.test>")).toMatch(/^530/);
    expect(await say(client, "STARTTLS")).toMatch(/^220/);
    const secured = await client.startTls();
    await say(secured, "EHLO gateway.test");
    const plainLogin = (user: string, password: string): string =>
      `AUTH PLAIN ${Buffer.from(`\0${user}\0${password}`).toString("base64")}`;
    expect(await say(secured, plainLogin("u", "wrong"))).toMatch(/^535/);
    expect(await say(secured, plainLogin("u", "p"))).toMatch(/^235/);
    await send(secured, "a@r.test", ["b@o.test"], "A: 1\r\n\r\n");
    expect(server.messages).toMatchObject([{ secured: true }]);

    await dial(await office({ security: "tls" }), "tls");
  });

  test("stops, refuses, and starts again on the same port with what it had", async () => {
    const server = await office({ keepBytes: false });
    const client = await dial(server);
    await say(client, "EHLO gateway.test");
    await send(client, "a@r.test", ["b@o.test"], "A: 1\r\n\r\n");
    const { port } = server;
    await server.stop();
    expect((await client.rest()).length).toBe(0);
    await expect(openLineClient(port)).rejects.toThrow("ECONNREFUSED");
    await server.start();
    const again = await dial(server);
    await say(again, "EHLO gateway.test");
    const two = server.received(2);
    await send(again, "a@r.test", ["b@o.test"], "A: 2\r\n\r\n");
    await two;
    expect([server.port, server.messages.map((message) => message.bytes)]).toEqual([port, [null, null]]);
  });
});
