/**
 * PRODUCT section 4, "Duplicates", sentence by sentence, and rule 2 of section 2 for a mailbox that moved: the whole
 * gateway between an embedded mailbox and an embedded mail server.
 */
import { expect, onTestFinished, test } from "vitest";
import type { MailboxMessage } from "../support/pop3-mailbox-model.ts";
import { type MailboxServer, startMailboxServer } from "../support/pop3-mailbox-server.ts";
import { type MailServer, startMailServer } from "../support/smtp-mail-server.ts";
import { type GatewayKit, gatewayKit, officeSettings } from "./gateway-kit.ts";

const DAY = 86_400_000;

interface Office {
  mailbox: MailboxServer;
  readonly server: MailServer;
  readonly kit: GatewayKit;
}

async function office(
  messages: readonly MailboxMessage[],
  settings: Readonly<Record<string, unknown>> = {},
  account: Readonly<Record<string, unknown>> = {},
): Promise<Office> {
  const mailbox = await startMailboxServer(messages);
  const server = await startMailServer();
  const kit = await gatewayKit(
    officeSettings(
      { host: mailbox.host, port: mailbox.port, ...account },
      { host: server.host, port: server.port },
      settings,
    ),
  );
  const all: Office = { mailbox, server, kit };
  onTestFinished(async () => {
    await all.mailbox.close();
    await server.close();
  });
  return all;
}

/** Mail as a provider puts it into a catch-all box; `trace`: what differs from copy to copy. */
function mail(
  uid: string,
  headers: Readonly<Record<string, string>> = {},
  body = "Hello\r\n",
): MailboxMessage {
  const all: Record<string, string> = {
    Received: `from out.example.net by mx.provider.example id ${uid}; Fri, 20 Nov 2026 12:00:00 +0000`,
    "X-Copy": uid,
    From: "Sender <sender@example.net>",
    To: "ann@office.test, bob@office.test",
    Subject: "Meeting",
    Date: "Fri, 20 Nov 2026 12:00:00 +0000",
    "Message-ID": "<1@example.net>",
    ...headers,
  };
  const lines = Object.entries(all).flatMap(([name, value]) =>
    value === "" ? [] : [`${name}: ${value}\r\n`],
  );
  return { uid, content: Buffer.from(`${lines.join("")}\r\n${body}`, "latin1") };
}

/** How often each address got something; not the alerts to the postmaster. */
function arrived(server: MailServer): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { rcptTo } of server.messages) {
    for (const address of rcptTo) {
      if (address !== "postmaster@office.test") counts[address] = (counts[address] ?? 0) + 1;
    }
  }
  return counts;
}

/** What became of each message, by its id in the mailbox. */
function outcomes(kit: GatewayKit): Record<string, string | null> {
  const rows = kit.history().filter(({ kind }) => kind === "mail");
  return Object.fromEntries(rows.map(({ uid, outcome }) => [uid ?? "", outcome]));
}

const ANN = "ann@office.test";
const BOB = "bob@office.test";

test("one copy per recipient in the box: everybody gets it once, the others are closed with a row, no BCC copy", async () => {
  const { server, kit, mailbox } = await office([mail("a"), mail("b"), mail("c")], {
    headers: { bccAll: "archive@office.test" },
  });
  const summary = await kit.check();
  expect(arrived(server)).toEqual({ [ANN]: 1, [BOB]: 1, "archive@office.test": 1 });
  expect(Object.values(outcomes(kit)).sort()).toEqual(["delivered", "nobody-left", "nobody-left"]);
  expect(kit.history().find(({ outcome }) => outcome === "nobody-left")).toMatchObject({
    detail: "every recipient has this message already",
    folder: null,
  });
  // It is not "no recipient": the postmaster gets nothing.
  expect(server.messages.length).toBe(1);
  expect([summary.collected, summary.errors, summary.junk, mailbox.left()]).toEqual([3, 0, 0, []]);
  const gateway = await kit.open();
  const [closed] = (await gateway.history({ outcome: "nobody-left", words: "meeting" })).rows;
  const whole = await gateway.historyMessage({ id: closed?.id ?? 0 });
  expect(
    whole?.trail.filter(({ rule }) => rule === "duplicate-message").map(({ address }) => address),
  ).toEqual([ANN, BOB, "archive@office.test"]);
  await gateway.close();
});

test("recipient by recipient: whoever has it not yet gets it", async () => {
  // Two mailing-list copies that differ in nothing that counts, the second for one more by an alias of the day.
  const { server, kit, mailbox } = await office([mail("a", { To: ANN })], { aliases: {} });
  await kit.check();
  await kit.importSettings(
    officeSettings(
      { host: mailbox.host, port: mailbox.port },
      { host: server.host, port: server.port },
      { aliases: { [ANN]: [ANN, BOB] } },
    ),
  );
  mailbox.add([mail("b", { To: ANN })]);
  await kit.check();
  expect(arrived(server)).toEqual({ [ANN]: 1, [BOB]: 1 });
});

test("recognised by Message-ID and content: body, From, To, Cc, Subject, Date; trace and folding do not count", async () => {
  const different = [
    mail("body", {}, "Other\r\n"),
    mail("from", { From: "Other <sender@example.net>" }),
    mail("to", { To: "bob@office.test, ann@office.test" }),
    mail("cc", { Cc: "x@elsewhere.example" }),
    mail("subject", { Subject: "Meeting moved" }),
    mail("date", { Date: "Fri, 20 Nov 2026 12:00:01 +0000" }),
    mail("id", { "Message-ID": "<2@example.net>" }),
  ];
  const equal = [
    mail("folded", { To: "ann@office.test,\r\n\tbob@office.test" }),
    mail("marked", { "X-Spam-Score": "3", Received: "by another; Fri, 20 Nov 2026 12:09:00 +0000" }),
  ];
  const { server, kit } = await office([mail("first"), ...different, ...equal]);
  await kit.check();
  expect(arrived(server)).toEqual({ [ANN]: 8, [BOB]: 8 });
  expect([outcomes(kit)["folded"], outcomes(kit)["marked"]]).toEqual(["nobody-left", "nobody-left"]);
});

test("without a Message-ID never", async () => {
  const { server, kit } = await office([mail("a", { "Message-ID": "" }), mail("b", { "Message-ID": "" })]);
  await kit.check();
  expect(arrived(server)).toEqual({ [ANN]: 2, [BOB]: 2 });
});

test("not for recipients from an envelope header or for: there equal copies are wanted", async () => {
  const wanted =
    "from out.example.net by mx.provider.example for <ann@office.test>; Fri, 20 Nov 2026 12:00:00 +0000";
  const { server, kit } = await office([
    mail("a", { "X-Original-To": ANN }),
    mail("b", { "X-Original-To": ANN }),
    mail("c", { Received: wanted, "Message-ID": "<2@example.net>" }),
    mail("d", { Received: wanted, "Message-ID": "<2@example.net>" }),
  ]);
  await kit.check();
  expect(arrived(server)).toEqual({ [ANN]: 4 });
});

test("within seven days, over restarts; settable, and off with 0", async () => {
  const { server, kit, mailbox } = await office([mail("0")]);
  const takes: number[] = [];
  const next = async (uid: string, days: number): Promise<void> => {
    kit.clock.goOn(days * DAY);
    mailbox.add([mail(uid)]);
    await kit.check();
    takes.push(arrived(server)[ANN] ?? 0);
  };
  await kit.check();
  await next("1", 3);
  // A duplicate begins nothing anew.
  await next("2", 3.9);
  await next("3", 0.2);
  expect(takes).toEqual([1, 1, 2]);
  const settings = (days: number) =>
    officeSettings(
      { host: mailbox.host, port: mailbox.port },
      { host: server.host, port: server.port },
      { duplicates: { days } },
    );
  await kit.importSettings(settings(30));
  await next("4", 20);
  await kit.importSettings(settings(2));
  await next("5", 1);
  await kit.importSettings(settings(0));
  await next("6", 0);
  expect(takes).toEqual([1, 1, 2, 2, 3, 4]);
});

test("what failed is no reason to drop an equal message; what is queued is, however long", async () => {
  const { server, kit, mailbox } = await office([mail("a", { To: ANN })]);
  server.policy.users = ["postmaster"];
  await kit.check();
  expect(outcomes(kit)["a"]).toBe("errors");
  server.policy.users = null;
  server.policy.allRecipients = { code: 450, text: "4.2.1 Mailbox is busy" };
  mailbox.add([mail("b", { To: ANN })]);
  await kit.check();
  for (const [uid, days] of [
    ["c", 0],
    ["d", 9],
  ] as const) {
    kit.clock.goOn(days * DAY);
    mailbox.add([mail(uid, { To: ANN })]);
    await kit.check();
  }
  expect(outcomes(kit)).toMatchObject({ b: null, c: "nobody-left", d: "nobody-left" });
  server.policy.allRecipients = null;
  await kit.check({ sendNow: true });
  // Seven days from when it arrived.
  kit.clock.goOn(6 * DAY);
  mailbox.add([mail("e", { To: ANN })]);
  await kit.check();
  kit.clock.goOn(2 * DAY);
  mailbox.add([mail("f", { To: ANN })]);
  await kit.check();
  expect(outcomes(kit)).toMatchObject({ b: "delivered", e: "nobody-left", f: "delivered" });
  expect(server.messages.filter(({ rcptTo }) => rcptTo.includes(ANN)).length).toBe(2);
});

test.each([
  ["left on the server", { leaveOnServer: true }],
  [
    "a mailbox of one person, left on the server",
    { leaveOnServer: true, addressing: { mode: "single", recipients: [ANN] } },
  ],
])(
  "a mailbox that moved, every id new: nothing arrives twice (%s)",
  { timeout: 60_000 },
  async (_, account) => {
    const messages = Array.from({ length: 40 }, (_unused, number) =>
      mail(
        `old-${number}`,
        {
          Subject: `Message ${number}`,
          // No duplicates rule for two thirds of them: the bytes have to decide.
          "Message-ID": number % 3 === 0 ? "" : `<${number}@example.net>`,
          ...(number % 3 === 1 ? { "X-Original-To": ANN } : { To: ANN }),
        },
        `Number ${number}\r\n`,
      ),
    );
    const all = await office(messages, {}, account);
    const { server, kit } = all;
    await kit.check();
    expect(arrived(server)).toEqual({ [ANN]: 40 });
    const { port } = all.mailbox;
    await all.mailbox.close();
    const moved = messages.map(({ content }, number) => ({ uid: `new-${1_000 - number}`, content }));
    all.mailbox = await startMailboxServer([...moved, mail("new-one", { To: ANN, Subject: "New" })], {
      port,
    });
    const summary = await kit.check();
    expect([arrived(server), summary.collected, summary.problems]).toEqual([
      { [ANN]: 41 },
      summary.collected,
      [],
    ]);
    expect(all.mailbox.counts().deleted).toBe(0);
    // The new ids are known now: nothing is read again.
    const read = all.mailbox.counts().retrieved;
    await kit.check();
    expect([arrived(server), all.mailbox.counts().retrieved]).toEqual([{ [ANN]: 41 }, read]);
    expect(kit.history().filter(({ kind }) => kind === "mail").length).toBe(41);
  },
);

test.each<[string, Readonly<Record<string, unknown>>]>([
  ["a server of another name", { host: "localhost" }],
  ["another user name", { username: "catchall-2" }],
])(
  "an account that lists another mailbox under the same ids: nothing is lost, nothing arrives twice (%s)",
  { timeout: 60_000 },
  async (_, change) => {
    const envelope = (uid: string, body: string) =>
      mail(uid, { "X-Original-To": ANN, "Message-ID": "" }, body);
    const kept = [envelope("1", "one\r\n"), envelope("2", "two\r\n"), envelope("3", "three\r\n")];
    const all = await office(kept, {}, { leaveOnServer: true });
    const { server, kit } = all;
    await kit.check();
    const { host, port } = all.mailbox;
    await all.mailbox.close();
    // Id 1 is another message of the same size, 2 is what 1 was before, 3 is as it was.
    const one = kept[0]?.content ?? Buffer.alloc(0);
    const other = Buffer.from(one.toString("latin1").replace("one", "One"), "latin1");
    all.mailbox = await startMailboxServer(
      [{ uid: "1", content: other }, { uid: "2", content: one }, ...kept.slice(2)],
      { port, user: String(change["username"] ?? "catchall") },
    );
    await kit.importSettings(
      officeSettings({ host, port, ...change }, { host: server.host, port: server.port }),
    );
    const summary = await kit.check();
    expect([arrived(server), summary.collected, summary.problems]).toEqual([{ [ANN]: 4 }, 1, []]);
    expect(server.messages.at(-1)?.bytes?.toString("latin1")).toContain("One");
    // Each was read before it was deleted.
    expect([all.mailbox.counts().retrieved, all.mailbox.left()]).toEqual([3, []]);
  },
);
