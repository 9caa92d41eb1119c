/**
 * Every file of the corpus of other projects' mail as a message in a mailbox, real mail as well as fragments and tables
 * that no mail program ever made: each arrives equal to what was sent, or is kept with a reason; none is lost.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { RunSummary } from "../../core/model/event.ts";
import { normaliseLineEnds } from "../support/line-ends.ts";
import { sha256 } from "../support/message-content.ts";
import type { MailboxOptions } from "../support/pop3-mailbox-model.ts";
import type { MailboxServer } from "../support/pop3-mailbox-server.ts";
import { startMailboxServer } from "../support/pop3-mailbox-server.ts";
import { corpusFolder, describeWith } from "../support/skip.ts";
import type { MailServer, MailServerOptions, ReceivedMail } from "../support/smtp-mail-server.ts";
import { startMailServer } from "../support/smtp-mail-server.ts";
import type { Sent } from "./arrivals.ts";
import { account, isReport } from "./arrivals.ts";
import type { GatewayKit } from "./gateway-kit.ts";
import { gatewayKit, officeSettings } from "./gateway-kit.ts";

const DEADLINE = { timeout: 180_000 };
const POSTMASTER = "postmaster@office.test";
/** Tables and collections of replies (SOURCES.md): they are octets too, and go with the others. */
const TABLES =
  /^isemail\/|^flanker\/[^/]*\.txt$|^_derived\/|^MailKit-smtp\/|\.(?:json|jsonl|ya?ml|toml|tsv)$/;
/** Domains that much of the corpus is addressed to. */
const DOMAINS = [
  "example.com",
  "example.org",
  "example.net",
  "example.test",
  "gmail.com",
  "linagora.com",
  "james.org",
];

/** All data files, in the order of the index. */
function corpus(): Sent[] {
  return readFileSync(join(corpusFolder(), "INDEX.tsv"), "utf8")
    .split("\n")
    .slice(1)
    .filter((line) => line !== "")
    .map((line) => String(line.split("\t")[0]))
    .map((uid, index) => ({ uid: `${index}-${uid}`, content: readFileSync(join(corpusFolder(), uid)) }));
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
    readonly account?: Readonly<Record<string, unknown>>;
    readonly settings?: Readonly<Record<string, unknown>>;
  },
): Promise<Office> {
  // The names of files are no ids that a server would give.
  const mailbox = await startMailboxServer(
    messages.map(({ content }, index) => ({ uid: `corpus-${index}`, content })),
    options.mailbox,
  );
  onTestFinished(() => mailbox.close());
  const server = await startMailServer(options.server);
  onTestFinished(() => server.close());
  const kit = await gatewayKit(
    officeSettings(
      { host: mailbox.host, port: mailbox.port, ...options.account },
      { host: server.host, port: server.port },
      options.settings,
    ),
  );
  return { mailbox, server, kit };
}

function tell(name: string, { seconds, problems, ...counts }: RunSummary): void {
  const { collected, delivered, errors, junk, discarded, reports } = counts;
  console.log(
    `corpus: ${name}: ${JSON.stringify({ collected, delivered, errors, junk, discarded, reports })} in ${seconds.toFixed(1)} s${problems.length > 0 ? `, ${problems.length} problems` : ""}`,
  );
}

/**
 * Runs until Inbox is empty, all in all. A row of messages for nobody is held until one is for somebody; what was
 * held goes in the run after.
 */
async function checks(kit: GatewayKit): Promise<RunSummary> {
  const first = await kit.check();
  if (first.deferred === 0) return first;
  const second = await kit.check();
  const sum = (count: "delivered" | "errors" | "junk" | "discarded" | "reports") =>
    first[count] + second[count];
  return {
    ...first,
    delivered: sum("delivered"),
    errors: sum("errors"),
    junk: sum("junk"),
    discarded: sum("discarded"),
    reports: sum("reports"),
    deferred: second.deferred,
    problems: [...first.problems, ...second.problems],
  };
}

/** The mailbox's last message, for somebody: it ends the row of those that are for nobody. */
function forSomebody(index: number, address: string): Sent {
  const text = `From: Bea <bea@elsewhere.test>\r\nTo: ${address}\r\nSubject: Last\r\nMessage-ID: <last@elsewhere.test>\r\n\r\nLast.\r\n`;
  return { uid: `${index}-last`, content: Buffer.from(text) };
}

function withoutReports({ messages }: MailServer): readonly ReceivedMail[] {
  return messages.filter((message) => !isReport(message));
}

/** Equal for messages that are one and the same to a person: Message-ID, what is shown of the header (however it is folded), body. */
function likeness(content: Buffer): string {
  const text = normaliseLineEnds(content).toString("latin1");
  const [header = "", ...body] = text.split("\r\n\r\n");
  const shown = ["message-id", "from", "to", "cc", "subject", "date"].map(
    (name) =>
      new RegExp(`^${name}[ \\t]*:(.*(?:\\r\\n[ \\t].*)*)`, "im")
        .exec(header)?.[1]
        ?.replace(/\s+/g, " ")
        .trim() ?? "",
  );
  return sha256(Buffer.from([...shown, ...body].join("\r\n\r\n"), "latin1"));
}

function contentOf(messages: readonly Sent[], uid: string): Buffer {
  return messages.find((message) => message.uid === uid)?.content ?? Buffer.alloc(0);
}

/** What the server refused says so, and was told to the postmaster. */
async function expectReasons(kit: GatewayKit): Promise<void> {
  for (const { recipients, reportState } of await kit.rows("Errors")) {
    expect(reportState).toBe("reported");
    for (const { state } of recipients) {
      expect(state).toMatchObject({
        kind: "failed",
        failure: { reply: { code: expect.toSatisfy((code) => code >= 500) } },
      });
    }
  }
}

describeWith("corpus", "every message of the corpus", () => {
  const messages = corpus();
  const tables = messages.filter(({ uid }) => TABLES.test(uid.replace(/^\d+-/, "")));
  console.log(`corpus: ${messages.length} files, ${tables.length} of them tables`);

  test("there are as many as the index says", () => {
    expect(messages.length).toBeGreaterThan(1_300);
  });

  test("to nobody of our domains: all go to the postmaster, whole", DEADLINE, async () => {
    const last = forSomebody(messages.length, "ada@office.test");
    const all = [...messages, last];
    const { mailbox, server, kit } = await office(all, {});
    const summary = await checks(kit);
    tell("catch-all, nobody of ours", summary);
    const end = account(all, withoutReports(server), kit);
    const duplicates = kit.history().filter(({ outcome }) => outcome === "nobody-left");
    expect(summary).toMatchObject({
      collected: all.length,
      delivered: end.delivered.length,
      deferred: 0,
      errors: end.errors.length,
      junk: end.junk.length,
      discarded: duplicates.length,
      problems: [],
    });
    expect(end.strange).toEqual([]);
    // The embedded server refuses senders whose domain has an underscore.
    expect(end.errors.length).toBeLessThan(10);
    // A message that the postmaster has already, by Message-ID and content, is not sent twice.
    expect(end.missing.length).toBe(duplicates.length);
    const twins = Map.groupBy(messages, ({ content }) => likeness(content));
    for (const { uid } of duplicates) {
      const { content } = messages[Number(uid?.slice("corpus-".length))] as Sent;
      expect([uid, twins.get(likeness(content))?.length]).toEqual([
        uid,
        expect.toSatisfy((count) => count > 1),
      ]);
    }
    // One of each kind did arrive.
    expect(new Set(end.missing.map((uid) => likeness(contentOf(messages, uid)))).size).toBe(
      new Set(
        end.delivered
          .map((uid) => likeness(contentOf(messages, uid)))
          .filter((like) => end.missing.some((uid) => likeness(contentOf(messages, uid)) === like)),
      ).size,
    );
    expect(new Set(server.messages.flatMap(({ rcptTo }) => rcptTo))).toEqual(
      new Set([POSTMASTER, "ada@office.test"]),
    );
    for (const row of await kit.rows("Junk")) expect([row.junkReason]).toEqual(["loop"]);
    await expectReasons(kit);
    expect([mailbox.left(), kit.files("Inbox").size]).toEqual([[], 0]);
  });

  test(
    "to the domains it names: to those people only, the rest to Junk with the reason",
    DEADLINE,
    async () => {
      const [primary, ...secondary] = DOMAINS;
      const all = [...messages, forSomebody(messages.length, `ada@${primary}`)];
      const { mailbox, server, kit } = await office(all, {
        mailbox: { capabilities: ["CAPA", "TOP"] },
        settings: { domains: { primary, secondary }, noRecipient: "junk", duplicates: { days: 0 } },
      });
      const summary = await checks(kit);
      tell("catch-all, the corpus's own domains", summary);
      const end = account(all, withoutReports(server), kit);
      expect(summary).toMatchObject({
        collected: all.length,
        delivered: end.delivered.length,
        deferred: 0,
        errors: 0,
        junk: end.junk.length,
        discarded: 0,
        problems: [],
      });
      expect([end.missing, end.strange]).toEqual([[], []]);
      expect(end.delivered.length).toBeGreaterThan(300);
      const domains = new Set(
        server.messages.flatMap(({ rcptTo }) => rcptTo.map((to) => to.slice(to.lastIndexOf("@") + 1))),
      );
      for (const domain of domains) expect(DOMAINS).toContain(domain.toLowerCase());
      for (const row of await kit.rows("Junk")) expect(["no-recipient", "loop"]).toContain(row.junkReason);
      await expectReasons(kit);
      expect([mailbox.left(), kit.files("Inbox").size]).toEqual([[], 0]);
    },
  );

  test("to a single mailbox: all arrive", DEADLINE, async () => {
    const recipients = ["ada@office.test", "ben@office.test"];
    const { mailbox, server, kit } = await office(messages, {
      mailbox: { security: "tls" },
      account: { addressing: { mode: "single", recipients }, security: "tls" },
      server: { offersPipelining: false, offers8BitMime: false, offersSmtpUtf8: false },
      settings: { duplicates: { days: 0 } },
    });
    await kit.importSettings(
      officeSettings(
        {
          host: mailbox.host,
          port: mailbox.port,
          security: "tls",
          acceptedCertificate: mailbox.certificate?.fingerprint,
          addressing: { mode: "single", recipients },
        },
        { host: server.host, port: server.port, messagesPerConnection: 50 },
        { duplicates: { days: 0 } },
      ),
    );
    const summary = await kit.check();
    tell("single mailbox", summary);
    const end = account(messages, withoutReports(server), kit);
    expect(summary).toMatchObject({
      collected: messages.length,
      delivered: end.delivered.length,
      deferred: 0,
      errors: end.errors.length,
      junk: end.junk.length,
      discarded: 0,
      problems: [],
    });
    expect([end.missing, end.strange]).toEqual([[], []]);
    for (const row of await kit.rows("Junk")) expect([row.junkReason]).toEqual(["loop"]);
    for (const { rcptTo } of withoutReports(server)) expect(rcptTo).toEqual(recipients);
    await expectReasons(kit);
    expect([mailbox.left(), kit.files("Inbox").size]).toEqual([[], 0]);
  });

  test(
    "refused by the server: all in Errors, each reported to the postmaster with the reason",
    DEADLINE,
    async () => {
      // Somebody of the domain was accepted before: these are ordinary refusals, no misspelt domain.
      const first = forSomebody(messages.length, "ada@office.test");
      const { mailbox, server, kit } = await office([first], {
        server: { users: ["postmaster", "ada"] },
        settings: { duplicates: { days: 0 } },
      });
      expect((await kit.check()).delivered).toBe(1);
      await kit.importSettings(
        officeSettings(
          {
            host: mailbox.host,
            port: mailbox.port,
            addressing: { mode: "single", recipients: ["gone@office.test"] },
          },
          { host: server.host, port: server.port },
          { duplicates: { days: 0 } },
        ),
      );
      mailbox.add(messages.map(({ content }, index) => ({ uid: `corpus-${index}`, content })));
      const summary = await kit.check();
      tell("everything refused", summary);
      const reports = server.messages.filter(isReport);
      const end = account(
        messages,
        withoutReports(server).filter(({ rcptTo }) => rcptTo[0] !== "ada@office.test"),
        kit,
      );
      expect(summary).toMatchObject({
        collected: messages.length,
        delivered: 0,
        deferred: 0,
        errors: end.errors.length,
        junk: end.junk.length,
        reports: end.errors.length,
        problems: [],
      });
      expect([end.delivered, end.missing, end.strange]).toEqual([[], [], []]);
      expect(end.errors.length + end.junk.length).toBe(messages.length);
      expect(reports.length).toBe(end.errors.length);
      for (const { rcptTo, mailFrom, bytes } of reports) {
        expect([rcptTo, mailFrom]).toEqual([[POSTMASTER], "MAILER-DAEMON@office.test"]);
        const text = bytes?.toString("latin1") ?? "";
        expect(text).toMatch(
          /The server's answer: (?:550 5\.1\.1 No such user here|501 Error: Bad sender address)/,
        );
        // Whatever the message held: no line is longer than SMTP allows, and nothing is but ASCII.
        expect(/[^\r\n]{999}|[^\x00-\x7f]|[^\r]\n|\r[^\n]/.exec(text)).toBe(null);
      }
      await expectReasons(kit);
      expect([mailbox.left(), kit.files("Inbox").size]).toEqual([[], 0]);
    },
  );
});
