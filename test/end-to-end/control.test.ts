/** What the postmaster is told, and what Schedule, Pre check and Control do, from mailbox to mail server. */
import { access, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { startMailboxServer } from "../support/pop3-mailbox-server.ts";
import { type MailServer, startMailServer } from "../support/smtp-mail-server.ts";
import { gatewayKit, officeSettings } from "./gateway-kit.ts";

const DEADLINE = { timeout: 60_000 };
const MINUTE = 60_000;

function mail(uid: string, more = "", body = "Text\r\n") {
  const header = `Return-Path: <a@outside.test>\r\nFrom: a@outside.test\r\nTo: ada@office.test\r\nSubject: ${uid}\r\n${more}`;
  return { uid, content: Buffer.from(`${header}Message-ID: <${uid}@outside.test>\r\n\r\n${body}`) };
}

type Changes = Readonly<Record<string, unknown>>;

async function office(
  messages: Parameters<typeof startMailboxServer>[0],
  changes: Changes = {},
  account: Changes = {},
) {
  const mailbox = await startMailboxServer(messages);
  onTestFinished(() => mailbox.close());
  const server = await startMailServer({ keepBytes: true });
  onTestFinished(() => server.close());
  const settings = (more: Changes, ofAccount: Changes = {}): Record<string, unknown> =>
    officeSettings(
      { host: mailbox.host, port: mailbox.port, ...account, ...ofAccount },
      { host: server.host, port: server.port },
      { alerts: { mail: true }, ...changes, ...more },
    );
  return { mailbox, server, settings, kit: await gatewayKit(settings({})) };
}

/** Subject, recipients and text of what the gateway wrote itself. */
function own(server: MailServer) {
  return server.messages
    .map(({ bytes, mailFrom, rcptTo }) => ({ text: bytes?.toString("latin1") ?? "", mailFrom, rcptTo }))
    .filter(({ text }) => /^X-EFS-Report: /im.test(text));
}

test("an alert is mailed once an hour, over restarts, with the last lines of the log", DEADLINE, async () => {
  const { server, settings, kit } = await office([mail("one")]);
  await kit.importSettings(settings({}, { password: "wrong" }));
  const check = () => kit.check({ accounts: ["main"] });
  expect((await check()).problems).toHaveLength(1);
  expect(own(server).map(({ mailFrom, rcptTo }) => [mailFrom, rcptTo])).toEqual([
    ["MAILER-DAEMON@office.test", ["postmaster@office.test"]],
  ]);
  const [first] = own(server);
  expect(first?.text).toContain("Auto-Submitted: auto-generated\r\n");
  expect(first?.text).toMatch(/What to do: /);
  expect(first?.text.match(/^ {5}\d\d:\d\d:\d\d pop3: main: /gm)?.length).toBeGreaterThan(0);
  kit.clock.goOn(30 * MINUTE);
  await check();
  expect(own(server)).toHaveLength(1);
  kit.clock.goOn(31 * MINUTE);
  await check();
  expect(
    own(server)
      .slice(1)
      .map(({ text }) => /When: (\d+) times from/.exec(text)?.[1]),
  ).toEqual(["2"]);
  // Nothing of it is ever about itself.
  expect(kit.history().map(({ kind, outcome }) => [kind, outcome])).toEqual([
    ["alert", "delivered"],
    ["alert", "delivered"],
  ]);
});

test("the mail server's own trouble is told when it is over, and only then", DEADLINE, async () => {
  const { mailbox, server, settings, kit } = await office([mail("one")]);
  await server.close();
  await kit.check();
  kit.clock.goOn(90 * MINUTE);
  await kit.check();
  expect(kit.history().map(({ kind }) => kind)).toEqual(["mail"]);
  const again = await startMailServer({ port: server.port, keepBytes: true });
  onTestFinished(() => again.close());
  mailbox.add([mail("two")]);
  await kit.importSettings(settings({}));
  kit.clock.goOn(90 * MINUTE);
  expect(await kit.check()).toMatchObject({ collected: 1, delivered: 2, problems: [] });
  const told = own(again).map(({ text }) => text);
  expect(told).toHaveLength(1);
  expect(told[0]).toMatch(/When: since .* GMT\. It is over/);
  await kit.check();
  expect(own(again)).toHaveLength(1);
});

test(
  "no mail of alerts where the settings want none; who watches is told all the same",
  DEADLINE,
  async () => {
    const { server, settings, kit } = await office([], { alerts: { mail: false } });
    await kit.importSettings(settings({}, { password: "wrong" }));
    await kit.check();
    expect([own(server), kit.heard.alerts.map(({ problem }) => problem.code)]).toEqual([
      [],
      ["pop3-login-refused"],
    ]);
  },
);

test("too large: only its headers go to the postmaster, once", DEADLINE, async () => {
  const big = mail("big", "X-Where: to\r\n", "x".repeat(78).concat("\r\n").repeat(1_000));
  const account = { oversize: "headers", maxMessageBytes: 10_000 };
  const { mailbox, server, kit } = await office([big, mail("small")], {}, account);
  await kit.check();
  await kit.check();
  expect(mailbox.left()).toEqual(["big"]);
  expect(server.messages).toHaveLength(2);
  const [notice] = own(server);
  expect(notice?.rcptTo).toEqual(["postmaster@office.test"]);
  expect(notice?.text).toContain("\r\nSubject: Too large to collect: big\r\n");
  expect(notice?.text).toContain("A message too large to collect is waiting on the server:");
  expect(notice?.text).toContain("X-Where: to\r\nMessage-ID: <big@outside.test>\r\n");
  expect(notice?.text).not.toContain("xxxx");
  expect(kit.heard.alerts.map(({ cause }) => cause)).toEqual(["pop3-headers-sent:main:big"]);
});

test(
  "requests for read receipts do not reach the mail server; the trace header can be left out",
  DEADLINE,
  async () => {
    const asking = mail("one", "Disposition-Notification-To: a@outside.test,\r\n b@outside.test\r\n");
    const { mailbox, server, kit } = await office([asking], {
      control: { stripReadReceipts: true, traceHeader: false },
      backup: { enabled: true },
    });
    await kit.check();
    expect(mailbox.left()).toEqual([]);
    expect(server.messages.map(({ bytes }) => bytes?.toString())).toEqual([mail("one").content.toString()]);
    expect([...kit.files("Backup").values()].map(String)).toEqual([asking.content.toString()]);
  },
);

test("a pre check that has to succeed: nothing is collected, what waits is sent", DEADLINE, async () => {
  const { mailbox, server, settings, kit } = await office([mail("one")]);
  const program = (code: number) => ({
    kind: "program",
    path: process.execPath,
    arguments: ["-e", `console.log("line is down"); process.exit(${code})`],
  });
  await kit.importSettings(settings({ preCheck: { ...program(1), onlyIfSuccessful: true } }));
  const failed = await kit.check();
  expect([failed.collected, failed.problems.map(({ code }) => code)]).toEqual([0, ["pre-check-failed"]]);
  expect(kit.heard.logs.map(({ source, text }) => `${source}: ${text}`)).toEqual(
    expect.arrayContaining([
      "pre check: line is down",
      "pre check: No mailbox was checked: the pre check failed, and the settings ask for its success.",
    ]),
  );
  expect(mailbox.left()).toEqual(["one"]);
  await kit.importSettings(settings({ preCheck: program(1), postCheck: program(2) }));
  const gone = await kit.check();
  expect([gone.collected, gone.delivered, gone.problems.map(({ code }) => code)]).toEqual([
    1,
    1,
    ["pre-check-failed", "post-check-failed"],
  ]);
  expect(server.messages).toHaveLength(1);
});

test("the marker file starts a check outside every window, and is gone", DEADLINE, async () => {
  const days = Array.from({ length: 7 }, () => "never");
  const { mailbox, server, kit } = await office([mail("one")], { schedule: { days } });
  const marker = join(kit.data, "marker.efs");
  await writeFile(marker, "");
  const gateway = await kit.open();
  const finished = kit.event(({ kind }) => kind === "run-finished");
  gateway.startSchedule();
  await finished;
  expect([mailbox.left(), server.messages.length]).toEqual([[], 1]);
  await expect(access(marker)).rejects.toThrow("ENOENT");
});

test("our own trace seen: Junk with an alert, and never a report", DEADLINE, async () => {
  const { mailbox, server, kit } = await office([mail("one")]);
  await kit.check();
  const sent = server.messages[0]?.bytes;
  if (!sent) throw new Error("nothing was delivered");
  mailbox.add([{ uid: "back", content: sent }]);
  expect(await kit.check()).toMatchObject({ collected: 1, delivered: 0, junk: 1, errors: 0, reports: 0 });
  kit.clock.goOn(120 * MINUTE);
  await kit.check();
  expect(mailbox.left()).toEqual([]);
  expect((await kit.rows("Junk")).map(({ junkReason, reportState }) => [junkReason, reportState])).toEqual([
    ["loop", null],
  ]);
  expect(kit.heard.alerts.map(({ cause }) => cause)).toEqual(["loop"]);
  expect(kit.history().map(({ kind }) => kind)).toEqual(["mail", "mail", "alert"]);
  expect(own(server).map(({ text }) => text.includes("goes round in a circle"))).toEqual([true]);
});

test("POP3 errors are told to nobody where the settings say so", DEADLINE, async () => {
  const { server, settings, kit } = await office([], { alerts: { pop3Errors: false } });
  await kit.importSettings(settings({}, { password: "wrong" }));
  expect((await kit.check()).problems.map(({ code }) => code)).toEqual(["pop3-login-refused"]);
  expect([kit.heard.alerts, server.messages]).toEqual([[], []]);
});

test.each([
  ["junk", { junk: 2, discarded: 0 }, "junk", "hold: a block list names it"],
  ["discard", { junk: 0, discarded: 2 }, "discarded", 'discard: .*The sender matches "@outside.test"'],
] as const)(
  "what is blocked: %s, and always a history row",
  DEADLINE,
  async (action, counts, outcome, logged) => {
    const other = mail("three").content.toString().replaceAll("a@outside.test", "a@partner.test");
    const { mailbox, server, kit } = await office(
      [
        mail("one"),
        { uid: "two", content: Buffer.from(other.replace("Subject: three", "Subject: You won the LOTTERY")) },
        { uid: "three", content: Buffer.from(other) },
      ],
      { control: { blocked: { senders: ["@outside.test"], subjects: ["lottery"], action } } },
    );
    expect(await kit.check()).toMatchObject({ collected: 3, delivered: 1, errors: 0, ...counts });
    expect(mailbox.left()).toEqual([]);
    expect(Object.fromEntries(kit.history().map(({ uid, outcome }) => [uid, outcome]))).toEqual({
      one: outcome,
      two: outcome,
      three: "delivered",
    });
    expect([server.messages.length, kit.files("Junk").size]).toEqual([1, counts.junk]);
    expect(kit.mailLog()).toMatch(new RegExp(`: [0-9A-F]{12}: ${logged}.*; from=<a@outside\\.test>\\n`));
  },
);

test("how long files stay is what the settings say, also when these change", DEADLINE, async () => {
  const DAY = 24 * 60 * MINUTE;
  const kept = { retention: { junkDays: 3 }, backup: { enabled: true, days: 1 } };
  const blocked = mail("bad").content.toString().replaceAll("a@outside.test", "eve@spam.test");
  const { settings, kit } = await office([mail("good"), { uid: "bad", content: Buffer.from(blocked) }], {
    ...kept,
    control: { blocked: { senders: ["spam.test"] } },
  });
  const counts = () => [kit.files("Backup").size, kit.files("Junk").size, kit.history().length];
  const seen: number[][] = [];
  for (const days of [0, 0.9, 1.2]) {
    kit.clock.goOn(days * DAY);
    await kit.check();
    seen.push(counts());
  }
  await kit.importSettings(settings({ retention: { junkDays: 2, historyDays: 2 } }));
  await kit.check();
  seen.push(counts());
  expect(seen).toEqual([
    [1, 1, 2],
    [1, 1, 2],
    [0, 1, 2],
    [0, 0, 0],
  ]);
});

test("the figures of today outlive the process", DEADLINE, async () => {
  const { mailbox, kit } = await office([mail("one")]);
  await kit.check();
  mailbox.add([mail("two"), mail("three")]);
  await kit.check();
  expect((await kit.open()).status().today).toMatchObject({
    collected: 3,
    delivered: 3,
    deferred: 0,
    errors: 0,
  });
});

test("the mail log of a run: from collecting to the last answer", DEADLINE, async () => {
  const unknown = mail("two").content.toString().replace("ada@", "unknown-bob@");
  const { kit } = await office([mail("one"), { uid: "two", content: Buffer.from(unknown) }]);
  await kit.check();
  const lines = kit
    .mailLog()
    .trimEnd()
    .split("\n")
    .map(
      (line) =>
        /^\w{3} [ \d]\d \d\d:\d\d:\d\d gateway\.office\.test efs\/(\w+)\[\d+\]: (.*)$/.exec(line) ?? [],
    );
  const of = (daemon: string) => lines.filter(([, name]) => name === daemon).map(([, , text]) => text ?? "");
  expect(of("pop3")).toEqual([expect.stringMatching(/^account main: 2 listed, 2 collected \(\d+ octets\)/)]);
  expect(of("cleanup").filter((text) => text.includes("@outside.test"))).toHaveLength(2);
  expect(of("smtp").map((text) => /to=<([^>]*)>.* dsn=(\S+), status=(\w+) \(/.exec(text)?.slice(1))).toEqual(
    expect.arrayContaining([
      ["ada@office.test", "2.0.0", "sent"],
      ["unknown-bob@office.test", "5.1.1", "bounced"],
      ["postmaster@office.test", "2.0.0", "sent"],
    ]),
  );
  expect(of("qmgr").filter((text) => text.endsWith(": removed"))).toHaveLength(3);
  expect(lines.every((parts) => parts.length === 3)).toBe(true);
});
