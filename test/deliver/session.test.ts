import { type AddressInfo, createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { openDesk } from "../support/delivery-desk.ts";
import { makeTestCertificate } from "../support/test-certificate.ts";

const certificate = makeTestCertificate();
const login = { username: "gateway", password: "s3cret-word" };
const secrets = [
  "s3cret-word",
  Buffer.from("s3cret-word").toString("base64"),
  plain("gateway", "s3cret-word"),
];

function plain(user: string, password: string): string {
  return Buffer.from(`\0${user}\0${password}`).toString("base64");
}

describe("openSession", () => {
  it("greets with EHLO and tells the whole conversation", async () => {
    const desk = await openDesk({ extensions: ["PIPELINING", "SIZE 1000"] });
    const session = await desk.session();
    expect(session.relay).toBe(`127.0.0.1[127.0.0.1]:${desk.server.port}`);
    expect([...session.extensions]).toEqual([
      ["PIPELINING", ""],
      ["SIZE", "1000"],
    ]);
    await session.quit();
    expect(desk.conversation()).toEqual([
      `- connected to 127.0.0.1:${desk.server.port}`,
      "S: 220 test.example ESMTP",
      "C: EHLO gateway.example",
      "S: 250-test.example",
      "S: 250-PIPELINING",
      "S: 250 SIZE 1000",
      "C: QUIT",
      "S: 221 2.0.0 bye",
    ]);
    expect(desk.clock.pending).toBe(0);
    await desk.server.until(() => desk.server.open === 0);
  });

  it("takes HELO where EHLO is refused", async () => {
    const desk = await openDesk({
      script: ({ phase }) => (phase === "ehlo" ? "502 5.5.1 EHLO?" : undefined),
    });
    const session = await desk.session();
    expect(session.extensions.size).toBe(0);
    expect(desk.server.lines).toEqual(["EHLO gateway.example", "HELO gateway.example"]);
  });

  it("does not take words of the server's name for extensions", async () => {
    const desk = await openDesk({
      script: ({ phase }) => (phase === "ehlo" ? "250-my SIZE 5 PIPELINING\r\n250 8BITMIME" : undefined),
    });
    expect([...(await desk.session()).extensions.keys()]).toEqual(["8BITMIME"]);
  });

  it("reads replies in single octets", async () => {
    const desk = await openDesk({
      script: ({ phase }) => (phase === "ehlo" ? { say: "250-a\r\n250 PIPELINING", cut: 1 } : undefined),
    });
    expect([...(await desk.session()).extensions.keys()]).toEqual(["PIPELINING"]);
  });

  describe("whatever fails is the route's, with server, port and a cure", () => {
    it.each([
      ["greeting", "554 5.7.1 go away", "smtp-rejected"],
      ["greeting", "421 4.3.2 shutting down", "smtp-closed"],
      ["greeting", "hello", "smtp-protocol"],
      ["greeting", "+OK POP3 ready", "smtp-protocol"],
      ["ehlo", "421 4.7.0 too many connections", "smtp-closed"],
    ] as const)("%s answered %s", async (phase, answer, code) => {
      const desk = await openDesk({ script: (moment) => (moment.phase === phase ? answer : undefined) });
      const opened = await desk.open();
      expect(opened).toMatchObject({
        kind: "failed",
        reachable: true,
        failure: { scope: "route", permanent: false, phase, problem: { code } },
      });
      expect(JSON.stringify(opened)).toContain(`127.0.0.1:${desk.server.port}`);
      await desk.server.until(() => desk.server.open === 0);
      expect(desk.clock.pending).toBe(0);
    });

    it("EHLO and HELO refused", async () => {
      const desk = await openDesk({
        script: ({ phase }) => (phase === "ehlo" || phase === "helo" ? "550 5.7.1 not you" : undefined),
      });
      expect(await desk.open()).toMatchObject({
        kind: "failed",
        failure: {
          scope: "route",
          phase: "ehlo",
          reply: { code: 550, enhanced: "5.7.1", text: "not you" },
          problem: { code: "smtp-rejected", quote: "550 5.7.1 not you" },
        },
      });
    });

    it.each(["close", "reset"] as const)("%s instead of a greeting", async (ending) => {
      const desk = await openDesk({
        script: ({ phase }) => (phase === "greeting" ? { and: ending } : undefined),
      });
      expect(await desk.open()).toMatchObject({
        kind: "failed",
        failure: { scope: "route", problem: { code: "smtp-closed" } },
      });
      expect(desk.clock.pending).toBe(0);
    });

    it.each([
      ["greeting", 300_000],
      ["ehlo", 300_000],
    ] as const)("no %s in time", async (phase, limit) => {
      const desk = await openDesk({
        script: (moment) => (moment.phase === phase ? { and: "stall" } : undefined),
      });
      const opening = desk.open();
      await desk.server.until(
        () => desk.server.lines.length === (phase === "ehlo" ? 1 : 0) && desk.server.connections === 1,
      );
      await settled(() => desk.clock.nextAt() === desk.clock.now() + limit);
      await desk.clock.advance(limit);
      expect(await opening).toMatchObject({
        kind: "failed",
        failure: { scope: "route", phase, problem: { code: "smtp-timeout" } },
      });
      expect(desk.clock.pending).toBe(0);
    });

    it("refused port", async () => {
      const desk = await openDesk();
      const port = await freePort();
      expect(await desk.open({ port })).toEqual({
        kind: "failed",
        reachable: false,
        failure: {
          scope: "route",
          permanent: false,
          phase: "connect",
          reply: null,
          problem: {
            code: "smtp-refused",
            what: `The local mail server 127.0.0.1:${port} refused the connection: nothing is listening on that port.`,
            cure: "Check that the mail server is running and that the port on the SMTP tab is right (usually 25).",
            quote: "ECONNREFUSED",
          },
        },
      });
      expect(desk.clock.pending).toBe(0);
    });

    it("unknown host", async () => {
      const desk = await openDesk();
      expect(await desk.open({ host: "no-such-host.invalid" })).toMatchObject({
        kind: "failed",
        reachable: false,
        failure: { scope: "route", phase: "connect", problem: { code: "smtp-unknown-host" } },
      });
    });

    it("an endless reply", async () => {
      const endless = Array.from({ length: 5_000 }, () => "250-more and more").join("\r\n");
      const desk = await openDesk({ script: ({ phase }) => (phase === "ehlo" ? endless : undefined) });
      expect(await desk.open()).toMatchObject({
        kind: "failed",
        failure: { problem: { code: "smtp-protocol" } },
      });
    });

    it("an endless line", async () => {
      const desk = await openDesk({
        script: ({ phase }) => (phase === "greeting" ? "2".repeat(200_000) : undefined),
      });
      expect(await desk.open()).toMatchObject({
        kind: "failed",
        failure: { problem: { code: "smtp-protocol" } },
      });
    });

    it("an endless login", async () => {
      const desk = await openDesk({
        extensions: ["AUTH PLAIN"],
        script: ({ phase }) => (phase === "auth" || phase === "other" ? "334 " : undefined),
      });
      expect(await desk.open(login)).toMatchObject({
        kind: "failed",
        failure: { problem: { code: "smtp-protocol" } },
      });
      expect(desk.server.lines.length).toBeLessThan(15);
    });
  });

  describe("encryption", () => {
    it("none: not even where it is offered", async () => {
      const desk = await openDesk({ certificate });
      await desk.session();
      expect(desk.server.lines).toEqual(["EHLO gateway.example"]);
    });

    it("opportunistic: used where offered, whatever the certificate", async () => {
      const desk = await openDesk({ certificate });
      await desk.session({ security: "opportunistic" });
      expect(desk.server.lines).toEqual(["EHLO gateway.example", "STARTTLS", "EHLO gateway.example"]);
      expect(desk.conversation().some((line) => line.startsWith("- encrypted: TLSv1.3"))).toBe(true);
    });

    it("opportunistic: plaintext where it is not offered", async () => {
      const desk = await openDesk();
      await desk.session({ security: "opportunistic" });
      expect(desk.server.lines).toEqual(["EHLO gateway.example"]);
    });

    it("opportunistic: plaintext on the same connection where STARTTLS is refused", async () => {
      const desk = await openDesk({
        certificate,
        script: ({ phase }) => (phase === "starttls" ? "454 4.7.0 not now" : undefined),
      });
      const session = await desk.session({ security: "opportunistic" });
      expect(session.extensions.has("PIPELINING")).toBe(true);
      expect(desk.server.connections).toBe(1);
    });

    it.each([
      ["rubbish", "220 go\r\nthis is no TLS"],
      ["a hang-up", { say: "220 go", and: "close" }],
    ] as const)(
      "opportunistic: a new connection in plaintext after %s for a handshake",
      async (_name, step) => {
        const desk = await openDesk({
          extensions: ["STARTTLS"],
          script: ({ phase }) => (phase === "starttls" ? step : undefined),
        });
        await desk.session({ security: "opportunistic" });
        expect(desk.server.connections).toBe(2);
        expect(desk.server.lines).toEqual(["EHLO gateway.example", "STARTTLS", "EHLO gateway.example"]);
      },
    );

    it("opportunistic: never with a login", async () => {
      const desk = await openDesk({ certificate, extensions: ["AUTH PLAIN"] });
      expect(await desk.open({ security: "opportunistic", ...login })).toMatchObject({
        kind: "failed",
        failure: { scope: "route", problem: { code: "smtp-login-unprotected" } },
      });
      expect(desk.server.connections).toBe(0);
    });

    it.each(["starttls", "tls"] as const)("%s: an unknown certificate is refused", async (security) => {
      const desk = await openDesk({ certificate, tls: security === "tls" });
      expect(await desk.open({ security, host: "localhost" })).toMatchObject({
        kind: "failed",
        reachable: true,
        failure: {
          scope: "route",
          phase: "starttls",
          problem: { code: "smtp-certificate", quote: "DEPTH_ZERO_SELF_SIGNED_CERT" },
        },
      });
      expect(desk.server.lines.filter((line) => line.startsWith("EHLO"))).toHaveLength(
        security === "tls" ? 0 : 1,
      );
    });

    it.each(["starttls", "tls"] as const)(
      "%s: an accepted certificate is taken, another is not",
      async (security) => {
        const desk = await openDesk({ certificate, tls: security === "tls" });
        const session = await desk.session({ security, acceptedCertificate: certificate.fingerprint });
        const message = await desk.queue.add({ recipients: ["anna@office.example"] });
        expect(await session.deliver(message, message.recipients, null)).toMatchObject({
          kind: "ended",
          finished: true,
        });
        expect(desk.server.messages[0]?.encrypted).toBe(true);
        expect(await desk.open({ security, acceptedCertificate: "0".repeat(64) })).toMatchObject({
          kind: "failed",
          failure: { problem: { code: "smtp-certificate" } },
        });
      },
    );

    it("starttls: not offered, nothing goes out, above all no password", async () => {
      const desk = await openDesk({ extensions: ["AUTH PLAIN LOGIN"] });
      expect(await desk.open({ security: "starttls", ...login })).toMatchObject({
        kind: "failed",
        failure: { scope: "route", phase: "starttls", problem: { code: "smtp-no-starttls" } },
      });
      expect(desk.server.lines).toEqual(["EHLO gateway.example", "STARTTLS"]);
    });

    it("starttls: EHLO refused is not answered with HELO", async () => {
      const desk = await openDesk({
        certificate,
        script: ({ phase }) => (phase === "ehlo" ? "502 no" : undefined),
      });
      expect(await desk.open({ security: "starttls", ...login })).toMatchObject({ kind: "failed" });
      expect(desk.server.lines).toEqual(["EHLO gateway.example"]);
    });

    it("starttls: plaintext behind the answer ends it", async () => {
      const desk = await openDesk({
        extensions: ["STARTTLS"],
        script: ({ phase }) =>
          phase === "starttls" ? "220 go\r\n250-injected\r\n250 AUTH PLAIN" : undefined,
      });
      expect(await desk.open({ security: "starttls", ...login })).toMatchObject({
        kind: "failed",
        failure: { scope: "route", phase: "starttls", problem: { code: "smtp-protocol" } },
      });
      expect(desk.server.lines).toEqual(["EHLO gateway.example", "STARTTLS"]);
    });

    it("tls: a server that speaks plaintext", async () => {
      const desk = await openDesk();
      expect(await desk.open({ security: "tls" })).toMatchObject({
        kind: "failed",
        failure: { scope: "route", phase: "starttls", problem: { code: "smtp-tls-failed" } },
      });
    });

    it("tls: a handshake that never comes ends with the connect deadline", async () => {
      const desk = await openDesk({
        script: ({ phase }) => (phase === "greeting" ? { and: "stall" } : undefined),
      });
      const opening = desk.open({ security: "tls" });
      await desk.server.until(() => desk.server.chunks.length > 0);
      await desk.clock.advance(30_000);
      expect(await opening).toMatchObject({
        kind: "failed",
        failure: { scope: "route", phase: "starttls", problem: { code: "smtp-timeout" } },
      });
      expect(desk.clock.pending).toBe(0);
    });
  });

  describe("login", () => {
    it.each([
      ["PLAIN", ["AUTH PLAIN •••"]],
      ["LOGIN", ["AUTH LOGIN", "•••", "•••"]],
      ["CRAM-MD5", ["AUTH CRAM-MD5", "•••"]],
    ])("by %s, with nothing of it in the transcript", async (method, shown) => {
      const desk = await openDesk({
        certificate,
        extensions: [`AUTH ${method}`],
        script: ({ phase, line }) => {
          if (phase === "auth") return line.startsWith("AUTH PLAIN") ? undefined : "334 PDEuMkB4Pg==";
          if (phase !== "other") return undefined;
          return line === Buffer.from("gateway").toString("base64")
            ? "334 UGFzc3dvcmQ6"
            : "235 2.7.0 s3cret-word is right";
        },
      });
      await desk.session({ security: "starttls", acceptedCertificate: certificate.fingerprint, ...login });
      const commands = desk.transcript
        .filter(({ direction }) => direction === "client")
        .map(({ text }) => text);
      expect(commands.slice(3)).toEqual(shown);
      const everything = desk.conversation().join("\n");
      for (const secret of secrets) expect(everything).not.toContain(secret);
    });

    it("refused: the route, the answer quoted without the secret", async () => {
      const desk = await openDesk({
        extensions: ["AUTH PLAIN"],
        script: ({ phase }) => (phase === "auth" ? "535 5.7.8 s3cret-word is wrong" : undefined),
      });
      const opened = await desk.open(login);
      expect(opened).toMatchObject({
        kind: "failed",
        reachable: true,
        failure: {
          scope: "route",
          permanent: false,
          phase: "auth",
          problem: { code: "smtp-login-refused", quote: "535 5.7.8 ••• is wrong" },
        },
      });
      await desk.server.until(() => desk.server.open === 0);
    });

    it("without a password that can be used, no connection is tried", async () => {
      const desk = await openDesk();
      expect(await desk.open({ username: "gateway", password: null })).toMatchObject({
        kind: "failed",
        failure: { scope: "route", problem: { code: "smtp-password-missing" } },
      });
      expect(desk.server.connections).toBe(0);
    });
  });

  it("stops at once when told to", async () => {
    const desk = await openDesk({
      script: ({ phase }) => (phase === "greeting" ? { and: "stall" } : undefined),
    });
    const controller = new AbortController();
    const opening = desk.open({}, { signal: controller.signal });
    await desk.server.until(() => desk.server.connections === 1);
    controller.abort();
    expect(await opening).toEqual({ kind: "cancelled" });
    expect(await desk.open({}, { signal: controller.signal })).toEqual({ kind: "cancelled" });
    await desk.server.until(() => desk.server.open === 0);
    expect(desk.clock.pending).toBe(0);
  });

  it("does not wait long for an answer to QUIT", async () => {
    const desk = await openDesk({
      script: ({ phase }) => (phase === "quit" ? { and: "stall" } : undefined),
    });
    const session = await desk.session();
    const leaving = session.quit();
    await desk.server.until(() => desk.server.lines.includes("QUIT"));
    await desk.clock.advance(2_000);
    await leaving;
    await desk.server.until(() => desk.server.open === 0);
  });
});

describe("probe", () => {
  it("asks with MAIL, RCPT, RSET and sends nothing", async () => {
    const desk = await openDesk({
      script: ({ recipient }) => (recipient.startsWith("nobody") ? "550 5.1.1 no such user" : undefined),
    });
    const session = await desk.session();
    expect(await session.probe("", "anna@office.example")).toEqual({
      kind: "accepted",
      reply: { code: 250, enhanced: "2.1.5", text: "recipient ok" },
    });
    expect(await session.probe("", "nobody@office.example")).toMatchObject({
      kind: "refused",
      failure: {
        scope: "recipient",
        permanent: true,
        reply: { code: 550, enhanced: "5.1.1", text: "no such user" },
      },
    });
    expect(desk.server.lines.slice(1)).toEqual([
      "MAIL FROM:<>",
      "RCPT TO:<anna@office.example>",
      "RSET",
      "MAIL FROM:<>",
      "RCPT TO:<nobody@office.example>",
      "RSET",
    ]);
    expect(desk.server.messages).toEqual([]);
    expect(session.usable).toBe(true);
  });
});

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}

async function settled(condition: () => boolean): Promise<void> {
  for (let turns = 0; !condition(); turns += 1) {
    if (turns > 10_000) throw new Error("did not come about");
    await new Promise((resolve) => setImmediate(resolve));
  }
}
