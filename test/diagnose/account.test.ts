import { createServer } from "node:net";
import { describe, expect, test } from "vitest";
import type { Mailbox } from "../../core/diagnose/ports.ts";
import type { Settings } from "../../core/model/settings.ts";
import { sampleSettings } from "../support/sample-settings.ts";
import { type Script, startScriptedPop3Server } from "../support/scripted-pop3-server.ts";
import { makeTestCertificate } from "../support/test-certificate.ts";
import { diagnosed, systemError, type Told } from "./diagnosis-kit.ts";

function accountAt(port: number, changes: Readonly<Record<string, unknown>> = {}): Settings {
  const account = { id: "main", host: "127.0.0.1", port, username: "office", password: "s3cret" };
  return sampleSettings({ accounts: [{ ...account, timeoutSeconds: 5, ...changes }] });
}

/** The server of the settings is never asked here. */
const noServer = {
  openServer: async () => ({
    kind: "failed" as const,
    step: "connection" as const,
    problem: { code: "x", what: "", cure: "" },
    tls: null,
  }),
};

const messages = [
  { uid: "a", content: Buffer.alloc(1_048_576, "a\r\n") },
  { uid: "b", content: Buffer.from("Subject: b\r\n\r\nb\r\n") },
];
const capabilities = ["USER", "UIDL", "TOP", "PIPELINING"];

async function atServer(script: Script, changes: Readonly<Record<string, unknown>> = {}) {
  const server = await startScriptedPop3Server({ messages, capabilities, ...script });
  const result = await diagnosed(accountAt(server.port, changes), noServer);
  return { ...result, server };
}

test("a good account: everything is told, nothing is read or deleted", async () => {
  const { checks, told, verdicts, of, server } = await atServer({});
  expect(verdicts("account:main")).toEqual([
    "name pass",
    "connection pass",
    "greeting pass",
    "encryption pass",
    "login pass",
    "mailbox pass",
    "capabilities pass",
    "unique-ids pass",
  ]);
  const mine = checks.filter(({ id }) => id.startsWith("account:main/"));
  expect(mine.map(({ cause, quote }) => [cause, quote])).toEqual([
    ["127.0.0.1 is an IP address; no name has to be looked up.", undefined],
    [`127.0.0.1 accepts connections on port ${server.port}.`, undefined],
    ["A POP3 server answers.", "ready <1.2@test>"],
    ["Not encrypted; the connection does not leave this computer.", undefined],
    ['User "office" and the password are right.', undefined],
    ["The mailbox holds 2 messages, 1 MB.", undefined],
    ["The server takes several commands at once: collecting is fast.", "USER UIDL TOP PIPELINING"],
    ["The server gives messages unique ids (2 listed).", undefined],
  ]);
  expect([...new Set(mine.map(({ subject }) => subject))]).toEqual([
    `Account "main" (127.0.0.1:${server.port})`,
  ]);
  expect(of("account:main/login")).toEqual({
    verdict: "pass",
    cause: 'User "office" and the password are right.',
    cure: "",
    place: null,
  });
  expect(server.commands).toEqual(["USER office", "PASS s3cret", "STAT", "CAPA", "UIDL", "QUIT"]);
  expect(server.remaining()).toHaveLength(2);
  expect(new Set(told)).toEqual(new Set(checks));
});

test("an empty mailbox whose mail is left; a server without CAPA", async () => {
  const server = await startScriptedPop3Server();
  const { of } = await diagnosed(accountAt(server.port, { leaveOnServer: true }), noServer);
  expect(of("account:main/mailbox").cause).toBe(
    "The mailbox is empty; collected mail is left there, as the setting says.",
  );
  expect(of("account:main/capabilities")).toEqual({
    verdict: "pass",
    cause: "The server does not tell what it can do; it is used the plain way.",
    cure: "",
    place: null,
  });
});

describe("encryption", () => {
  const certificate = makeTestCertificate({ notAfter: new Date(Date.UTC(2036, 0, 2)) });
  const facts = `certificate of "localhost", issued by "localhost", valid until 2036-01-02, SHA-256 ${certificate.fingerprint}`;

  test.each(["implicit", "stls"] as const)("%s: pinned", async (tls) => {
    const security = tls === "implicit" ? "tls" : "starttls";
    const changes = { security, acceptedCertificate: certificate.fingerprint };
    const { of, verdicts } = await atServer({ tls, certificate }, changes);
    const { cause, ...rest } = of("account:main/encryption");
    expect(rest).toEqual({ verdict: "pass", cure: "", place: "accounts[0].security" });
    expect(cause).toMatch(/^Encrypted with TLSv1\.3 \(TLS_\w+\); /);
    expect(cause.slice(cause.indexOf("; ") + 2)).toBe(
      `${facts}, accepted by its fingerprint, as the settings say.`,
    );
    expect(verdicts("account:main").every((verdict) => verdict.endsWith(" pass"))).toBe(true);
  });

  test.each(["implicit", "stls"] as const)("%s: not trusted; no password is sent", async (tls) => {
    const security = tls === "implicit" ? "tls" : "starttls";
    const { of, verdicts, server } = await atServer({ tls, certificate }, { security });
    expect(of("account:main/encryption")).toEqual({
      verdict: "fail",
      cause: `The certificate of the POP3 server 127.0.0.1 (port ${server.port}) of account "main" is not trusted; its SHA-256 fingerprint is ${certificate.fingerprint}. It showed the ${facts}.`,
      cure: 'Ask your provider whether this is its certificate; if it is, accept it with Test on the page POP3, or set "acceptedCertificate" of the account to this fingerprint.',
      quote: "DEPTH_ZERO_SELF_SIGNED_CERT",
      place: "accounts[0].security",
    });
    expect(verdicts("account:main")).toEqual([
      "name pass",
      "connection pass",
      ...(tls === "stls" ? ["greeting pass"] : []),
      "encryption fail",
      ...(tls === "stls" ? [] : ["greeting skipped"]),
      "login skipped",
      "mailbox skipped",
      "capabilities skipped",
      "unique-ids skipped",
    ]);
    expect(of("account:main/login").cause).toBe("Not tried: no connection was made.");
    expect(server.commands).not.toContain("USER office");
  });

  test("STARTTLS is asked for and not offered", async () => {
    const { of } = await atServer({}, { security: "starttls" });
    expect(of("account:main/encryption")).toMatchObject({ verdict: "fail", quote: "what?" });
  });

  const mailbox: Mailbox = {
    greeting: "",
    tls: null,
    capabilities: async () => new Set(["STLS"]),
    logIn: async () => undefined,
    status: async () => ({ messages: 1, octets: 100 }),
    uniqueIds: async () => 1,
    quit: async () => undefined,
  };
  const verified = {
    protocol: "TLSv1.3",
    cipher: "TLS_AES_256_GCM_SHA384",
    subject: "pop.example.net",
    issuer: "R3",
    validUntil: Date.UTC(2026, 10, 22, 13),
    fingerprint: "ab",
    verified: true,
  };
  const described =
    'Encrypted with TLSv1.3 (TLS_AES_256_GCM_SHA384); certificate of "pop.example.net", issued by "R3", valid until 2026-11-22, SHA-256 ab, verified.';

  test.each<[string, Partial<Mailbox>, Told]>([
    [
      "over the network in plain, though the server could encrypt",
      {},
      {
        verdict: "warn",
        cause:
          "The connection is not encrypted: password and mail can be read on the way. The server offers encryption.",
        cure: "Choose STARTTLS as the encryption of this account.",
        place: "accounts[0].security",
      },
    ],
    [
      "over the network in plain",
      { capabilities: async () => null },
      {
        verdict: "warn",
        cause: "The connection is not encrypted: password and mail can be read on the way.",
        cure: "Try TLS with port 995, or ask your provider for an encrypted way to the mailbox.",
        place: "accounts[0].security",
      },
    ],
    [
      "a certificate that ends soon",
      { tls: verified },
      {
        verdict: "warn",
        cause: `${described} It ends in 2 days.`,
        cure: "Let whoever runs that server renew its certificate: after that day it is not trusted any more.",
        place: "accounts[0].security",
      },
    ],
  ])("%s", async (_title, changes, expected) => {
    const settings = accountAt(110, { host: "pop.example.net" });
    const openMailbox = async () => ({
      kind: "open" as const,
      connection: { ...mailbox, ...changes },
    });
    const { of } = await diagnosed(settings, { ...noServer, openMailbox });
    expect(of("account:main/encryption")).toEqual(expected);
    expect(of("account:main/name").cause).toBe("pop.example.net is 192.0.2.1.");
  });
});

test.each<[string, string, Told]>([
  [
    "no such name",
    "ENOTFOUND",
    {
      verdict: "fail",
      cause: 'No server of the name "pop.example.net" is known here.',
      cure: "Check the spelling of the name, or enter the server's IP address instead.",
      quote: "query ENOTFOUND",
      place: "accounts[0].host",
    },
  ],
  [
    "no DNS",
    "EAI_AGAIN",
    {
      verdict: "fail",
      cause: 'The server name "pop.example.net" could not be looked up.',
      cure: "Check this computer's network connection and its DNS servers.",
      quote: "query EAI_AGAIN",
      place: "accounts[0].host",
    },
  ],
])("%s: the rest is not tried", async (_title, code, expected) => {
  const settings = accountAt(110, { host: "pop.example.net" });
  const { of, verdicts } = await diagnosed(settings, {
    ...noServer,
    lookUp: () => Promise.reject(systemError(code)),
  });
  expect(of("account:main/name")).toEqual(expected);
  expect(verdicts("account:main").slice(1)).toEqual([
    "connection skipped",
    "encryption skipped",
    "greeting skipped",
    "login skipped",
    "mailbox skipped",
    "capabilities skipped",
    "unique-ids skipped",
  ]);
  expect(of("account:main/login").cause).toBe("Not tried: the server's name has no address.");
});

test("nobody listens", async () => {
  const closed = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => closed.once("listening", resolve));
  const { port } = closed.address() as { port: number };
  await new Promise((resolve) => closed.close(resolve));
  const { of } = await diagnosed(accountAt(port), noServer);
  expect(of("account:main/connection")).toMatchObject({
    verdict: "fail",
    cause: `The server 127.0.0.1 of account "main" refuses connections on port ${port}.`,
    place: "accounts[0].port",
  });
});

test.each<[string, Script, string, Partial<Told>]>([
  [
    "turned away",
    { greeting: ["-ERR go away\r\n"] },
    "greeting",
    { verdict: "fail", quote: "go away", place: "accounts[0].port" },
  ],
  [
    "a wrong password",
    { answer: ({ name }) => (name === "PASS" ? ["-ERR [AUTH] no\r\n"] : undefined) },
    "login",
    {
      verdict: "fail",
      cure: "Enter user name and password again in the account's settings.",
      quote: "[AUTH] no",
      place: "accounts[0].password",
    },
  ],
  [
    "a mailbox in use",
    { answer: ({ name }) => (name === "PASS" ? ["-ERR [IN-USE] locked\r\n"] : undefined) },
    "login",
    { verdict: "warn", quote: "[IN-USE] locked", place: null },
  ],
  [
    "STAT refused",
    { answer: ({ name }) => (name === "STAT" ? ["-ERR broken\r\n"] : undefined) },
    "mailbox",
    { verdict: "fail", quote: "broken", place: null },
  ],
  [
    "no UIDL",
    { answer: ({ name }) => (name === "UIDL" ? ["-ERR what?\r\n"] : undefined) },
    "unique-ids",
    {
      verdict: "warn",
      cause:
        "The server gives messages no unique ids (UIDL): they are recognised by their content, so mail that is left on the server is read anew at every check.",
      cure: "Let collected mail be deleted from the server, or ask your provider for UIDL.",
    },
  ],
])("%s", async (_title, script, id, expected) => {
  const { of, verdicts, server } = await atServer(script);
  expect(of(`account:main/${id}`)).toMatchObject(expected);
  const all = verdicts("account:main");
  const at = all.findIndex((verdict) => verdict.startsWith(`${id} `));
  expect(all.slice(0, at).every((verdict) => verdict.endsWith(" pass"))).toBe(true);
  expect(all.slice(at + 1).every((verdict) => verdict.endsWith(" skipped"))).toBe(true);
  expect(server.commands.filter((line) => line.startsWith("PASS")).length).toBeLessThan(2);
});

test("a password that cannot be opened: no login is tried, what comes before it is told", async () => {
  const server = await startScriptedPop3Server({ messages });
  const sealed = { scheme: "elsewhere", value: "x" };
  const { of } = await diagnosed(accountAt(server.port, { password: sealed }), noServer);
  expect(of("account:main/login")).toEqual({
    verdict: "fail",
    cause: "The stored password cannot be read on this computer; no login was tried.",
    cure: "Enter the password again.",
    place: "accounts[0].password",
  });
  expect(of("account:main/mailbox").cause).toBe("Not tried: what comes before it did not work.");
  expect(server.commands).toEqual(["QUIT"]);
});

test("an account that is switched off is not connected to", async () => {
  const { checks } = await diagnosed(accountAt(1, { enabled: false }), noServer);
  expect(checks.filter(({ id }) => id.startsWith("account:"))).toEqual([
    {
      id: "account:main/enabled",
      subject: 'Account "main" (127.0.0.1:1)',
      title: "Account",
      verdict: "skipped",
      cause: "This account is switched off, so it was not examined.",
      cure: "",
      place: "accounts[0].enabled",
    },
  ]);
});
