/**
 * Mail as it must not be and yet is, from mailbox to mail server: collected whole, and delivered octet by octet or kept
 * in Errors with the reason; nobody gets what is not for them, and nothing is sent that nobody wrote.
 */
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import type { RunSummary } from "../../core/model/event.ts";
import type { FolderRow } from "../../core/model/message.ts";
import { formatReply } from "../../core/model/reply.ts";
import type { Dovecot } from "../servers/dovecot.ts";
import { startDovecot } from "../servers/dovecot.ts";
import type { Postfix } from "../servers/postfix.ts";
import { startPostfix } from "../servers/postfix.ts";
import type { HostileMessage } from "../support/hostile-messages.ts";
import { CROWD_SIZE, makeHostileMessages } from "../support/hostile-messages.ts";
import { normaliseLineEnds, stripTrace } from "../support/line-ends.ts";
import type { MessageContent } from "../support/message-content.ts";
import { contentBytes, sha256 } from "../support/message-content.ts";
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
import { ODD_KINDS } from "./odd-kinds.ts";

const DEADLINE = { timeout: 120_000 };
const ADA = "ada@office.test";
const POSTMASTER = "postmaster@office.test";
const CROWD = "crowd-in-to";
/** Dovecot 2.3 sends it so that it ends before it begins. */
const UNSTUFFED = "first-line-is-a-dot";
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

test("each kind that other programs were measured with is among them", () => {
  const texts = new Map(hostile.map(({ name, content }) => [name, contentBytes(content).toString("latin1")]));
  const missing = Object.entries(ODD_KINDS).filter(([, [ours, shows]]) => !shows.test(texts.get(ours) ?? ""));
  expect([missing, Object.keys(ODD_KINDS).length]).toEqual([[], 47]);
  expect(new Set(Object.values(ODD_KINDS).map(([ours]) => ours)).size).toBe(47);
  expect(texts.size).toBe(hostile.length);
});

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

  // Quoted local parts are proper (RFC 5321 4.1.2); this server knows none with a blank.
  expect([...end.errors].sort()).toEqual(["sender-not-closed", "sender-quoted"]);
  expect(reasons(await kit.rows("Errors"))).toEqual(Array(2).fill("501 Error: Bad sender address syntax"));

  const at = arrivedAt(messages, received);
  expect(at.get(CROWD)?.map(({ rcptTo }) => rcptTo.length)).toEqual(Array(CROWD_SIZE / 100).fill(100));
  const wrong = hostile.flatMap(({ name, addressed }) => {
    if (end.errors.includes(name)) return [];
    const to = at.get(name)?.flatMap(({ rcptTo }) => rcptTo) ?? [];
    const expected = PEOPLE.get(name) ?? [addressed ? ADA : POSTMASTER];
    return [...to].sort().join() === [...expected].sort().join() ? [] : [`${name}: ${to.join(", ")}`];
  });
  expect(wrong).toEqual([]);
  const senders = Object.fromEntries([...SENDERS.keys()].map((name) => [name, at.get(name)?.[0]?.mailFrom]));
  expect(senders).toEqual(Object.fromEntries(SENDERS));
});

/** Who gets it, where it is not simply for Ada. */
const PEOPLE: ReadonlyMap<string, readonly string[]> = new Map([
  // Tolerant reading finds their fields.
  ["all-cr", [ADA]],
  ["first-line-is-a-dot", [ADA]],
  [CROWD, Array.from({ length: CROWD_SIZE }, (_, at) => `u${at}@office.test`)],
]);

/** The envelope sender of the messages whose headers make it hard. */
const SENDERS: ReadonlyMap<string, string> = new Map([
  ["null-sender", ""],
  ["no-sender-at-all", "MAILER-DAEMON@office.test"],
  ["sender-with-two-ats", "bob@invalid.remote.test"],
  ["sender-with-injection", "a@remote.test"],
  ["sender-2000-octets", "MAILER-DAEMON@office.test"],
  ["from-without-domain", "MAILER-DAEMON@office.test"],
  ["mbox-from-first", "sender@remote.test"],
  ["8-bit-addresses", "jörg@remote.test"],
  ["edge-sender-plus-quote", "o'brien+tag=x@remote.test"],
  ["edge-sender-batv", "prvs=0123456789=sender@remote.test"],
  ["edge-sender-srs", "SRS0=HHH=TT=remote.test=user@forwarder.test"],
  ["edge-sender-ip-literal", "sender@[192.0.2.7]"],
  ["edge-sender-idn", "sender@xn--bcher-kva.test"],
  ["edge-no-return-path", "sender@remote.test"],
  ["edge-nothing-but-recipient", "MAILER-DAEMON@office.test"],
]);

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

/** Dovecot ends a last line that has no LF, also one that ends with a bare CR, also one that is not there. */
function asDovecotServes(content: MessageContent): Buffer {
  const bytes = contentBytes(content);
  return normaliseLineEnds(
    bytes.length === 0 || bytes.at(-1) === 0x0d ? Buffer.concat([bytes, Buffer.from("\r\n")]) : bytes,
  );
}

/**
 * What Postfix's cleanup does to a header that is none, for these alone: an empty line before the first line that is no
 * field, no blank before a colon, nothing of a field behind a NUL.
 */
const REPAIRED: readonly string[] = [
  "nul-header",
  "no-header",
  "mbox-from-first",
  ">from-in-header",
  "blank-before-colon",
  "field-without-name",
];

function repair(bytes: Buffer): string {
  return bytes
    .toString("latin1")
    .replace(/\0[^\r\n]*/g, "")
    .replace(/^(\S+)[ \t]+:/gm, "$1:")
    .replace(/^(?:\r\n)+/gm, "");
}

describeWith("real-servers", "odd messages between a real Dovecot and a real Postfix", () => {
  let dovecot: Dovecot;
  let postfix: Postfix;
  beforeAll(async () => {
    const users = ["ada", "ben", ...Array.from({ length: CROWD_SIZE }, (_, at) => `u${at}`)];
    [dovecot, postfix] = await Promise.all([startDovecot(), startPostfix({ users })]);
  });
  afterAll(async () => {
    await Promise.all([dovecot?.close(), postfix?.close()]);
  });

  test("each arrives, or is in Errors with the reason", DEADLINE, async () => {
    const messages = hostile.filter(({ name }) => name !== UNSTUFFED);
    dovecot.load("catchall", messages);
    const kit = await gatewayKit(
      officeSettings(
        { host: dovecot.host, port: dovecot.port, password: dovecot.password },
        { host: postfix.host, port: postfix.port },
      ),
    );
    const summary = await kit.check();
    expect(summary).toMatchObject({
      collected: messages.length,
      deferred: 0,
      junk: 0,
      discarded: 0,
      problems: [],
    });
    expect([dovecot.count("catchall"), kit.files("Inbox").size]).toEqual([0, 0]);
    await postfix.untilEmpty(60_000);
    const exact = new Map(messages.map(({ name, content }) => [sha256(asDovecotServes(content)), name]));
    const repaired = new Map(
      messages
        .filter(({ name }) => REPAIRED.includes(name))
        .map(({ name, content }) => [repair(asDovecotServes(content)), name]),
    );
    const arrived: string[] = [];
    const strange: string[] = [];
    for (const { recipient, bytes } of postfix.delivered()) {
      const original = stripTrace(bytes);
      const name = exact.get(sha256(original)) ?? repaired.get(repair(original));
      if (name !== undefined) arrived.push(`${name} ${recipient}`);
      else strange.push(`${recipient}: ${JSON.stringify(bytes.subarray(0, 900).toString("latin1"))}`);
    }
    expect(strange).toEqual([]);
    const expected = messages.flatMap(({ name, content, addressed }) => {
      // Two may be equal as they are served.
      const served = exact.get(sha256(asDovecotServes(content)));
      return (PEOPLE.get(name) ?? [addressed ? ADA : POSTMASTER]).map(
        (recipient) => `${served} ${recipient}`,
      );
    });
    expect(arrived.sort()).toEqual(expected.sort());
  });

  test(
    "a first dot that Dovecot does not stuff: nothing is lost, nobody else suffers",
    DEADLINE,
    async () => {
      const before = postfix.deliveredCount();
      const messages = hostile.filter(({ name }) =>
        ["plain", UNSTUFFED, "dots", "only-a-dot"].includes(name),
      );
      dovecot.load("dots", messages);
      const kit = await gatewayKit(
        officeSettings(
          { host: dovecot.host, port: dovecot.port, username: "dots", password: dovecot.password },
          { host: postfix.host, port: postfix.port },
          { alerts: { mail: false } },
        ),
      );
      const runs: RunSummary[] = [];
      for (let run = 0; run < 5; run += 1) runs.push(await kit.check());
      expect(runs.reduce((sum, { delivered }) => sum + delivered, 0)).toBe(messages.length - 1);
      expect(dovecot.count("dots")).toBe(1);
      await postfix.untilEmpty();
      expect(postfix.deliveredCount() - before).toBe(messages.length - 1);
      // After five tries it is left alone, with an alert.
      expect(kit.heard.alerts.map(({ problem }) => problem.code)).toContain("pop3-parked");
      expect(kit.history().length).toBe(messages.length - 1);
    },
  );
});
