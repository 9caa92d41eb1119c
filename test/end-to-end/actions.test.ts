/** What people do to messages in the folders, through the gateway: many at once, twice, and on what is not there. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { openGateway } from "../../core/gateway.ts";
import type { ActionResult } from "../../core/model/action.ts";
import type { Gateway } from "../../core/model/gateway.ts";
import type { FolderRow } from "../../core/model/message.ts";
import { startMailboxServer } from "../support/pop3-mailbox-server.ts";
import { runEfsHere } from "../support/run-efs-here.ts";
import type { MailServer } from "../support/smtp-mail-server.ts";
import { startMailServer } from "../support/smtp-mail-server.ts";
import type { Sent } from "./arrivals.ts";
import { isReport } from "./arrivals.ts";
import type { GatewayKit } from "./gateway-kit.ts";
import { gatewayKit, officeSettings } from "./gateway-kit.ts";

const DEADLINE = { timeout: 60_000 };

function mail(to: string, count: number): Sent[] {
  return Array.from({ length: count }, (_, index) => {
    const text = `Return-Path: <a@outside.test>\r\nFrom: a@outside.test\r\nTo: ${to}\r\nSubject: ${to} ${index}\r\nMessage-ID: <${index}.${to}>\r\n\r\nText ${index}\r\n`;
    return { uid: `${to}-${index}`, content: Buffer.from(text) };
  });
}

interface Office {
  readonly server: MailServer;
  readonly kit: GatewayKit;
}

async function office(
  messages: readonly Sent[],
  users: readonly string[] | null,
  changes: Readonly<Record<string, unknown>> = {},
): Promise<Office> {
  const mailbox = await startMailboxServer(messages);
  onTestFinished(() => mailbox.close());
  const server = await startMailServer({ users });
  onTestFinished(() => server.close());
  const kit = await gatewayKit(
    officeSettings(
      { host: mailbox.host, port: mailbox.port },
      { host: server.host, port: server.port },
      { alerts: { mail: false }, ...changes },
    ),
  );
  return { server, kit };
}

function ids(rows: readonly FolderRow[]): string[] {
  return rows.map(({ queueId }) => queueId);
}

function efs(kit: GatewayKit, ...args: string[]): ReturnType<typeof runEfsHere> {
  return runEfsHere([...args, "--data", kit.data], { openGateway });
}

function codes(results: readonly ActionResult[]): string[] {
  return [...new Set(results.map(({ code }) => code))];
}

function folder(gateway: Gateway, name: FolderRow["folder"]): readonly FolderRow[] {
  return gateway.queue({ folder: name, limit: 1_000 });
}

test(
  "200 messages in Errors are sent again at once; the same action once more does nothing",
  DEADLINE,
  async () => {
    // Ada is known, so that the refusals are ordinary ones.
    const { server, kit } = await office(
      [...mail("ada@office.test", 1), ...mail("bob@office.test", 200)],
      ["ada", "postmaster"],
    );
    await kit.check();
    const gateway = await kit.open();
    const all = ids(folder(gateway, "Errors"));
    expect(all).toHaveLength(200);
    server.policy.users = ["ada", "bob", "postmaster"];
    const order = {
      action: "resend-to-original",
      messages: all,
      actionId: "morning",
      actor: "anna",
    } as const;
    expect(codes(await gateway.act(order))).toEqual(["done"]);
    expect(codes(await gateway.act(order))).toEqual(["repeated"]);
    expect(codes(await gateway.act({ action: "resend-to-original", messages: all }))).toEqual(["already"]);
    expect(await gateway.check()).toMatchObject({ delivered: 200, errors: 0, reports: 0 });
    expect(codes(await gateway.act(order))).toEqual(["repeated"]);
    expect(codes(await gateway.act({ action: "resend-to-original", messages: all }))).toEqual(["gone"]);
    await gateway.check();
    expect(server.messages.filter(({ rcptTo }) => rcptTo.includes("bob@office.test"))).toHaveLength(200);
    await gateway.close();
  },
);

test("to another address: copies, byte for byte, one for each action", DEADLINE, async () => {
  const sent = mail("bob@office.test", 3);
  const { server, kit } = await office([...mail("ada@office.test", 1), ...sent], ["ada", "postmaster"]);
  await kit.check();
  const gateway = await kit.open();
  const all = ids(folder(gateway, "Errors"));
  const order = {
    action: "resend-to-address",
    address: "ada@office.test",
    messages: all,
    actionId: "x",
  } as const;
  const [first, again] = await Promise.all([gateway.act(order), gateway.act(order)]);
  // Whichever of the two came to a message first.
  for (const queueId of all) {
    const told = [...first, ...again].filter((result) => result.queueId === queueId);
    expect(told.map(({ code }) => code).sort()).toEqual(["done", "repeated"]);
  }
  await gateway.check();
  const copies = server.messages.slice(1).filter((message) => !isReport(message));
  expect(copies.map(({ rcptTo }) => rcptTo.join())).toEqual(Array(3).fill("ada@office.test"));
  for (const { content } of sent) {
    expect(copies.some(({ bytes }) => bytes?.toString().endsWith(content.toString()))).toBe(true);
  }
  expect(folder(gateway, "Errors")).toHaveLength(3);
  expect((await gateway.historyMessage({ queueId: all[0] ?? "" }))?.actions).toEqual([
    {
      at: expect.any(Number),
      actor: "somebody",
      kind: "resend-to-address",
      detail: "A copy was sent on to ada@office.test.",
      made: expect.any(Number),
    },
  ]);
  await expect(gateway.act({ ...order, address: "nobody" })).rejects.toMatchObject({
    problem: { code: "usage-address" },
  });
  await gateway.close();
});

test(
  "to the postmaster: a report of what failed, the message itself of what was blocked",
  DEADLINE,
  async () => {
    const blocked = {
      control: { blocked: { senders: [], recipients: [], subjects: ["blocked"], action: "junk" } },
    };
    const junk = {
      uid: "junk",
      content: Buffer.from(
        "From: b@outside.test\r\nTo: ada@office.test\r\nSubject: blocked\r\n\r\nThe text\r\n",
      ),
    };
    const { server, kit } = await office(
      [...mail("ada@office.test", 1), ...mail("bob@office.test", 1), junk],
      ["ada", "postmaster"],
      blocked,
    );
    await kit.check();
    expect(server.messages.filter(isReport)).toHaveLength(1);
    const gateway = await kit.open();
    const all = [...ids(folder(gateway, "Errors")), ...ids(folder(gateway, "Junk"))];
    expect(await gateway.act({ action: "resend-to-postmaster", messages: all })).toMatchObject([
      { code: "done", what: "It is reported to the postmaster again." },
      { code: "done", what: "A copy was sent on to postmaster@office.test.", made: expect.any(String) },
    ]);
    await gateway.check();
    expect(server.messages.filter(isReport)).toHaveLength(2);
    expect(server.messages.at(-1)?.rcptTo).toEqual(["postmaster@office.test"]);
    const toPostmaster = server.messages.filter(
      (message) => !isReport(message) && message.rcptTo[0]?.startsWith("postmaster"),
    );
    expect(toPostmaster.map(({ bytes }) => bytes?.toString().endsWith(junk.content.toString()))).toEqual([
      true,
    ]);
    // What was blocked is sent to whom it was for, when somebody asks for it.
    expect(await gateway.act({ action: "resend-to-original", messages: all.slice(1) })).toMatchObject([
      { code: "done" },
    ]);
    expect(await gateway.check()).toMatchObject({ delivered: 1 });
    await gateway.close();
  },
);

test("from Backup: once more to everybody, as a copy", DEADLINE, async () => {
  const { server, kit } = await office(mail("ada@office.test", 2), null, { backup: { enabled: true } });
  await kit.check();
  const gateway = await kit.open();
  const all = ids(folder(gateway, "Backup"));
  expect(codes(await gateway.act({ action: "resend-to-original", messages: all, actionId: "b" }))).toEqual([
    "done",
  ]);
  expect(codes(await gateway.act({ action: "resend-to-original", messages: all, actionId: "b" }))).toEqual([
    "repeated",
  ]);
  await gateway.check();
  expect(server.messages).toHaveLength(4);
  await gateway.close();
});

test("hold, release, delete: each answer says what is so", DEADLINE, async () => {
  const { server, kit } = await office(
    [...mail("later-a@office.test", 2), ...mail("later-b@office.test", 2)],
    null,
  );
  await kit.check();
  const gateway = await kit.open();
  const all = ids(folder(gateway, "Inbox"));
  expect(codes(await gateway.act({ action: "hold", messages: all }))).toEqual(["done"]);
  expect(codes(await gateway.act({ action: "hold", messages: all }))).toEqual(["already"]);
  kit.clock.goOn(61 * 60_000);
  const refusals = server.refusals.length;
  await gateway.check({ sendNow: true });
  expect(server.refusals).toHaveLength(refusals);
  const [one = "", two = "", ...others] = all;
  expect(codes(await gateway.act({ action: "release", messages: [one, two] }))).toEqual(["done"]);
  expect(codes(await gateway.act({ action: "release", messages: [one, two] }))).toEqual(["already"]);
  expect(codes(await gateway.act({ action: "delete", messages: others }))).toEqual(["done"]);
  expect(
    await gateway.act({ action: "delete", messages: [...others, "000000000000", others[0] ?? ""] }),
  ).toMatchObject([{ code: "already" }, { code: "already" }, { code: "unknown" }]);
  await gateway.check();
  expect(server.refusals).toHaveLength(refusals + 2);
  expect([kit.files("Inbox").size, folder(gateway, "Inbox").length]).toEqual([2, 2]);
  await gateway.close();
  const outcomes = kit.history().map(({ outcome, detail }) => [outcome, detail]);
  expect(outcomes).toEqual([
    [null, null],
    [null, null],
    ["removed", "deleted by hand"],
    ["removed", "deleted by hand"],
  ]);
});

test("what is deleted is not reported, and a report on its way is called off", DEADLINE, async () => {
  const { server, kit } = await office(
    [...mail("ada@office.test", 1), ...mail("bob@office.test", 2)],
    ["ada"],
  );
  await kit.check();
  const gateway = await kit.open();
  // The reports were refused: both are in Junk. One is reported again, and deleted before that is sent.
  const all = ids(folder(gateway, "Junk"));
  expect(codes(await gateway.act({ action: "resend-to-postmaster", messages: all }))).toEqual(["done"]);
  expect(folder(gateway, "Errors")).toHaveLength(2);
  await gateway.act({ action: "delete", messages: all.slice(0, 1) });
  server.policy.users = ["ada", "postmaster"];
  await gateway.check();
  expect(server.messages.filter(isReport)).toHaveLength(1);
  expect([folder(gateway, "Errors").length, folder(gateway, "Junk").length]).toEqual([1, 0]);
  await gateway.close();
});

test("a message is opened as a stream, and saved by the command line", DEADLINE, async () => {
  const sent = mail("bob@office.test", 2);
  const { kit } = await office([...mail("ada@office.test", 1), ...sent], ["ada", "postmaster"]);
  await kit.check();
  const rows = await kit.rows("Errors");
  const all = ids(rows.toSorted((one, other) => one.summary.subject.localeCompare(other.summary.subject)));
  const gateway = await kit.open();
  const opened = await gateway.openMessage(all[0] ?? "");
  expect((await buffer(opened.content)).toString()).toBe(sent[0]?.content.toString());
  await expect(gateway.openMessage("nothing")).rejects.toMatchObject({
    problem: { code: "message-unknown" },
  });
  await gateway.close();

  const target = join(kit.data, "log");
  const saved = await efs(kit, "save", ...all, "--to", target, "--json");
  expect(saved.code).toBe(0);
  expect(readFileSync(join(target, `${all[1]}.eml`)).toString()).toBe(sent[1]?.content.toString());
  // Nothing is overwritten.
  expect((await efs(kit, "save", ...all, "--to", target)).code).toBe(1);
});

test(
  "the command line: one line for each message, 1 when one of them could not be helped",
  DEADLINE,
  async () => {
    const { server, kit } = await office(
      [...mail("ada@office.test", 1), ...mail("bob@office.test", 2)],
      ["ada", "postmaster"],
    );
    await kit.check();
    const all = ids(await kit.rows("Errors"));
    const done = await efs(kit, "resend", ...all, "--to", "ada@office.test", "--json");
    expect(done.code).toBe(0);
    expect(
      done.stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line)),
    ).toMatchObject(all.map((queueId) => ({ queueId, code: "done" })));
    const partly = await efs(kit, "delete", all[0] ?? "", "ABCDEF");
    expect(partly.code).toBe(1);
    expect(partly.stdout.split("\n")[1]).toBe("ABCDEF  unknown: There is no message with this id.");
    expect((await efs(kit, "release")).code).toBe(2);
    expect((await efs(kit, "release", "--domain", "x.test")).code).toBe(2);
    expect(await efs(kit, "release", "--anyway", "--domain", "x.test", "--reports")).toMatchObject({
      code: 0,
      stdout: "mail for x.test: nothing is held back\nreports to the postmaster: nothing is held back\n",
    });
    await kit.check();
    expect(server.messages.filter(({ rcptTo }) => rcptTo[0] === "ada@office.test")).toHaveLength(3);
  },
);
