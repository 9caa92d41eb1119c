/** What is told about delivering: counts, the mail log, reports; and a server that is another one from now on. */
import { createServer } from "node:net";
import { DatabaseSync } from "node:sqlite";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { startMailboxServer } from "../support/pop3-mailbox-server.ts";
import { type MailServer, startMailServer } from "../support/smtp-mail-server.ts";
import { isReport } from "./arrivals.ts";
import { type GatewayKit, gatewayKit, officeSettings } from "./gateway-kit.ts";

const DEADLINE = { timeout: 60_000 };
const HOUR = 3_600_000;

function mail(to: string, uid = "uid-1"): { readonly uid: string; readonly content: Buffer } {
  const text = `Return-Path: <a@outside.test>\r\nFrom: a@outside.test\r\nTo: ${to}\r\nSubject: ${uid}\r\nMessage-ID: <${uid}@outside.test>\r\n\r\nText\r\n`;
  return { uid, content: Buffer.from(text) };
}

interface Office {
  readonly kit: GatewayKit;
  readonly server: MailServer;
  settings(changes: Readonly<Record<string, unknown>>): Record<string, unknown>;
}

async function office(
  messages: readonly ReturnType<typeof mail>[],
  changes: Readonly<Record<string, unknown>> = {},
): Promise<Office> {
  const mailbox = await startMailboxServer(messages);
  onTestFinished(() => mailbox.close());
  const server = await startMailServer();
  onTestFinished(() => server.close());
  const settings: Office["settings"] = (more) =>
    officeSettings(
      { host: mailbox.host, port: mailbox.port },
      { host: server.host, port: server.port, ...(more["smtp"] as object | undefined) },
      Object.fromEntries(Object.entries(more).filter(([name]) => name !== "smtp")),
    );
  return { kit: await gatewayKit(settings(changes)), server, settings };
}

/** The mail log's fields `to`, `orig_to` and `status`, a line each. */
function attempts(kit: GatewayKit): string[] {
  return kit
    .mailLog()
    .split("\n")
    .filter((line) => line.includes(" status="))
    .map((line) =>
      [...line.matchAll(/\b(?:to|orig_to|status)=<?[^\s,>]+/g)].map(([field]) => field).join(" "),
    );
}

/** A port at which nobody listens. */
async function deadPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

test("an alert that waits is no deferred mail; a message that waits is", DEADLINE, async () => {
  const changes = {
    alerts: { mail: true },
    postmaster: { address: "later-postmaster@office.test" },
    control: { maxMessageBytes: 100_000 },
  };
  const large = mail("ada@office.test", "large");
  const place = await office(
    [{ ...large, content: Buffer.concat([large.content, Buffer.alloc(200_000, "x\r\n")]) }],
    changes,
  );
  expect(await place.kit.check()).toMatchObject({ collected: 0, deferred: 0, problems: [] });
  expect((await place.kit.rows("Inbox")).map(({ kind }) => kind)).toEqual(["alert"]);
  const waits = await office([mail("later-ada@office.test")]);
  expect(await waits.kit.check()).toMatchObject({ collected: 1, deferred: 1 });
});

test("the mail log names the address that a recipient was mapped from", DEADLINE, async () => {
  const { kit } = await office([mail("sales@office.test, ada@office.test")], {
    domains: { primary: "office.test", virtualAlias: "office.lan" },
    aliases: { "sales@office.test": ["bob@office.test", "carol@elsewhere.test"] },
  });
  expect(await kit.check()).toMatchObject({ delivered: 1 });
  expect(attempts(kit).sort()).toEqual([
    "to=<ada@office.lan orig_to=<ada@office.test status=sent",
    "to=<bob@office.lan orig_to=<sales@office.test status=sent",
    "to=<carol@elsewhere.test orig_to=<sales@office.test status=sent",
  ]);
});

test(
  "another server in the settings is used at once, however long the old one was down",
  DEADLINE,
  async () => {
    const { kit, server, settings } = await office([mail("ada@office.test")], {
      smtp: { port: await deadPort() },
    });
    for (let run = 0; run < 7; run += 1) {
      await kit.check();
      kit.clock.goOn(HOUR);
    }
    const gateway = await kit.open();
    const before = gateway.status().route;
    expect([before.usable, before.failures]).toEqual([false, 7]);
    const { smtp } = settings({}) as { smtp: { port: number } };
    const now = gateway.settings();
    await gateway.saveSettings({ ...now, smtp: { ...now.smtp, port: smtp.port } });
    expect(gateway.status().route).toMatchObject({
      usable: true,
      failures: 0,
      nextProbeAt: null,
      problem: null,
    });
    const delivered = kit.event((event) => event.kind === "run-finished" && event.summary.delivered === 1);
    gateway.startSchedule();
    await delivered;
    await gateway.close();
    expect(server.messages).toHaveLength(1);
  },
);

test.each([
  ["allRecipients", 554, "Your mail server did not accept this recipient."],
  ["allData", 550, "The server refused the message as a whole,"],
] as const)("a report knows what the answer was to (%s)", DEADLINE, async (policy, code, words) => {
  const { kit, server } = await office([mail("ada@office.test")]);
  server.policy[policy] = { code, text: "5.0.0 no" };
  const refused = kit.event((event) => event.kind === "log" && event.line.text.endsWith("is in Errors now"));
  const checked = kit.check();
  await refused;
  server.policy[policy] = null;
  expect(await checked).toMatchObject({ errors: 1, reports: 1 });
  const report = server.messages.find(isReport)?.bytes?.toString().replaceAll("=\r\n", "") ?? "";
  expect(/What it means: (.*)\r/.exec(report)?.[1]).toContain(words);
});

describe("a result that the disk did not take", () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  test("is in the mail log once it is recorded, and the message is not sent again", DEADLINE, async () => {
    const { kit, server } = await office([mail("ada@office.test")]);
    const disk = { full: false };
    const exec = DatabaseSync.prototype.exec;
    vi.spyOn(DatabaseSync.prototype, "exec").mockImplementation(function (this: DatabaseSync, sql) {
      if (sql === "BEGIN IMMEDIATE" && server.messages.length > 0 && disk.full) {
        throw Object.assign(new Error("database or disk is full"), { errcode: 13 });
      }
      exec.call(this, sql);
    });
    const gateway = await kit.open();
    disk.full = true;
    const { problems } = await gateway.check();
    expect(new Set(problems.map(({ code }) => code))).toEqual(new Set(["disk-full"]));
    disk.full = false;
    await gateway.check();
    await gateway.close();
    expect(attempts(kit)).toEqual(["to=<ada@office.test status=sent"]);
    expect(server.messages).toHaveLength(1);
    expect(kit.history().map(({ outcome }) => outcome)).toEqual(["delivered"]);
  });
});
