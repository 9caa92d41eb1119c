import { once } from "node:events";
import { createServer } from "node:net";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { Pop3Client, type Pop3ClientOptions } from "../../core/collect/pop3-client.ts";
import { Pop3Error } from "../../core/collect/pop3-problem.ts";
import type { TranscriptLine } from "../../core/model/transcript-entry.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { MemorySink } from "../support/memory-sink.ts";
import { createRandom } from "../support/random.ts";
import {
  bodyAnswer,
  FIN,
  type Part,
  RST,
  type Script,
  STALL,
  startScriptedPop3Server,
  stuffDots,
} from "../support/scripted-pop3-server.ts";
import { makeTestCertificate } from "../support/test-certificate.ts";

const certificate = makeTestCertificate();
const CAPABLE = ["TOP", "UIDL", "PIPELINING"];

interface Opened {
  readonly client: Pop3Client;
  readonly clock: FakeClock;
  readonly lines: TranscriptLine[];
  readonly server: Awaited<ReturnType<typeof startScriptedPop3Server>>;
}

const unhandled: unknown[] = [];
const onUnhandled = (error: unknown): void => void unhandled.push(error);
beforeEach(() => {
  unhandled.length = 0;
  process.on("unhandledRejection", onUnhandled);
  process.on("uncaughtException", onUnhandled);
});
afterEach(async () => {
  await new Promise((resolve) => setImmediate(resolve));
  process.off("unhandledRejection", onUnhandled);
  process.off("uncaughtException", onUnhandled);
  expect(unhandled).toEqual([]);
});

function clientOptions(
  port: number,
  options: Partial<Pop3ClientOptions> = {},
): Pop3ClientOptions & { clock: FakeClock } {
  return {
    accountId: "main",
    host: "127.0.0.1",
    port,
    security: "none",
    timeoutSeconds: 60,
    acceptedCertificate: null,
    ...options,
    clock: (options.clock as FakeClock | undefined) ?? new FakeClock(),
  };
}

async function open(script: Script, options: Partial<Pop3ClientOptions> = {}): Promise<Opened> {
  const server = await startScriptedPop3Server(script);
  const lines: TranscriptLine[] = [];
  const all = clientOptions(server.port, { tap: (line) => void lines.push(line), ...options });
  const client = await Pop3Client.open(all);
  onTestFinished(() => client.close());
  return { client, clock: all.clock, lines, server };
}

/** The rejection as a whole value. */
async function failure(promise: Promise<unknown>): Promise<Record<string, unknown>> {
  try {
    await promise;
  } catch (error) {
    if (!(error instanceof Pop3Error)) throw error;
    const { code, quote } = error.problem;
    return {
      code,
      quote,
      trouble: error.trouble,
      lost: error.connectionLost,
      responseCode: error.responseCode,
    };
  }
  throw new Error("it did not reject");
}

const retr = (...parts: Part[]): Script => ({
  answer: ({ name }) => (name === "RETR" ? parts : undefined),
});

async function retrieved(script: Script): Promise<string> {
  const { client } = await open(script);
  const sink = new MemorySink();
  await client.retrieve(1, () => sink);
  return sink.text;
}

/** Lets the sockets have their turn. */
const turns = async (count = 20): Promise<void> => {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

describe("what node-pop3's own reader gets wrong", () => {
  test.each<[string, Part[], string]>([
    ["8-bit octets", ["+OK\r\n\xe9\xff\x80\r\n.\r\n"], "\xe9\xff\x80\r\n"],
    ["stuffed dots", ["+OK\r\na\r\n..dot\r\n...\r\n.\r\n"], "a\r\n.dot\r\n..\r\n"],
    ["terminator with the last data", ["+OK\r\nabc\r\n.\r\n"], "abc\r\n"],
    ["terminator alone", ["+OK\r\nabc\r\n", turns(), ".\r\n"], "abc\r\n"],
    ["terminator cut before its LF", ["+OK\r\nabc\r\n.\r", turns(), "\n"], "abc\r\n"],
    ["terminator cut inside the line end", ["+OK\r\nabc\r", turns(), "\n.\r\n"], "abc\r\n"],
    [
      "a piece that is .CRLF",
      ["+OK\r\nThe end", turns(), ".\r\n", turns(), "REST\r\n.\r\n"],
      "The end.\r\nREST\r\n",
    ],
    [
      "a piece that is a dot",
      ["+OK\r\na\r\n", turns(), ".", turns(), ".stuffed\r\nREST\r\n.\r\n"],
      "a\r\n.stuffed\r\nREST\r\n",
    ],
    ["status line in two pieces", ["+OK 12", turns(), "0 octets\r\nabc\r\n.\r\n"], "abc\r\n"],
    ["an empty message", ["+OK\r\n.\r\n"], ""],
    ["status line with a bare LF", ["+OK\nabc\r\n.\r\n"], "abc\r\n"],
    ["status in small letters", ["+ok fine\r\nabc\r\n.\r\n"], "abc\r\n"],
  ])("%s", async (_name, parts, content) => {
    expect(await retrieved(retr(...parts))).toBe(content);
  });

  test("every cut of an answer in two", async () => {
    const content = Buffer.from("..a\r\n.\r\r\n\r\n.b.\r\n\xff\x00\r\n", "latin1");
    const wire = bodyAnswer(content);
    const cuts = [...wire.keys()];
    const { client } = await open({
      capabilities: CAPABLE,
      answer: ({ name, argument }) => {
        if (name !== "RETR") return undefined;
        const cut = Number(argument) - 1;
        return [wire.subarray(0, cut), turns(2), wire.subarray(cut)];
      },
    });
    await client.capa();
    const sinks = await Promise.all(
      cuts.map(async (cut) => {
        const sink = new MemorySink();
        await client.retrieve(cut + 1, () => sink);
        return sink.text;
      }),
    );
    expect(sinks).toEqual(cuts.map(() => content.toString("latin1")));
  });

  test("two commands at once get their own answers", async () => {
    const { client } = await open({
      answer: ({ name }) => (name === "STAT" ? [turns(), "+OK 2 320\r\n"] : undefined),
    });
    const [status, uids] = await Promise.all([client.stat(), client.uidl()]);
    expect([status, uids?.entries.size]).toEqual([{ messages: 2, octets: 320 }, 0]);
  });
});

describe("an end in the middle is a rejection", () => {
  const lost = {
    code: "pop3-connection-lost",
    quote: undefined,
    trouble: "connect",
    lost: true,
    responseCode: null,
  };
  test.each<[string, Part[], Record<string, unknown>]>([
    ["FIN in the body", ["+OK\r\npartial\r\n", FIN], lost],
    ["FIN with a dot held back", ["+OK\r\npartial\r\n.\r", FIN], lost],
    ["FIN in the status line", ["+OK 12", FIN], lost],
    ["FIN instead of an answer", [FIN], lost],
    ["RST in the body", ["+OK\r\npartial\r\n", turns(), RST], { ...lost, quote: "read ECONNRESET" }],
    ["RST instead of an answer", [RST], { ...lost, quote: "read ECONNRESET" }],
    [
      "an answer that is none",
      ["250 hello\r\n"],
      { code: "pop3-protocol", quote: "250 hello", trouble: "protocol", lost: true, responseCode: null },
    ],
    [
      "a challenge nobody asked for",
      ["+ eyJ9\r\n"],
      { code: "pop3-protocol", quote: "+ eyJ9", trouble: "protocol", lost: true, responseCode: null },
    ],
    [
      "a line without end",
      ["+OK ".padEnd(9_000, "x")],
      {
        code: "pop3-protocol",
        quote: "+OK ".padEnd(200, "x"),
        trouble: "protocol",
        lost: true,
        responseCode: null,
      },
    ],
    [
      "a long line",
      [`${"+OK ".padEnd(9_000, "x")}\r\n.\r\n`],
      {
        code: "pop3-protocol",
        quote: "+OK ".padEnd(200, "x"),
        trouble: "protocol",
        lost: true,
        responseCode: null,
      },
    ],
  ])("%s", async (_name, parts, expected) => {
    const { client, clock, server } = await open(retr(...parts));
    expect(await failure(client.retrieve(1, () => new MemorySink()))).toEqual(expected);
    expect(await failure(client.noop())).toEqual(expected);
    await until(() => server.open() === 0);
    expect(clock.pending).toBe(0);
  });

  test("-ERR fails its command only, and keeps its response code", async () => {
    const { client } = await open(retr("-ERR [SYS/TEMP] later\r\n"));
    expect(await failure(client.retrieve(1, () => new MemorySink()))).toEqual({
      code: "pop3-command-refused",
      quote: "[SYS/TEMP] later",
      trouble: "busy",
      lost: false,
      responseCode: "SYS/TEMP",
    });
    await client.noop();
  });

  test("octets that nobody asked for end the connection, with their words", async () => {
    const { client } = await open({
      answer: ({ name }) => (name === "NOOP" ? ["+OK\r\n-ERR idle too long\r\n"] : undefined),
    });
    await client.noop();
    expect(await failure(client.noop())).toEqual({
      code: "pop3-protocol",
      quote: "-ERR idle too long",
      trouble: "protocol",
      lost: true,
      responseCode: null,
    });
  });

  test("of pipelined commands only the one being answered is to blame", async () => {
    const { client } = await open({
      capabilities: CAPABLE,
      answer: ({ line }) =>
        line === "RETR 2"
          ? ["+OK\r\npart", FIN]
          : line === "RETR 1"
            ? [bodyAnswer(Buffer.from("one\r\n"))]
            : undefined,
    });
    await client.capa();
    const results = await Promise.allSettled(
      [1, 2, 3].map((number) => client.retrieve(number, () => new MemorySink())),
    );
    expect(
      results.map((result) =>
        result.status === "fulfilled" ? result.value : result.reason.constructor.name,
      ),
    ).toEqual([5, "Pop3Error", "Pop3NotAnswered"]);
  });
});

describe("time", () => {
  test.each<[string, Part[], string]>([
    ["before the status line", [STALL], "the answer to RETR 1"],
    ["in the status line", ["+OK 12", STALL], "the answer to RETR 1"],
    ["in the body", ["+OK\r\npartial\r\n", STALL], "the rest of the answer to RETR 1"],
    [
      "with no line end in front of the last dot",
      ["+OK\r\nThe end.\r\n", STALL],
      "the rest of the answer to RETR 1",
    ],
  ])("silence %s ends after the account's time-out", async (_name, parts, awaited) => {
    const { client, clock, lines } = await open(retr(...parts));
    const result = failure(client.retrieve(1, () => new MemorySink()));
    await turns();
    await clock.advance(59_999);
    expect(client.failure).toBe(null);
    await clock.advance(1);
    expect(await result).toEqual({
      code: "pop3-time-out",
      quote: undefined,
      trouble: "timeout",
      lost: true,
      responseCode: null,
    });
    expect(lines.at(-1)?.text).toBe(
      `The POP3 server 127.0.0.1 (port ${client.place.port}) of account "main" sent nothing for 60 seconds while ${awaited} was awaited.`,
    );
    expect(clock.pending).toBe(0);
  });

  test("our own slowness is not the server's", async () => {
    let release = (): void => {};
    const { client, clock } = await open({ messages: [{ uid: "a", content: Buffer.from("a\r\n") }] });
    const pause = (): Promise<void> => new Promise((resolve) => (release = resolve));
    const sink = new MemorySink(pause);
    const done = client.retrieve(1, () => sink);
    await until(() => sink.chunks.length > 0);
    await clock.advance(3_600_000);
    release();
    expect(await done).toBe(3);
  });

  test.each<[string, Script, "none" | "starttls" | "tls", string]>([
    ["the greeting", { greeting: [STALL] }, "none", "it did not send its greeting"],
    ["half a greeting", { greeting: ["+O", STALL] }, "none", "it did not send its greeting"],
    ["TLS", { greeting: [STALL] }, "tls", "the encryption (TLS) was not set up"],
    ["STLS", { answer: () => [STALL] }, "starttls", "the encryption (STLS) was not set up"],
    [
      "the handshake after STLS",
      { answer: () => ["+OK\r\n", STALL] },
      "starttls",
      "the encryption (STLS) was not set up",
    ],
  ])("one deadline spans the opening: %s", async (_name, script, security, phase) => {
    const server = await startScriptedPop3Server(script);
    const options = clientOptions(server.port, { security, timeoutSeconds: 30 });
    const result = Pop3Client.open(options).catch((error: unknown) => error);
    await until(() => server.sessions() === 1);
    await turns(60);
    await options.clock.advance(29_999);
    expect(options.clock.pending).toBe(1);
    await options.clock.advance(1);
    expect(await result).toMatchObject({
      trouble: "timeout",
      problem: {
        code: "pop3-time-out",
        what: `Connecting to the POP3 server 127.0.0.1 (port ${server.port}) of account "main" was not done within 30 seconds: ${phase}.`,
      },
    });
    await until(() => server.open() === 0);
    expect(options.clock.pending).toBe(0);
  });

  test("the signal ends the opening", async () => {
    const server = await startScriptedPop3Server({ greeting: [STALL] });
    const controller = new AbortController();
    const result = failure(Pop3Client.open(clientOptions(server.port, { signal: controller.signal })));
    await until(() => server.sessions() === 1);
    controller.abort();
    expect(await result).toMatchObject({ code: "pop3-connection-closed" });
    expect(
      await failure(Pop3Client.open(clientOptions(server.port, { signal: controller.signal }))),
    ).toMatchObject({
      code: "pop3-connection-closed",
    });
    await until(() => server.open() === 0);
  });
});

describe("connecting", () => {
  test.each<[string, Part[], Record<string, unknown>]>([
    [
      "-ERR",
      ["-ERR go away\r\n"],
      { code: "pop3-greeting-refused", quote: "go away", trouble: "connect", responseCode: null },
    ],
    [
      "-ERR [SYS/TEMP]",
      ["-ERR [SYS/TEMP] busy\r\n"],
      { code: "pop3-greeting-refused", quote: "[SYS/TEMP] busy", trouble: "busy", responseCode: "SYS/TEMP" },
    ],
    [
      "another protocol",
      ["220 smtp.test ESMTP\r\n"],
      { code: "pop3-protocol", quote: "220 smtp.test ESMTP", trouble: "protocol", responseCode: null },
    ],
    [
      "FIN",
      [FIN],
      { code: "pop3-connection-lost", quote: undefined, trouble: "connect", responseCode: null },
    ],
    [
      "RST",
      [RST],
      {
        code: "pop3-connection-lost",
        quote: expect.stringContaining("ECONNRESET"),
        trouble: "connect",
        responseCode: null,
      },
    ],
  ])("greeting: %s", async (_name, greeting, expected) => {
    const server = await startScriptedPop3Server({ greeting });
    const options = clientOptions(server.port);
    expect(await failure(Pop3Client.open(options))).toEqual({ ...expected, lost: true });
    await until(() => server.open() === 0);
    expect(options.clock.pending).toBe(0);
  });

  test("greeting in pieces", async () => {
    const { client } = await open({
      greeting: ["+", turns(), "OK hi <1.2@", turns(), "x>\r", turns(), "\n"],
    });
    expect(client.greeting).toBe("hi <1.2@x>");
  });

  test("refused port", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    await new Promise((resolve) => server.close(resolve));
    expect(await failure(Pop3Client.open(clientOptions(port)))).toEqual({
      code: "pop3-connection-refused",
      quote: `connect ECONNREFUSED 127.0.0.1:${port}`,
      trouble: "connect",
      lost: true,
      responseCode: null,
    });
  });

  test("unknown host", async () => {
    const result = await failure(Pop3Client.open(clientOptions(110, { host: "no-such-host.invalid" })));
    // Without any name server the look-up itself fails.
    expect(["pop3-host-unknown", "pop3-name-look-up-failed"]).toContain(result["code"]);
    expect(result["trouble"]).toBe("connect");
  });
});

describe("encryption", () => {
  test("STLS, then login; nothing secret before", async () => {
    const { client, server } = await open(
      { certificate },
      { security: "starttls", acceptedCertificate: certificate.fingerprint },
    );
    await client.login("user", "secret");
    expect([client.encrypted, server.commands]).toEqual([true, ["STLS", "USER user", "PASS secret"]]);
    await client.quit();
    await until(() => server.open() === 0);
  });

  test("TLS from the first octet, the fingerprint written with colons", async () => {
    const colons = certificate.fingerprint.toUpperCase().replace(/(..)(?=.)/g, "$1:");
    const { client } = await open(
      { certificate, tls: "implicit" },
      { security: "tls", acceptedCertificate: colons },
    );
    expect([client.encrypted, await client.stat()]).toEqual([true, { messages: 0, octets: 0 }]);
  });

  test("a certificate that verifies needs no pin", async () => {
    const before = getCACertificates("default");
    setDefaultCACertificates([...before, certificate.cert]);
    onTestFinished(() => setDefaultCACertificates(before));
    const byAddress = await open({ certificate, tls: "implicit" }, { security: "tls" });
    const byName = await open({ certificate }, { security: "starttls", host: "localhost" });
    expect([byAddress.client.encrypted, byName.client.encrypted]).toEqual([true, true]);
  });

  test("one that verifies for another name does not", async () => {
    const other = makeTestCertificate({ names: ["mail.elsewhere.test"] });
    const before = getCACertificates("default");
    setDefaultCACertificates([...before, other.cert]);
    onTestFinished(() => setDefaultCACertificates(before));
    const server = await startScriptedPop3Server({ certificate: other, tls: "implicit" });
    expect(await failure(Pop3Client.open(clientOptions(server.port, { security: "tls" })))).toMatchObject({
      code: "pop3-certificate-untrusted",
      quote: "ERR_TLS_CERT_ALTNAME_INVALID",
    });
  });

  test.each(["starttls", "tls"] as const)("an untrusted certificate is named, %s", async (security) => {
    const server = await startScriptedPop3Server({
      certificate,
      tls: security === "tls" ? "implicit" : "stls",
    });
    const wrongPin = await Pop3Client.open(
      clientOptions(server.port, { security, acceptedCertificate: "0".repeat(64) }),
    ).catch((error: unknown) => error);
    const noPin = await Pop3Client.open(clientOptions(server.port, { security })).catch(
      (error: unknown) => error,
    );
    const where = `of the POP3 server 127.0.0.1 (port ${server.port}) of account "main"`;
    expect([noPin, wrongPin].map((error) => (error as Pop3Error).problem)).toEqual([
      {
        code: "pop3-certificate-untrusted",
        what: `The certificate ${where} is not trusted; its SHA-256 fingerprint is ${certificate.fingerprint}.`,
        cure: 'Ask your provider whether this is its certificate; if it is, accept it with Test on the page POP3, or set "acceptedCertificate" of the account to this fingerprint.',
        quote: "DEPTH_ZERO_SELF_SIGNED_CERT",
      },
      {
        code: "pop3-certificate-untrusted",
        what: `The certificate ${where} is not trusted; it is not the certificate that was accepted before; its SHA-256 fingerprint is ${certificate.fingerprint}.`,
        cure: 'Ask your provider whether this is its certificate; if it is, accept it with Test on the page POP3, or set "acceptedCertificate" of the account to this fingerprint.',
        quote: "DEPTH_ZERO_SELF_SIGNED_CERT",
      },
    ]);
    expect(server.commands.filter((line) => line !== "STLS")).toEqual([]);
    await until(() => server.open() === 0);
  });

  test("an expired certificate", async () => {
    const expired = makeTestCertificate({
      notBefore: new Date("2020-01-01"),
      notAfter: new Date("2021-01-01"),
    });
    const server = await startScriptedPop3Server({ certificate: expired, tls: "implicit" });
    const before = getCACertificates("default");
    setDefaultCACertificates([...before, expired.cert]);
    onTestFinished(() => setDefaultCACertificates(before));
    expect(await failure(Pop3Client.open(clientOptions(server.port, { security: "tls" })))).toMatchObject({
      code: "pop3-certificate-untrusted",
      quote: "CERT_HAS_EXPIRED",
    });
  });

  test("STLS not offered: nothing secret is sent", async () => {
    const server = await startScriptedPop3Server();
    expect(await failure(Pop3Client.open(clientOptions(server.port, { security: "starttls" })))).toEqual({
      code: "pop3-starttls-not-offered",
      quote: "what?",
      trouble: "tls",
      lost: true,
      responseCode: null,
    });
    expect(server.commands).toEqual(["STLS"]);
    await until(() => server.open() === 0);
  });

  test("octets behind the answer to STLS", async () => {
    const server = await startScriptedPop3Server({ answer: () => ["+OK begin\r\n+OK injected\r\n"] });
    expect(
      await failure(Pop3Client.open(clientOptions(server.port, { security: "starttls" }))),
    ).toMatchObject({
      code: "pop3-starttls-injection",
      trouble: "tls",
    });
    await until(() => server.open() === 0);
  });

  test.each<[string, Script, "starttls" | "tls", string]>([
    ["TLS spoken to a port without", {}, "tls", "pop3-tls-failed"],
    [
      "the handshake answered with nonsense",
      { answer: () => ["+OK\r\n", turns(), "nonsense\r\n"] },
      "starttls",
      "pop3-tls-failed",
    ],
    [
      "the handshake answered with FIN",
      { answer: () => ["+OK\r\n", turns(), FIN] },
      "starttls",
      "pop3-tls-failed",
    ],
    [
      "the handshake answered with RST",
      { answer: () => ["+OK\r\n", turns(), RST] },
      "starttls",
      "pop3-tls-failed",
    ],
  ])("%s", async (_name, script, security, code) => {
    const server = await startScriptedPop3Server(script);
    const options = clientOptions(server.port, { security });
    expect(await failure(Pop3Client.open(options))).toMatchObject({ code, trouble: "tls" });
    await until(() => server.open() === 0);
    expect(options.clock.pending).toBe(0);
  });

  test.each<[string, typeof FIN | typeof RST]>([
    ["FIN", FIN],
    ["RST", RST],
  ])("%s in a body under TLS", async (_name, end) => {
    const script: Script = { certificate, tls: "implicit", ...retr("+OK\r\npart", turns(), end) };
    const { client, server } = await open(script, {
      security: "tls",
      acceptedCertificate: certificate.fingerprint,
    });
    expect(await failure(client.retrieve(1, () => new MemorySink()))).toMatchObject({
      code: "pop3-connection-lost",
    });
    await until(() => server.open() === 0);
  });
});

describe("login", () => {
  const answering = (answers: Record<string, string>, greeting = "+OK <1.2@x>\r\n"): Script => ({
    greeting: [greeting],
    answer: ({ name }) => (answers[name] === undefined ? undefined : [answers[name]]),
  });
  test.each<[string, string, Record<string, unknown>]>([
    [
      "a wrong password",
      "-ERR [AUTH] no\r\n",
      { code: "pop3-login-refused", trouble: "login", responseCode: "AUTH" },
    ],
    [
      "without a code",
      "-ERR Authentication failed, try again later\r\n",
      { code: "pop3-login-refused", trouble: "login", responseCode: null },
    ],
    [
      "a mailbox in use",
      "-ERR [IN-USE] locked\r\n",
      { code: "pop3-mailbox-busy", trouble: "busy", responseCode: "IN-USE" },
    ],
    [
      "too early",
      "-ERR [LOGIN-DELAY] wait\r\n",
      { code: "pop3-mailbox-busy", trouble: "busy", responseCode: "LOGIN-DELAY" },
    ],
    [
      "temporary trouble",
      "-ERR [SYS/TEMP] disk\r\n",
      { code: "pop3-mailbox-busy", trouble: "busy", responseCode: "SYS/TEMP" },
    ],
    [
      "lasting trouble",
      "-ERR [SYS/PERM] gone\r\n",
      { code: "pop3-mailbox-broken", trouble: "protocol", responseCode: "SYS/PERM" },
    ],
    [
      "a locked mailbox, in words",
      "-ERR maildrop already locked\r\n",
      { code: "pop3-mailbox-busy", trouble: "busy", responseCode: null },
    ],
    [
      "a locked account",
      "-ERR account temporarily locked\r\n",
      { code: "pop3-login-refused", trouble: "login", responseCode: null },
    ],
  ])("%s", async (_name, answer, expected) => {
    const { client, server } = await open(answering({ PASS: answer }));
    expect(await failure(client.login("user", "secret"))).toMatchObject(expected);
    expect(server.commands).toEqual(["USER user", "PASS secret"]);
  });

  test("APOP where it is asked for (RFC 1939 7's example)", async () => {
    const { client, server } = await open({ greeting: ["+OK ready <1896.697170952@dbc.mtview.ca.us>\r\n"] });
    await client.login("mrose", "tanstaaf", "apop");
    expect(server.commands).toEqual(["APOP mrose c4c9334bac560ecc979e58001b3e22fb"]);
  });

  test("APOP where USER is refused; never after a refused password", async () => {
    const first = await open(answering({ USER: "-ERR not here\r\n" }));
    await first.client.login("user", "secret");
    expect(first.server.commands.map((line) => line.split(" ")[0])).toEqual(["USER", "APOP"]);
    const second = await open(answering({ USER: "-ERR not here\r\n" }, "+OK no stamp\r\n"));
    expect(await failure(second.client.login("user", "secret"))).toMatchObject({
      code: "pop3-login-refused",
    });
    expect(second.server.commands).toEqual(["USER user"]);
    expect(await failure(second.client.login("user", "secret", "apop"))).toMatchObject({
      code: "pop3-apop-not-offered",
    });
  });

  test.each(["a\r\nDELE 1", "a\nb", "a\rb", "a\0b"])("a line end in %j is never sent", async (text) => {
    const { client, server } = await open({});
    expect([
      await failure(client.login(text, "secret")),
      await failure(client.login("user", text)),
    ]).toMatchObject([
      { code: "pop3-bad-argument", trouble: "login" },
      { code: "pop3-bad-argument", trouble: "login" },
    ]);
    expect(server.commands).toEqual(["USER user"]);
  });
});

describe("commands", () => {
  const messages = [
    { uid: "a", content: Buffer.from("Subject: a\r\n\r\n.body\r\n") },
    { uid: "b", content: Buffer.from("Subject: b\r\n\r\nbodies\r\n") },
  ];

  test("a whole conversation, as the detail window shows it", async () => {
    const { client, lines, server } = await open({
      messages,
      capabilities: CAPABLE,
      greeting: ["+OK \x1b[31mhi secret\r\n"],
    });
    await client.capa();
    await client.login("user", "secret");
    const sink = new MemorySink();
    const header = new MemorySink();
    const results = await Promise.all([
      client.stat(),
      client.uidl().then((listing) => [...(listing?.entries ?? [])]),
      client.list().then((listing) => [...(listing?.entries ?? [])]),
      client.top(2, 0, () => header),
      client.retrieve(1, () => sink),
      client.dele(1),
      client.rset(),
      client.dele(2),
      client.noop(),
    ]);
    await client.quit();
    expect(results).toEqual([
      { messages: 2, octets: 43 },
      [
        [1, "a"],
        [2, "b"],
      ],
      [
        [1, 21],
        [2, 22],
      ],
      14,
      21,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect([sink.text, header.text]).toEqual(["Subject: a\r\n\r\n.body\r\n", "Subject: b\r\n\r\n"]);
    expect(server.remaining().map(({ uid }) => uid)).toEqual(["a"]);
    const { session } = client;
    expect(
      lines.every((line) => line.session === session && line.protocol === "pop3" && line.peer === "main"),
    ).toBe(true);
    expect(lines.map(({ direction, text }) => `${direction}: ${text}`)).toEqual([
      `note: connecting to 127.0.0.1 port ${server.port}`,
      `note: connected to 127.0.0.1 port ${server.port}`,
      "server: +OK \\x1b[31mhi secret",
      "client: CAPA",
      "server: +OK",
      "server: TOP",
      "server: UIDL",
      "server: PIPELINING",
      "client: USER user",
      "server: +OK",
      "client: PASS •••",
      "server: +OK",
      "client: STAT",
      "client: UIDL",
      "client: LIST",
      "client: TOP 2 0",
      "client: RETR 1",
      "client: DELE 1",
      "client: RSET",
      "client: DELE 2",
      "client: NOOP",
      "server: +OK 2 43",
      "server: +OK",
      "server: (2 lines, 10 octets)",
      "server: +OK",
      "server: (2 lines, 12 octets)",
      "server: +OK message follows",
      "server: (14 octets)",
      "server: +OK message follows",
      "server: (21 octets)",
      "server: +OK deleted",
      "server: +OK",
      "server: +OK deleted",
      "server: +OK",
      "client: QUIT",
      "server: +OK",
      `note: The connection to the POP3 server 127.0.0.1 (port ${server.port}) of account "main" has been closed.`,
    ]);
  });

  test("a server that repeats the password: masked in the transcript and in the quote", async () => {
    const { client, lines } = await open({
      answer: ({ name }) => (name === "PASS" ? ["-ERR no: hunter22\r\n"] : undefined),
    });
    expect(await failure(client.login("user", "hunter22"))).toMatchObject({ quote: "no: •••" });
    const digest = await open({ greeting: ["+OK <1.2@x>\r\n"] });
    await digest.client.login("user", "hunter22", "apop");
    const shown = [...lines, ...digest.lines].map(({ text }) => text).join("\n");
    expect(shown).not.toContain("hunter22");
    expect(shown).toContain("APOP user •••");
  });

  test.each([
    ["pipelined", CAPABLE, 32],
    ["lock-step", ["UIDL"], 1],
    ["without CAPA", undefined, 1],
  ] as const)("%s", async (_name, capabilities, deepest) => {
    const many = Array.from({ length: 100 }, (_value, index) => ({
      uid: `u${index}`,
      content: Buffer.from(`message ${index}\r\n`),
    }));
    const { client, server } = await open({ messages: many, ...(capabilities ? { capabilities } : {}) });
    await client.capa();
    const texts = await Promise.all(
      many.map(async (_message, index) => {
        const sink = new MemorySink();
        await client.retrieve(index + 1, () => sink);
        return sink.text;
      }),
    );
    expect(texts).toEqual(many.map(({ content }) => content.toString()));
    expect(Math.min(32, server.deepestPipeline())).toBe(deepest);
  });

  test("a listing of 100,000 messages, with lines that are none", async () => {
    const rows = Array.from(
      { length: 100_000 },
      (_value, index) => `${index + 1} uid-${index}-abcdefghijklmnop\r\n`,
    );
    rows[10] = "11\r\n";
    rows[11] = "0 zero\r\n";
    rows[12] = "x y\r\n";
    rows[13] = "15 twice\r\n";
    rows[15] = `16 ${"l".repeat(512)}\r\n`;
    rows[16] = `17 ${"l".repeat(513)}\r\n`;
    rows[17] = `18 ${"l".repeat(5_000)}\r\n`;
    rows[18] = "19 tab\tcontrol\x07\r\n";
    rows[19] = "20 b\xe9l\r\n";
    rows[20] = "21\tuid-20 more\r\n";
    const { client } = await open({
      pieceLength: 50_000,
      answer: ({ name }) => (name === "UIDL" ? [`+OK\r\n${rows.join("")}.\r\n`] : undefined),
    });
    const listing = await client.uidl();
    const shown = [14, 15, 16, 17, 18, 19, 20, 21, 100_000].map((number) => listing?.entries.get(number));
    expect([listing?.entries.size, listing?.malformed, listing?.full, shown]).toEqual([
      99_993,
      7,
      false,
      [
        undefined,
        "twice",
        "l".repeat(512),
        undefined,
        undefined,
        "tab",
        undefined,
        "uid-20",
        "uid-99999-abcdefghijklmnop",
      ],
    ]);
  });

  test("a refused listing is null, a busy one is not", async () => {
    const { client } = await open({
      answer: ({ name }) =>
        name === "UIDL" ? ["-ERR unknown\r\n"] : name === "LIST" ? ["-ERR [SYS/TEMP] wait\r\n"] : undefined,
    });
    expect(await client.uidl()).toBe(null);
    expect(await failure(client.list())).toMatchObject({ trouble: "busy", responseCode: "SYS/TEMP" });
  });

  test("STAT that makes no sense", async () => {
    const { client } = await open({ answer: () => ["+OK many\r\n"] });
    expect(await failure(client.stat())).toMatchObject({ code: "pop3-protocol", quote: "many" });
  });

  test("a password that is given back where nobody looks for it", async () => {
    const { client } = await open({
      answer: ({ name }) => (name === "STAT" ? ["+OK your password is correct horse\r\n"] : undefined),
    });
    await client.login("anna", "correct horse");
    expect(await failure(client.stat())).toMatchObject({ quote: "your password is •••" });
  });

  test("QUIT without an answer rejects", async () => {
    const { client } = await open({ answer: () => [FIN] });
    expect(await failure(client.quit())).toMatchObject({ code: "pop3-connection-lost" });
  });
});

describe("bodies", () => {
  test("a failing sink fails its message; the next answer is found", async () => {
    const { client } = await open({
      capabilities: CAPABLE,
      pieceLength: 7,
      messages: [1, 2, 3, 4].map((number) => ({
        uid: `${number}`,
        content: Buffer.from(`${number} first\r\nsecond\r\n`),
      })),
    });
    await client.capa();
    const last = new MemorySink();
    const results = await Promise.allSettled([
      client.retrieve(1, () => ({ write: () => Promise.reject(new Error("later")) })),
      client.retrieve(2, () => ({
        write: () => {
          throw new Error("at once");
        },
      })),
      client.retrieve(3, () => Promise.reject(new Error("no place"))),
      client.retrieve(4, () => Promise.resolve(last)),
    ]);
    expect(
      results.map((result) => (result.status === "rejected" ? result.reason.message : result.value)),
    ).toEqual(["later", "at once", "no place", 17]);
    expect(last.text).toBe("4 first\r\nsecond\r\n");
  });

  test("more octets than allowed end the connection", async () => {
    const { client } = await open({ messages: [{ uid: "a", content: Buffer.alloc(100_000, "x\r\n") }] });
    expect(await failure(client.retrieve(1, () => new MemorySink(), 50_000))).toMatchObject({
      code: "pop3-message-too-large",
      lost: true,
    });
  });

  test("a slow sink keeps the server waiting", async () => {
    const { client } = await open({
      messages: [
        { uid: "a", content: Buffer.concat([createRandom("slow").bytes(2_000_000), Buffer.from("\r\n")]) },
      ],
    });
    let waiting = 0;
    let most = 0;
    const sink = new MemorySink(async () => {
      waiting += 1;
      most = Math.max(most, waiting);
      await turns(2);
      waiting -= 1;
    });
    await client.retrieve(1, () => sink);
    expect([sink.content.length, most]).toEqual([2_000_002, 1]);
  });

  test("150 MB, exact, with the memory flat", async () => {
    const block = Buffer.concat([createRandom("big").bytes(1_000_000), Buffer.from("\r\n.\r\n..\r\n")]);
    const stuffed = stuffDots(block);
    const { client } = await open(retr("+OK\r\n", ...Array.from({ length: 150 }, () => stuffed), ".\r\n"));
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    let position = 0;
    let exact = true;
    const compare = (chunk: Buffer, from: number): void => {
      const expected = block.subarray(from, from + chunk.length);
      exact &&= chunk.subarray(0, expected.length).equals(expected);
      if (expected.length < chunk.length) compare(chunk.subarray(expected.length), 0);
    };
    await client.retrieve(1, () => ({
      write(chunk) {
        compare(chunk, position % block.length);
        position += chunk.length;
        most = Math.max(most, process.memoryUsage().arrayBuffers - before);
        return position % 3 === 0 ? turns(1) : undefined;
      },
    }));
    expect([exact, position]).toEqual([true, 150 * block.length]);
    // Pieces that are done with, until the garbage collector comes by.
    expect(most).toBeLessThan(80_000_000);
  });
});
