import { expect, onTestFinished, test } from "vitest";
import { createTrials, type TrialsParts } from "../../core/gateway/trials.ts";
import type { AccountSettings, Settings } from "../../core/model/settings.ts";
import type { ConnectionTest } from "../../core/model/trials.ts";
import { STORED } from "../../core/settings/passwords.ts";
import { systemClock } from "../../core/util/system-clock.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { fakeSecrets } from "../support/fake-secrets.ts";
import { sampleSettings } from "../support/sample-settings.ts";
import { type Script, STALL, startScriptedPop3Server } from "../support/scripted-pop3-server.ts";
import { startScriptedServer } from "../support/scripted-smtp-server.ts";
import { makeTestCertificate } from "../support/test-certificate.ts";

const secrets = fakeSecrets();
const messages = [
  { uid: "a", content: Buffer.from("To: ann@example.com\r\nSubject: a\r\n\r\na\r\n") },
  { uid: "b", content: Buffer.from("To: bob@example.com\r\nSubject: b\r\n\r\nb\r\n") },
];

function trials(parts: Partial<TrialsParts> = {}) {
  const created = createTrials({
    clock: systemClock,
    tap: () => undefined,
    secrets,
    settings: () => null,
    lists: () => ({ aliases: {}, users: null }),
    helo: () => "gateway.office.test",
    alone: (work) => work(new AbortController().signal),
    onFault(error) {
      throw error;
    },
    ...parts,
  });
  onTestFinished(() => created.stop());
  return created;
}

function accountAt(port: number, changes: Readonly<Record<string, unknown>> = {}): AccountSettings {
  const account = { id: "main", host: "127.0.0.1", port, username: "office", password: "s3cret", ...changes };
  const [found] = sampleSettings({ accounts: [{ timeoutSeconds: 5, ...account }] }).accounts;
  if (found === undefined) throw new Error("no account");
  return found;
}

const verdicts = ({ checks }: ConnectionTest): string =>
  checks.map(({ id, verdict }) => `${id.split("/")[1]} ${verdict}`).join(", ");

const mailbox = (script: Script = {}) =>
  startScriptedPop3Server({ messages, capabilities: ["UIDL", "TOP"], ...script });

test("a mailbox: checks, and what it holds; one that is off is tried as well", async () => {
  const { port } = await mailbox();
  const result = await trials().testAccount(accountAt(port, { enabled: false }));
  expect(verdicts(result)).toBe(
    "name pass, connection pass, greeting pass, encryption pass, login pass, mailbox pass, capabilities pass, unique-ids pass",
  );
  const size = messages.reduce((sum, { content }) => sum + content.length, 0);
  expect(result.mailbox).toEqual({ messages: 2, size, capabilities: ["UIDL", "TOP"] });
  expect(result.tls).toBeNull();
});

test("a certificate that is not trusted: its fingerprint can be accepted, and then it works", async () => {
  const certificate = makeTestCertificate();
  const { port } = await mailbox({ tls: "implicit", certificate });
  const refused = await trials().testAccount(accountAt(port, { security: "tls" }));
  expect(verdicts(refused)).toContain("encryption fail");
  expect(refused).toMatchObject({
    mailbox: null,
    tls: { fingerprint: certificate.fingerprint, verified: false },
  });
  const accepted = await trials().testAccount(
    accountAt(port, { security: "tls", acceptedCertificate: certificate.fingerprint }),
  );
  expect(verdicts(accepted)).not.toContain("fail");
  expect(accepted).toMatchObject({
    mailbox: { messages: 2 },
    tls: { fingerprint: certificate.fingerprint, verified: false },
  });
});

/** Settings in force, with a sealed password for the account and the server. */
function inForce(port: number, username = "office"): Settings {
  const password = secrets.seal("s3cret");
  return sampleSettings({
    accounts: [{ id: "main", host: "127.0.0.1", port, username, password }],
    smtp: { host: "127.0.0.1", port, security: "none", username, password },
  });
}

test.each([
  ["for the same account, host and user", {}, "PASS s3cret"],
  ["not for another user", { username: "boss" }, null],
  ["not for another host", { host: "localhost" }, null],
  ["not for another account", { id: "other" }, null],
])("the stored password is used: %s", async (_what, changes, said) => {
  const { port, commands } = await mailbox();
  const result = await trials({ settings: () => inForce(port) }).testAccount(
    accountAt(port, { password: STORED, ...changes }),
  );
  const passes = commands.filter((line) => line.startsWith("PASS"));
  expect(passes).toEqual(said === null ? [] : [said]);
  expect(verdicts(result).includes("login pass")).toBe(said !== null);
});

test("a mail server: what it takes, and the facts of its certificate although it is not trusted", async () => {
  const certificate = makeTestCertificate();
  const script = ({ phase, recipient }: { phase: string; recipient: string }) =>
    phase === "rcpt" && !recipient.endsWith("@example.com") ? "554 5.7.1 Relay access denied" : undefined;
  const plain = await startScriptedServer({ script });
  const encrypted = await startScriptedServer({ script, certificate, tls: true });
  onTestFinished(async () => {
    await plain.close();
    await encrypted.close();
  });
  const settings = sampleSettings({
    accounts: [],
    smtp: {
      host: "127.0.0.1",
      port: plain.port,
      fallback: { host: "127.0.0.1", port: encrypted.port, security: "tls" },
    },
  });
  const { smtp } = settings;
  const { fallback } = smtp;
  if (fallback === null) throw new Error("no second server");
  const first = await trials().testServer(smtp, settings);
  expect(verdicts(first)).not.toContain("fail");
  expect([first.tls, first.mailbox, first.checks[0]?.id]).toEqual([null, null, "server/name"]);
  expect(plain.lines[0]).toBe("EHLO gateway.office.test");
  const second = await trials().testServer(fallback, settings);
  expect(verdicts(second)).toContain("encryption fail");
  expect(second.tls?.fingerprint).toBe(certificate.fingerprint);
  expect(second.checks.find(({ verdict }) => verdict === "fail")).toMatchObject({
    id: "second-server/encryption",
    place: "smtp.fallback.security",
  });
});

const failing = (code: string) => () => Promise.reject(Object.assign(new Error(`query ${code}`), { code }));

test.each([
  ["ENOTFOUND", 'No server of the name "x.example" is known here.'],
  ["EAI_AGAIN", 'The name "x.example" could not be looked up.'],
])("a name that cannot be looked up: %s", async (code, what) => {
  const looking = trials({ lookUp: failing(code) }).lookUp("x.example");
  await expect(looking).rejects.toMatchObject({
    problem: { code: "name-unknown", what, quote: `query ${code}` },
  });
});

test("a name: its addresses, each once; the answer is not waited for without end", async () => {
  const found = await trials({ lookUp: async () => ["192.0.2.1", "::1", "192.0.2.1"] }).lookUp("x.example");
  expect(found).toEqual({ host: "x.example", addresses: ["192.0.2.1", "::1"] });
  const clock = new FakeClock();
  const looking = trials({ clock, lookUp: () => new Promise(() => undefined) }).lookUp("x.example");
  const refused = expect(looking).rejects.toMatchObject({ problem: { code: "name-unknown" } });
  await clock.advance(10_000);
  await refused;
});

test("the right header, of an account that is not saved, with the stored password", async () => {
  const { port, commands } = await mailbox();
  const settings = sampleSettings({
    accounts: [{ id: "main", host: "127.0.0.1", port, username: "office", password: STORED }],
  });
  const report = await trials({ settings: () => inForce(port) }).findHeaders(settings, "main", { count: 1 });
  expect(report).toMatchObject({ accountId: "main", listed: 2, messages: 1 });
  expect(commands).toContain("PASS s3cret");
  expect(commands.filter((line) => line.startsWith("DELE"))).toEqual([]);
  const nobody = Promise.resolve().then(() => trials().findHeaders(settings, "nobody"));
  await expect(nobody).rejects.toMatchObject({ problem: { code: "settings-account-unknown" } });
});

test("stop ends what is tried", async () => {
  const { port, asked } = await stalling();
  const created = trials();
  const testing = created.testAccount(accountAt(port));
  await asked;
  await created.stop();
  expect(verdicts(await testing)).toContain("unfinished skipped");
});

/** A server that says nothing after it was asked for the login. */
async function stalling() {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { port } = await mailbox({
    answer({ name }) {
      if (name !== "USER") return undefined;
      resolve();
      return [STALL];
    },
  });
  return { port, asked: promise };
}
