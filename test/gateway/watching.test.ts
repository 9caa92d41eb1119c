/** What the pages see of a gateway: its log and alerts over a restart, its folders, what went through, whether all is well. */
import { expect, onTestFinished, test } from "vitest";
import type { GatewayEvent, GatewayState } from "../../core/model/event.ts";
import { gatewayKit, officeSettings } from "../end-to-end/gateway-kit.ts";
import { startMailboxServer } from "../support/pop3-mailbox-server.ts";
import { startMailServer } from "../support/smtp-mail-server.ts";

const mail = (uid: string, to: string) => ({
  uid,
  content: Buffer.from(`To: ${to}@office.test\r\nSubject: ${uid}\r\nMessage-ID: <${uid}@x>\r\n\r\nHello\r\n`),
});

async function office(changes: Record<string, unknown> = {}) {
  const pop3 = await startMailboxServer([mail("one", "ann"), mail("two", "nobody")]);
  const smtp = await startMailServer({ users: ["ann", "postmaster"] });
  onTestFinished(() => Promise.all([pop3.close(), smtp.close()]).then(() => undefined));
  const kit = await gatewayKit(
    officeSettings({ host: "127.0.0.1", port: pop3.port }, { host: "127.0.0.1", port: smtp.port }, changes),
  );
  return { kit, pop3 };
}

test("errors that nobody is told of need a person, until they are gone; all is counted and listed", async () => {
  const { kit } = await office({ postmaster: { address: "postmaster@office.test", sendErrors: false } });
  const gateway = await kit.open();
  const states: GatewayState[] = [];
  gateway.subscribe((event: GatewayEvent) => {
    if (event.kind === "state") states.push(event.state);
  });
  await gateway.check();
  expect([gateway.status().state, states.at(-1)]).toEqual(["attention", "attention"]);
  const { total, rows } = await gateway.listFolder({
    folder: "Errors",
    words: "nobody@office",
    sort: "subject",
    descending: false,
    offset: 0,
    limit: 10,
  });
  expect([total, rows[0]?.subject, rows[0]?.state]).toEqual([1, "two", "not-reported"]);
  expect(rows[0]?.lastAnswer).toMatch(/^550 /);
  const counts = { collected: 2, delivered: 1, errors: 1, junk: 0 };
  expect((await gateway.activity()).today).toEqual(counts);
  expect((await gateway.activity()).hours.at(-1)).toMatchObject({ collected: 2, delivered: 1, failed: 1 });
  const messages = await gateway.listFolderIds({ folder: "Errors", sort: "received", descending: true });
  await gateway.act({ action: "delete", messages });
  expect([gateway.status().state, states.at(-1)]).toEqual(["idle", "idle"]);
});

test("after a restart the last lines of the log are there, before the new ones; alerts are those of this process", async () => {
  const { kit, pop3 } = await office();
  const first = await kit.open();
  await first.check();
  const before = first.recentLog(500);
  expect(before.length).toBeGreaterThan(1);
  expect(first.recentAlerts()).toEqual([]);
  await first.close();
  await pop3.stop();
  const second = await kit.open();
  expect(second.recentLog(500).slice(0, before.length)).toEqual(before);
  await second.check();
  const lines = second.recentLog(500);
  expect(lines.slice(0, before.length)).toEqual(before);
  expect(lines.length).toBeGreaterThan(before.length);
  expect(second.recentLog(2)).toEqual(lines.slice(-2));
  expect(second.recentAlerts()).toEqual(kit.heard.alerts);
  expect(kit.heard.alerts.length).toBeGreaterThan(0);
});

test("a run that is stopped ends; while paused the gateway says so, and a check ends the pause", async () => {
  const { kit } = await office();
  const gateway = await kit.open();
  expect(gateway.stop()).toBe(false);
  gateway.pause(true);
  expect(gateway.status()).toMatchObject({ state: "paused", nextCheckAt: null });
  const run = gateway.check();
  await kit.event((event) => event.kind === "progress");
  expect(gateway.stop()).toBe(true);
  expect(await run).toMatchObject({ problems: [] });
  expect(gateway.status().state).not.toBe("paused");
});

test("what is being saved when it is closed is on the disk when the data is given back; then nothing is saved", async () => {
  const { kit } = await office();
  const gateway = await kit.open();
  const settings = gateway.settings();
  const withHelo = (number: number) => ({
    ...settings,
    smtp: { ...settings.smtp, helo: `h${number}.office.test` },
  });
  let ended = 0;
  const saves = Array.from({ length: 40 }, (_, number) =>
    gateway.saveSettings(withHelo(number)).finally(() => {
      ended += 1;
    }),
  );
  await gateway.close();
  expect(ended).toBe(saves.length);
  await Promise.all(saves);
  await expect(gateway.saveSettings(settings)).rejects.toMatchObject({
    problem: { code: "gateway-stopping" },
  });
  const next = await kit.open();
  expect(next.settings().smtp.helo).toBe("h39.office.test");
  await next.close();
});

test("the mailbox of the settings is tried with the stored password, while nothing is collected", async () => {
  const { kit, pop3 } = await office();
  const gateway = await kit.open();
  const [account] = gateway.settings().accounts;
  if (account === undefined) throw new Error("no account");
  const stored = { scheme: "stored", value: "" };
  expect(await gateway.trials.testAccount({ ...account, password: stored })).toMatchObject({
    mailbox: { messages: 2 },
  });
  expect(pop3.left()).toEqual(["one", "two"]);
});

test.each([
  [{}, true],
  [{ transcript: false }, false],
])(
  "the conversation with both servers is told, unless nobody will ever listen: %o",
  async (options, told) => {
    const { kit, pop3 } = await office();
    const gateway = await kit.open(options);
    await gateway.check();
    const protocols = new Set(kit.heard.transcript.map(({ protocol }) => protocol));
    expect([[...protocols].sort(), pop3.left()]).toEqual([told ? ["pop3", "smtp"] : [], []]);
  },
);
