import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readlinkSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import type { LineClient } from "../support/line-client.ts";
import { openLineClient, unstuff } from "../support/line-client.ts";
import { firstDifference, normaliseLineEnds } from "../support/line-ends.ts";
import { contentBytes } from "../support/message-content.ts";
import { makeSamples, SAMPLE_USERS } from "../support/sample-messages.ts";
import { describeWith } from "../support/skip.ts";
import type { Dovecot } from "./dovecot.ts";
import { startDovecot } from "./dovecot.ts";
import type { Postfix } from "./postfix.ts";
import { startPostfix } from "./postfix.ts";
import { startSmtpSink } from "./smtp-sink.ts";

const DEADLINE = 60_000;
const samples = makeSamples(60, { seed: "servers" });

async function logIn(client: LineClient, dovecot: Dovecot, user: string): Promise<void> {
  expect(await client.ask(`USER ${user}`)).toMatch(/^\+OK/);
  expect(await client.ask(`PASS ${dovecot.password}`)).toMatch(/^\+OK/);
}

/** The answers to MAIL, each RCPT, and (when one was accepted) the final dot. */
async function send(
  client: LineClient,
  from: string,
  to: readonly string[],
  data: Buffer,
): Promise<string[]> {
  const say = (command: string): Promise<string> => {
    client.write(`${command}\r\n`);
    return client.reply();
  };
  const answers = [await say(`MAIL FROM:<${from}> SIZE=${data.length}`)];
  for (const address of to) answers.push(await say(`RCPT TO:<${address}>`));
  if (!answers.slice(1).some((answer) => answer.startsWith("250"))) {
    await say("RSET");
    return answers;
  }
  expect(await say("DATA")).toMatch(/^354/);
  client.write(Buffer.from(data.toString("latin1").replace(/(^|\r\n)\./g, "$1.."), "latin1"));
  client.write(".\r\n");
  return [...answers, await client.reply()];
}

async function dialPostfix(postfix: Postfix): Promise<LineClient> {
  const client = await openLineClient(postfix.port);
  expect(await client.reply()).toMatch(/^220 /);
  client.write("EHLO gateway.test\r\n");
  expect(await client.reply()).toContain("PIPELINING");
  return client;
}

/** Processes that work in the folder. */
function workingIn(folder: string): string[] {
  return readdirSync("/proc").filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readlinkSync(`/proc/${pid}/cwd`).startsWith(folder);
    } catch {
      // Ended meanwhile.
      return false;
    }
  });
}

describeWith("real-servers", "a real Dovecot", () => {
  let dovecot: Dovecot;
  beforeAll(async () => {
    dovecot = await startDovecot();
  }, DEADLINE);
  afterAll(() => dovecot.close(), DEADLINE);

  test("serves the loaded messages octet by octet, in plaintext, after STLS and over TLS", async () => {
    dovecot.load("catchall", samples);
    const plain = await openLineClient(dovecot.port);
    await plain.line();
    plain.write("CAPA\r\n");
    const capabilities = (await plain.until("\r\n.\r\n")).toString().split("\r\n");
    for (const each of ["UIDL", "TOP", "PIPELINING", "STLS"]) expect(capabilities).toContain(each);
    expect(await plain.ask("STLS")).toMatch(/^\+OK/);
    const secured = await plain.startTls();
    const direct = await openLineClient(dovecot.tlsPort, "tls");
    await direct.line();
    const third = await openLineClient(dovecot.port);
    await third.line();
    for (const client of [secured, direct, third]) {
      await logIn(client, dovecot, "catchall");
      for (const [index, sample] of samples.entries()) {
        expect(await client.ask(`RETR ${index + 1}`)).toMatch(/^\+OK/);
        const body = unstuff(await client.until("\r\n.\r\n"));
        expect(firstDifference(body, contentBytes(sample.content))).toBe(null);
      }
      expect(await client.ask("QUIT")).toMatch(/^\+OK/);
      client.close();
    }
  });

  test("holds linked files in place of what it had", async () => {
    dovecot.load("first", samples.slice(0, 2));
    dovecot.load("linked", samples.slice(2, 5));
    const box = `${dovecot.folder}/mail/first/new`;
    dovecot.link("linked", box, readdirSync(box).sort());
    expect(dovecot.count("linked")).toBe(2);
    const client = await openLineClient(dovecot.port);
    await client.line();
    await logIn(client, dovecot, "linked");
    expect(await client.ask("RETR 2")).toMatch(/^\+OK/);
    const body = unstuff(await client.until("\r\n.\r\n"));
    expect(firstDifference(body, contentBytes(samples[1]?.content ?? Buffer.alloc(0)))).toBe(null);
    client.write("DELE 1\r\nDELE 2\r\nQUIT\r\n");
    await client.rest();
    client.close();
    // What is deleted here is still there.
    expect([dovecot.count("linked"), dovecot.count("first")]).toEqual([0, 2]);
    dovecot.link("first", "", []);
    expect(dovecot.count("first")).toBe(0);
  });

  test("turns bare LF into CRLF and leaves all other octets alone", async () => {
    const odd = Buffer.from("A: 1\r\nB: 2\n\nnul \0 cr \r. 8bit \xff\n.\ndot\n", "latin1");
    dovecot.load("odd", [{ content: odd }]);
    const client = await openLineClient(dovecot.port);
    await client.line();
    await logIn(client, dovecot, "odd");
    await client.ask("RETR 1");
    expect(unstuff(await client.until("\r\n.\r\n")).toString("latin1")).toBe(
      "A: 1\r\nB: 2\r\n\r\nnul \0 cr \r. 8bit \xff\r\n.\r\ndot\r\n",
    );
    client.close();
  });

  test(
    "deletes at QUIT only, refuses a wrong password, survives a restart",
    async () => {
      dovecot.load("few", samples.slice(0, 3));
      const lost = await openLineClient(dovecot.port);
      await lost.line();
      await logIn(lost, dovecot, "few");
      await lost.ask("DELE 1");
      lost.close();
      await dovecot.stop();
      await expect(openLineClient(dovecot.port)).rejects.toThrow("ECONNREFUSED");
      await dovecot.start();
      expect(dovecot.count("few")).toBe(3);
      const client = await openLineClient(dovecot.port);
      await client.line();
      await logIn(client, dovecot, "few");
      client.write("DELE 2\r\nQUIT\r\n");
      await client.rest();
      client.close();
      expect(dovecot.count("few")).toBe(2);
      const wrong = await openLineClient(dovecot.port);
      await wrong.line();
      await wrong.ask("USER few");
      expect(await wrong.ask("PASS nonsense")).toMatch(/^-ERR \[AUTH\]/);
      wrong.close();
    },
    DEADLINE,
  );
});

describeWith("real-servers", "a real Postfix", () => {
  let postfix: Postfix;
  beforeAll(async () => {
    postfix = await startPostfix({ users: SAMPLE_USERS, sizeLimit: 20_000_000 });
  }, DEADLINE);
  afterAll(() => postfix.close(), DEADLINE);

  test(
    "stores what it was sent, octet by octet, one copy for each recipient",
    async () => {
      const client = await dialPostfix(postfix);
      const expected: { recipient: string; sender: string; bytes: Buffer }[] = [];
      for (const sample of samples) {
        const bytes = contentBytes(sample.content);
        const answers = await send(client, sample.sender, sample.recipients, bytes);
        expect(answers.every((answer) => answer.startsWith("250"))).toBe(true);
        for (const recipient of sample.recipients) expected.push({ recipient, sender: sample.sender, bytes });
      }
      client.close();
      await postfix.untilDelivered(expected.length);
      const key = (copy: { recipient: string; bytes: Buffer }): string =>
        `${copy.recipient} ${/X-Sample: (\S+)/.exec(copy.bytes.toString("latin1"))?.[1]}`;
      const delivered = new Map(postfix.delivered().map((copy) => [key(copy), copy]));
      expect(delivered.size).toBe(expected.length);
      for (const want of expected) {
        const copy = delivered.get(key(want));
        expect(copy?.sender).toBe(want.sender);
        expect(firstDifference(copy?.bytes ?? Buffer.alloc(0), normaliseLineEnds(want.bytes))).toBe(null);
      }
    },
    DEADLINE,
  );

  test(
    "refuses, defers, limits the size, and stops and starts on its port",
    async () => {
      const client = await dialPostfix(postfix);
      const mail = Buffer.from("From: a@remote.test\r\n\r\nhello\r\n");
      const to = ["nobody", "defer-x", "full-x", "denied-x"].map((local) => `${local}@office.test`);
      expect((await send(client, "a@remote.test", to, mail)).map((answer) => answer.slice(0, 9))).toEqual([
        "250 2.1.0",
        "550 5.1.1",
        "450 4.2.1",
        "452 4.2.2",
        "554 5.7.1",
      ]);
      client.write("MAIL FROM:<a@remote.test> SIZE=20000001\r\n");
      expect(await client.reply()).toMatch(/^552 5\.3\.4/);
      const before = postfix.deliveredCount();
      await postfix.stop();
      expect((await client.rest()).toString()).toMatch(/^(?:421 .*)?\s*$/);
      await expect(openLineClient(postfix.port)).rejects.toThrow("ECONNREFUSED");
      await postfix.start();
      await postfix.setMode("defer-all");
      const deferred = await dialPostfix(postfix);
      expect((await send(deferred, "a@remote.test", ["ada@office.test"], mail))[1]).toMatch(/^450 /);
      deferred.close();
      await postfix.setMode("normal");
      const again = await dialPostfix(postfix);
      expect((await send(again, "a@remote.test", ["ada@office.test"], mail))[2]).toMatch(/^250 /);
      again.close();
      await postfix.untilDelivered(before + 1);
    },
    DEADLINE,
  );
});

describeWith("bench", "smtp-sink", () => {
  test(
    "counts what it has answered with 250",
    async () => {
      const sink = await startSmtpSink();
      expect(sink.count()).toBe(0);
      const client = await openLineClient(sink.port);
      await client.reply();
      client.write("EHLO gateway.test\r\n");
      await client.reply();
      const mail = Buffer.from("From: a@remote.test\r\n\r\nhello\r\n");
      for (const count of [1, 2]) {
        const answers = await send(client, "a@remote.test", ["ada@office.test"], mail);
        expect(answers.map((answer) => answer.slice(0, 3))).toEqual(["250", "250", "250"]);
        expect(sink.count()).toBe(count);
      }
      client.close();
      await sink.close();
      await expect(openLineClient(sink.port)).rejects.toThrow("ECONNREFUSED");
    },
    DEADLINE,
  );
});

describeWith("real-servers", "a test process that dies", () => {
  test(
    "takes its servers with it",
    async () => {
      const start = (name: string, call: string): string =>
        `import { ${name} } from "./test/servers/${name.slice(5).toLowerCase()}.ts"; console.log((await ${call}).folder);`;
      const script = `${start("startDovecot", "startDovecot()")}${start("startPostfix", 'startPostfix({ users: ["ada"] })')}process.kill(process.pid, "SIGKILL");`;
      const root = fileURLToPath(new URL("../../", import.meta.url));
      const { stdout, signal } = spawnSync(
        process.execPath,
        ["--input-type=module-typescript", "-e", script],
        {
          cwd: root,
          encoding: "utf8",
        },
      );
      expect(signal).toBe("SIGKILL");
      const folders = stdout.trim().split("\n");
      expect(folders).toHaveLength(2);
      onTestFinished(() => {
        for (const folder of folders) rmSync(folder, { recursive: true, force: true });
      });
      await expect.poll(() => folders.flatMap(workingIn), { timeout: 20_000, interval: 50 }).toEqual([]);
    },
    DEADLINE,
  );
});

describeWith("real-servers", "several at once, and none left behind", () => {
  test(
    "two of each run side by side; after close nothing of them runs",
    async () => {
      const started = await Promise.all([
        startDovecot(),
        startDovecot(),
        startPostfix({ users: ["ada"] }),
        startPostfix({ users: ["ben"], domain: "other.test" }),
      ]);
      const [, , first, second] = started;
      const mail = Buffer.from("From: a@remote.test\r\n\r\nhello\r\n");
      const one = await dialPostfix(first);
      const two = await dialPostfix(second);
      expect(
        (await send(one, "", ["ada@office.test", "ben@office.test"], mail)).map((answer) =>
          answer.slice(0, 3),
        ),
      ).toEqual(["250", "250", "550", "250"]);
      expect((await send(two, "", ["ben@other.test"], mail)).map((answer) => answer.slice(0, 3))).toEqual([
        "250",
        "250",
        "250",
      ]);
      await first.untilDelivered(1);
      await second.untilDelivered(1);
      expect(first.delivered()).toEqual([{ recipient: "ada@office.test", sender: "", bytes: mail }]);
      one.close();
      two.close();
      for (const { folder } of started) expect(workingIn(folder).length).toBeGreaterThan(1);
      await Promise.all(started.map((server) => server.close()));
      for (const { folder } of started) expect([workingIn(folder), existsSync(folder)]).toEqual([[], false]);
    },
    DEADLINE,
  );
});
