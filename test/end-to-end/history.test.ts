/** History, age and the clock as an administrator meets them: the whole gateway, and the command `efs`. */
import { expect, onTestFinished, test } from "vitest";
import { type MailboxServer, startMailboxServer } from "../support/pop3-mailbox-server.ts";
import { startProcess } from "../support/run-efs-process.ts";
import { type MailServer, startMailServer } from "../support/smtp-mail-server.ts";
import { type GatewayKit, gatewayKit, officeSettings } from "./gateway-kit.ts";

const DAY = 86_400_000;

interface Office {
  readonly mailbox: MailboxServer;
  readonly server: MailServer;
  readonly kit: GatewayKit;
}

async function office(settings: Readonly<Record<string, unknown>> = {}): Promise<Office> {
  const mailbox = await startMailboxServer([mail("1", "ann", "Invoice 4711"), mail("2", "bob", "Lunch")]);
  const server = await startMailServer();
  onTestFinished(async () => {
    await mailbox.close();
    await server.close();
  });
  const kit = await gatewayKit(
    officeSettings(
      { host: mailbox.host, port: mailbox.port },
      { host: server.host, port: server.port },
      settings,
    ),
  );
  return { mailbox, server, kit };
}

function mail(uid: string, to: string, subject: string) {
  const text = `From: Partner <p@partner.example>\r\nTo: ${to}@office.test\r\nSubject: ${subject}\r\nMessage-ID: <${uid}@partner.example>\r\n\r\nHello\r\n`;
  return { uid, content: Buffer.from(text) };
}

async function efs(kit: GatewayKit, ...args: readonly string[]) {
  return startProcess(["--data", kit.data, ...args], { script: "core/headless/efs.ts" }).finished;
}

test("efs history finds, shows the whole way, and says what is wrong with a question", {
  timeout: 60_000,
}, async () => {
  const { kit } = await office();
  await kit.check();
  const found = await efs(kit, "history", "invoice", "--sender", "partner", "--outcome", "delivered");
  const [first, second, ...rest] = found.stdout.split("\n");
  expect(found.code).toBe(0);
  expect(first).toMatch(
    /^[0-9A-F]{12} {2}\d{4}-\d\d-\d\d .* delivered .* from=<p@partner\.example> {2}Invoice 4711$/,
  );
  expect(second).toMatch(/^ {4}to=<ann@office\.test> {2}delivered .*: 250 /);
  expect(rest).toEqual([""]);
  const queueId = first?.slice(0, 12) ?? "";

  const shown = await efs(kit, "history", "--show", queueId.toLowerCase());
  expect(shown.stdout).toMatch(/^Message: +[0-9A-F]{12}\nSubject: +Invoice 4711\n/);
  for (const part of [
    "Source:     main (127.0.0.1), id 1",
    "Recipient:  kept     ann@office.test (To, field 2): No header of the provider's names anybody of our domains",
    "<ann@office.test> delivered: 250 ",
    "File:       gone",
  ]) {
    expect(shown.stdout).toContain(part);
  }

  const json = await efs(kit, "history", "--json", "--limit", "1");
  const row = JSON.parse(json.stdout) as { id: number; summary: { subject: string } };
  const next = await efs(kit, "history", "--json", "--after", String(row.id));
  expect(JSON.parse(next.stdout).id).toBeLessThan(row.id);

  expect((await efs(kit, "history", '"AND (', "zwiebelfisch")).stdout).toBe("Nothing was found.\n");
  expect((await efs(kit, "history", "--to", "2001-01-01")).stdout).toBe("Nothing was found.\n");
  expect(await efs(kit, "history", "--from", "yesterday")).toMatchObject({
    code: 2,
    stderr:
      'efs: "yesterday" after --from is not a day. Write it like 2026-11-20, or with the time: 2026-11-20T15:20.\n',
  });
  expect((await efs(kit, "history", "--outcome", "lost")).code).toBe(2);
  expect((await efs(kit, "history", "--show", "ABC")).code).toBe(1);
});

test("after a step of the clock nothing goes until it is confirmed; mail goes on", {
  timeout: 60_000,
}, async () => {
  const { kit, server, mailbox } = await office({
    backup: { enabled: true, days: 10 },
    retry: { expireDays: 1 },
    control: { blocked: { subjects: ["Lunch"] } },
    alerts: { mail: false },
  });
  server.policy.allRecipients = { code: 450, text: "4.2.1 Mailbox is busy" };
  await kit.check();
  server.policy.allRecipients = null;
  mailbox.add([mail("3", "ann", "Third")]);
  kit.clock.goOn(1_000);
  await kit.check();
  const files = () => [kit.files("Inbox").size, kit.files("Junk").size, kit.files("Backup").size];
  expect(files()).toEqual([1, 1, 1]);

  // A year ahead at the start: neither expired nor deleted.
  kit.clock.goOn(400 * DAY);
  server.policy.allRecipients = { code: 450, text: "4.2.1 Mailbox is busy" };
  await kit.check({ sendNow: true });
  await kit.check({ sendNow: true });
  expect(files()).toEqual([1, 1, 1]);
  expect(kit.heard.alerts.filter(({ cause }) => cause === "clock-step").length).toBe(1);
  server.policy.allRecipients = null;
  mailbox.add([mail("4", "ann", "Fourth")]);
  await kit.check({ sendNow: true });
  expect([
    files(),
    server.messages.filter(({ rcptTo }) => rcptTo.includes("ann@office.test")).length,
  ]).toEqual([[0, 1, 3], 3]);
  const gateway = await kit.open();
  expect(gateway.status().clock).toMatchObject({ kind: "forwards" });
  await gateway.confirmClock();
  expect(gateway.status().clock).toBe(null);
  await gateway.check();
  await gateway.close();
  // What was delivered today stays its ten days.
  expect(files()).toEqual([0, 0, 2]);
  expect(kit.history().find(({ uid }) => uid === "1")?.outcome).toBe("delivered");
});

test("efs status says it, efs confirm-clock ends it", { timeout: 60_000 }, async () => {
  const { kit } = await office();
  kit.clock.goOn(400 * DAY);
  await kit.check();
  // For the command it is more than a year earlier.
  const status = await efs(kit, "status");
  expect(status.stdout).toMatch(
    /^Clock: {6}went from .* to .*; nothing is deleted because of its age\. .*efs confirm-clock$/m,
  );
  expect((await efs(kit, "confirm-clock")).stdout).toMatch(/^It is \d{4}-.*: what is older/);
  expect((await efs(kit, "status")).stdout).not.toMatch(/^Clock:/m);
  expect(await efs(kit, "acknowledge-junk", "--json")).toMatchObject({
    code: 0,
    stdout: '{"acknowledged":0}\n',
  });
});

test("a clock that was far ahead and is put back: what waited for that day is sent now", async () => {
  const { kit, server } = await office();
  kit.clock.goOn(400 * DAY);
  server.policy.allRecipients = { code: 450, text: "4.2.1 Mailbox is busy" };
  await kit.check();
  server.policy.allRecipients = null;
  expect(kit.files("Inbox").size).toBe(2);
  kit.clock.goOn(-400 * DAY);
  await kit.check();
  expect([kit.files("Inbox").size, server.messages.length >= 2]).toEqual([0, true]);
});
