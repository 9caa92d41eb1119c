/**
 * Mail as it must not be and yet is, from mailbox to mail server: collected whole, and delivered octet by octet or kept
 * in Errors with the reason; nobody gets what is not for them, and nothing is sent that nobody wrote.
 */
import { expect, onTestFinished, test } from "vitest";
import type { FolderRow } from "../../core/model/message.ts";
import { formatReply } from "../../core/model/reply.ts";
import { startDovecot } from "../servers/dovecot.ts";
import { startPostfix } from "../servers/postfix.ts";
import type { HostileMessage } from "../support/hostile-messages.ts";
import { CROWD_SIZE, makeHostileMessages } from "../support/hostile-messages.ts";
import { firstDifference, normaliseLineEnds, stripTrace } from "../support/line-ends.ts";
import { contentBytes } from "../support/message-content.ts";
import type { MailboxOptions } from "../support/pop3-mailbox-model.ts";
import type { MailboxServer } from "../support/pop3-mailbox-server.ts";
import { startMailboxServer } from "../support/pop3-mailbox-server.ts";
import { describeWith } from "../support/skip.ts";
import type { MailServer, MailServerOptions, ReceivedMail } from "../support/smtp-mail-server.ts";
import { startMailServer } from "../support/smtp-mail-server.ts";
import type { Sent } from "./arrivals.ts";
import { account, isReport } from "./arrivals.ts";
import { edgeMessages } from "./edge-messages.ts";
import type { GatewayKit } from "./gateway-kit.ts";
import { gatewayKit, officeSettings } from "./gateway-kit.ts";

const DEADLINE = { timeout: 120_000 };
const ADA = "ada@office.test";
const POSTMASTER = "postmaster@office.test";
const CROWD = "crowd-in-to";
const hostile = [...makeHostileMessages(ADA), ...edgeMessages(ADA)];

function sent(messages: readonly HostileMessage[]): Sent[] {
  return messages.map(({ name, content }) => ({ uid: name, content: contentBytes(content) }));
}

interface Office {
  readonly mailbox: MailboxServer;
  readonly server: MailServer;
  readonly kit: GatewayKit;
}

async function office(
  messages: readonly Sent[],
  options: {
    readonly mailbox?: MailboxOptions;
    readonly server?: MailServerOptions;
    readonly settings?: Readonly<Record<string, unknown>>;
  } = {},
): Promise<Office> {
  const mailbox = await startMailboxServer(messages, options.mailbox);
  onTestFinished(() => mailbox.close());
  const server = await startMailServer(options.server);
  onTestFinished(() => server.close());
  const kit = await gatewayKit(
    officeSettings(
      { host: mailbox.host, port: mailbox.port },
      { host: server.host, port: server.port },
      options.settings,
    ),
  );
  return { mailbox, server, kit };
}

/** By the id that the mailbox listed: where the message arrived. */
function arrivedAt(
  messages: readonly Sent[],
  received: readonly ReceivedMail[],
): Map<string, ReceivedMail[]> {
  const byContent = new Map(
    messages.map(({ uid, content }) => [normaliseLineEnds(content).toString("latin1"), uid]),
  );
  return Map.groupBy(
    received,
    ({ bytes }) => byContent.get(stripTrace(bytes ?? Buffer.alloc(0)).toString("latin1")) ?? "?",
  );
}

function reasons(rows: readonly FolderRow[]): string[] {
  return rows.flatMap(({ recipients }) =>
    recipients.map(({ state }) => {
      if (state.kind !== "failed") return state.kind;
      const { reply, problem } = state.failure;
      return reply === null ? (problem?.what ?? "") : formatReply(reply);
    }),
  );
}

test.each<readonly [string, MailServerOptions]>([
  ["a server with every extension", {}],
  ["a server with none", { offersPipelining: false, offers8BitMime: false, offersSmtpUtf8: false }],
])("every odd message arrives or is in Errors with the reason: %s", DEADLINE, async (_, extensions) => {
  const messages = sent(hostile);
  const { mailbox, server, kit } = await office(messages, { server: extensions });
  const summary = await kit.check();
  const received = server.messages.filter((message) => !isReport(message));
  const end = account(messages, received, kit, (uid) => (uid === CROWD ? CROWD_SIZE / 100 : 1));
  expect(summary).toMatchObject({
    collected: messages.length,
    delivered: end.delivered.length,
    deferred: 0,
    errors: end.errors.length,
    reports: end.errors.length,
    junk: 0,
    discarded: 0,
    problems: [],
  });
  expect([end.missing, end.junk, end.strange]).toEqual([[], [], []]);
  expect([mailbox.left(), kit.files("Inbox").size]).toEqual([[], 0]);

  // Senders that a server may refuse are its affair; everything else has to arrive.
  const errors = await kit.rows("Errors");
  console.log(errors.map((r) => [r.sender, r.summary.subject, reasons([r])]));

  const at = arrivedAt(messages, received);
  const crowd = at.get(CROWD)?.flatMap(({ rcptTo }) => rcptTo) ?? [];
  expect(at.get(CROWD)?.length).toBe(CROWD_SIZE / 100);
  expect(new Set(crowd).size).toBe(CROWD_SIZE);
  expect(crowd.length).toBe(CROWD_SIZE);
  expect(crowd.sort()).toEqual(Array.from({ length: CROWD_SIZE }, (_, at) => `u${at}@office.test`).sort());
  const wrong = hostile.flatMap(({ name, addressed }) => {
    if (name === CROWD || end.errors.includes(name)) return [];
    const to = at.get(name)?.flatMap(({ rcptTo }) => rcptTo) ?? [];
    const expected = PEOPLE.get(name) ?? [addressed ? ADA : POSTMASTER];
    return [...to].sort().join() === [...expected].sort().join() ? [] : [`${name}: ${to.join(", ")}`];
  });
  expect(wrong).toEqual([]);
  for (const { name } of hostile)
    if (/sender|from|8-bit-addr|local|nothing|idn/.test(name))
      console.log(name, JSON.stringify(at.get(name)?.[0]?.mailFrom));
  const senders = Object.fromEntries([...SENDERS.keys()].map((name) => [name, at.get(name)?.[0]?.mailFrom]));
  expect(senders).toEqual(Object.fromEntries(SENDERS));
});

/** Who gets it, where it is not simply for Ada. */
const PEOPLE: ReadonlyMap<string, readonly string[]> = new Map([
  // Tolerant reading finds their fields.
  ["all-cr", [ADA]],
  ["first-line-is-a-dot", [ADA]],
]);

/** The envelope sender of the messages whose headers make it hard. */
const SENDERS: ReadonlyMap<string, string> = new Map([["null-sender", ""]]);

test("a server without ids: equal messages arrive each, and all are deleted", DEADLINE, async () => {
  const twice = sent(makeHostileMessages(ADA).slice(0, 12)).flatMap(({ uid, content }) => [
    { uid: `${uid} 1`, content },
    { uid: `${uid} 2`, content },
  ]);
  const { mailbox, server, kit } = await office(twice, {
    mailbox: { capabilities: ["CAPA", "PIPELINING"] },
    settings: { duplicates: { days: 0 } },
  });
  expect(await kit.check()).toMatchObject({ collected: 24, delivered: 24, problems: [] });
  expect(account(twice, server.messages, kit)).toMatchObject({ missing: [], strange: [] });
  expect(mailbox.left()).toEqual([]);
  expect(await kit.check()).toMatchObject({ collected: 0, delivered: 0, problems: [] });
  expect(server.messages.length).toBe(24);
});

describeWith("real-servers", "odd messages between a real Dovecot and a real Postfix", () => {
  test("each arrives as Dovecot served it, or is in Errors with the reason", DEADLINE, async () => {
    const dovecot = await startDovecot();
    onTestFinished(() => dovecot.close());
    const users = ["ada", "ben", ...Array.from({ length: CROWD_SIZE }, (_, at) => `u${at}`)];
    const postfix = await startPostfix({ users });
    onTestFinished(() => postfix.close());
    dovecot.load(
      "catchall",
      hostile.filter(({ name }) => name !== "first-line-is-a-dot"),
    );
    const kit = await gatewayKit(
      officeSettings(
        { host: dovecot.host, port: dovecot.port, password: dovecot.password },
        { host: postfix.host, port: postfix.port },
      ),
    );
    const summary = await kit.check();
    console.log(
      kit.heard.logs
        .filter((l) => l.source === "pop3" || l.level !== "info")
        .map((l) => l.text)
        .slice(0, 30),
      dovecot.count("catchall"),
      dovecot.log().slice(-600),
    );
    console.log((await kit.rows("Errors")).map((r) => [r.sender, r.summary.subject, reasons([r])]));
    expect([summary.collected, summary.deferred, summary.junk, summary.problems]).toEqual([
      hostile.length,
      0,
      0,
      [],
    ]);
    expect(dovecot.count("catchall")).toBe(0);
    await postfix.untilEmpty(90_000);
    const copies = postfix.delivered();
    console.log(summary, copies.length, reasons(await kit.rows("Errors")));
    const open = new Map(
      hostile.map(({ name, content }) => [name, normaliseLineEnds(contentBytes(content))]),
    );
    for (const copy of copies) {
      const bytes = stripTrace(copy.bytes);
      const name = [...open].find(([, original]) => firstDifference(bytes, original) === null)?.[0];
      if (name === undefined)
        console.log("??", copy.recipient, JSON.stringify(copy.bytes.subarray(0, 700).toString("latin1")));
    }
  });
});
