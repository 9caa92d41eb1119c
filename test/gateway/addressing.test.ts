/** Header finder, lists and "Why these recipients" in the whole gateway: real mailbox, real folder. */
import { utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createCall } from "../../core/api/commands.ts";
import type { Gateway } from "../../core/model/gateway.ts";
import { gatewayKit, officeSettings } from "../end-to-end/gateway-kit.ts";
import { fakeHost } from "../support/fake-gateway.ts";
import { fakeSecrets } from "../support/fake-secrets.ts";
import { startMailboxServer } from "../support/pop3-mailbox-server.ts";
import { providerMail } from "../support/provider-mail.ts";

const message = (uid: string, header: string) => ({ uid, content: Buffer.from(`${header}\r\nHello\r\n`) });

async function office(
  messages: readonly ReturnType<typeof message>[],
  changes: Record<string, unknown> = {},
) {
  const server = await startMailboxServer(messages);
  onTestFinished(() => server.close());
  const { host, port, user, password } = server;
  // Nothing is delivered: the Inbox shows for whom it would have been.
  const smtp = { host: "127.0.0.1", port: 1, forward: false };
  const settings = officeSettings({ host, port, username: user, password }, smtp, changes);
  return { server, kit: await gatewayKit(settings) };
}

const callOf = (gateway: Gateway) =>
  createCall({
    host: fakeHost(gateway),
    secrets: fakeSecrets(),
    onFault: (error) => {
      throw error;
    },
  });

const recipients = (gateway: Gateway): string[] =>
  gateway.queue({ folder: "Inbox" }).map((row) => row.recipients.map(({ address }) => address).join(","));

test("headers, adopt: the table over the API, the recommendation taken over, the mailbox untouched", async () => {
  const mails = Array.from({ length: 20 }, (_, n) =>
    message(`m${n}`, providerMail("own-name", n, "office.test").header),
  );
  const { server, kit } = await office(mails);
  const gateway = await kit.open();
  const call = callOf(gateway);
  const report = await call("headers", { account: "main" });
  expect(report).toMatchObject({
    ok: {
      accountId: "main",
      listed: 20,
      messages: 20,
      recommendation: { kind: "use-header", header: "X-Pobox-Recipient" },
      adopt: { custom: ["X-Pobox-Recipient"], trustedReceivedLines: null, mailboxAddresses: null },
    },
  });
  expect([server.counts().left, server.counts().retrieved, server.counts().commands["DELE"]]).toEqual([
    20,
    0,
    undefined,
  ]);
  const adopt = {
    custom: ["X-Pobox-Recipient"],
    trustedReceivedLines: 3,
    mailboxAddresses: ["box@office.test"],
  };
  expect(await call("adopt-headers", { account: "main", adopt })).toEqual({ ok: null });
  expect(gateway.settings().accounts[0]).toMatchObject({
    headers: { custom: ["X-Pobox-Recipient"], ignore: null },
    trustedReceivedLines: 3,
    mailboxAddresses: ["box@office.test"],
  });
  await gateway.check();
  expect(new Set(recipients(gateway))).toEqual(
    new Set(Array.from({ length: 20 }, (_, n) => providerMail("own-name", n, "office.test").recipient)),
  );
  expect(await call("headers", { account: "nobody" })).toMatchObject({
    error: { code: "settings-account-unknown" },
  });
  expect(
    await call("adopt-headers", { account: "main", adopt: { ...adopt, custom: ["a b"] } }),
  ).toMatchObject({
    error: { code: "request-invalid" },
  });
});

test("while a run is under way the finder waits: one session at a time", async () => {
  const mails = Array.from({ length: 60 }, (_, n) =>
    message(`m${n}`, providerMail("nothing", n, "office.test").header),
  );
  const { server, kit } = await office(mails);
  const gateway = await kit.open();
  const collecting = kit.event((event) => event.kind === "transcript" && event.entry.text.startsWith("RETR"));
  const run = gateway.check();
  await collecting;
  await Promise.all([run, gateway.headers({ account: "main" }), gateway.check()]);
  await server.idle();
  let open = 0;
  for (const event of server.events) {
    if (event.kind === "connected") open += 1;
    if (event.kind === "closed") open -= 1;
    expect(open).toBeLessThan(2);
  }
  expect(server.counts().sessions).toBe(3);
});

test("the lists are read again at each check; both alias lists are in force, and the settings win", async () => {
  const to = (address: string, n: number) => message(`t${n}`, `To: ${address}\r\nMessage-ID: <${n}@x>\r\n`);
  const { server, kit } = await office([to("anna@office.test", 1)], {
    aliases: { "info@office.test": "lee@office.test", "sales@office.test": "lee@office.test" },
  });
  const gateway = await kit.open();
  let time = 1_000_000;
  const write = (name: string, text: string): void => {
    writeFileSync(join(kit.data, name), text);
    time += 60;
    utimesSync(join(kit.data, name), time, time);
  };
  await gateway.check();
  write("efsusers.txt", "anna@office.test\nlee@office.test\nnonsense\n");
  write("efsalias.txt", "info@office.test = anna@office.test\nhelp@office.test = anna@office.test\n");
  server.add([
    to("bob@office.test", 2),
    to("info@office.test", 3),
    to("help@office.test", 4),
    to("sales@office.test", 5),
  ]);
  await gateway.check();
  write("efsusers.txt", "anna@office.test\nbob@office.test\n");
  server.add([to("bob@office.test", 6), to("lee@office.test", 7)]);
  await gateway.check();
  expect(recipients(gateway).sort()).toEqual([
    "anna@office.test",
    "anna@office.test",
    "bob@office.test",
    "lee@office.test",
    "lee@office.test",
  ]);
  expect(gateway.queue({ folder: "Junk" }).map(({ junkReason }) => junkReason)).toEqual([
    "unknown-user",
    "unknown-user",
  ]);
  expect(kit.heard.alerts.map(({ problem }) => problem.code)).toEqual(["list-lines"]);
  expect(kit.heard.logs.some(({ text }) => text.includes("where they count: info@office.test"))).toBe(true);
  expect(gateway.exportList("aliases")).toBe(
    "help@office.test = anna@office.test\r\ninfo@office.test = lee@office.test\r\nsales@office.test = lee@office.test\r\n",
  );
});

test("lists over the API: imported in force at once, exported, told", async () => {
  const { kit } = await office([]);
  const call = callOf(await kit.open());
  expect(
    await call("import-list", {
      list: "users",
      text: "anna@office.test\nbob@office.test\nkim@office.test\n",
    }),
  ).toEqual({ ok: { entries: 3 } });
  expect(await call("import-list", { list: "users", text: "anna@office.test\n" })).toMatchObject({
    error: { code: "settings-list-shorter" },
  });
  expect(await call("import-list", { list: "users", text: "nonsense\n" })).toMatchObject({
    error: { code: "settings-list-invalid" },
  });
  expect(await call("export-list", { list: "users" })).toEqual({
    ok: { text: "anna@office.test\r\nbob@office.test\r\nkim@office.test\r\n" },
  });
  expect(await call("import-list", { list: "users", text: "anna@office.test\n", shorter: true })).toEqual({
    ok: { entries: 1 },
  });
  expect(await call("lists", {})).toMatchObject({
    ok: [
      { list: "aliases", inForce: "none", entries: 0 },
      { list: "users", inForce: "file", entries: 1, problem: null },
    ],
  });
});

test("resolve: as collected mail would be, also with settings that are not saved", async () => {
  const { kit } = await office([]);
  const gateway = await kit.open();
  const call = callOf(gateway);
  const text = "To: info@office.test, x@else.test\r\nSubject: Hi\r\n\r\nbody";
  expect(await call("resolve", { text })).toMatchObject({
    ok: {
      accountId: "main",
      summary: { subject: "Hi" },
      resolution: { kind: "addressed", recipients: [{ address: "info@office.test" }] },
      verdict: { kind: "pass" },
    },
  });
  const settings = JSON.stringify({
    domains: { primary: "else.test", virtualAlias: "local.test" },
    smtp: { host: "127.0.0.1" },
    postmaster: { address: "boss@else.test" },
  });
  expect(await call("resolve", { text, settings })).toMatchObject({
    ok: { accountId: null, resolution: { recipients: [{ address: "x@local.test" }] } },
  });
  expect(gateway.settings().domains.primary).toBe("office.test");
  expect(await call("resolve", { text, settings: "{" })).toMatchObject({
    error: { code: "settings-invalid" },
  });
  expect(await call("resolve", { text, account: "nobody" })).toMatchObject({
    error: { code: "settings-account-unknown" },
  });
});
