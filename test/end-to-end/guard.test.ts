/**
 * "Every message failing?" from mailbox to mail server: a wrong configuration holds mail instead of sending it to
 * Errors, one alert says so, and when it is put right everything arrives, once.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Gateway } from "../../core/model/gateway.ts";
import type { FolderRow } from "../../core/model/message.ts";
import type { MailboxServer } from "../support/pop3-mailbox-server.ts";
import { startMailboxServer } from "../support/pop3-mailbox-server.ts";
import type { MailServer, MailServerOptions } from "../support/smtp-mail-server.ts";
import { startMailServer } from "../support/smtp-mail-server.ts";
import type { Sent } from "./arrivals.ts";
import { account, isReport } from "./arrivals.ts";
import type { GatewayKit } from "./gateway-kit.ts";
import { gatewayKit, officeSettings } from "./gateway-kit.ts";

const DEADLINE = { timeout: 60_000 };
const MINUTE = 60_000;
const CREW = "crew@lists.example = ada@office.test\r\n";
const UNKNOWN = { code: 550, text: "5.1.1 No such user here" };
const RELAY_DENIED = { code: 554, text: "5.7.1 Relay access denied" };

let sequence = 0;

function mail(to: string, count = 1): Sent[] {
  return Array.from({ length: count }, () => {
    sequence += 1;
    const text = `Return-Path: <a@outside.test>\r\nFrom: a@outside.test\r\nTo: ${to}\r\nSubject: ${sequence}\r\nMessage-ID: <g${sequence}@outside.test>\r\n\r\nText ${sequence}\r\n`;
    return { uid: `uid-${sequence}`, content: Buffer.from(text) };
  });
}

interface Office {
  readonly mailbox: MailboxServer;
  readonly server: MailServer;
  readonly kit: GatewayKit;
  readonly sent: Sent[];
  add(messages: readonly Sent[]): void;
  settings(changes: Readonly<Record<string, unknown>>): Record<string, unknown>;
  /** What the mail server got, without our reports and alerts. */
  received(): MailServer["messages"];
}

async function office(
  messages: readonly Sent[],
  server: MailServerOptions = {},
  changes: Readonly<Record<string, unknown>> = {},
): Promise<Office> {
  const mailbox = await startMailboxServer(messages);
  onTestFinished(() => mailbox.close());
  const smtp = await startMailServer(server);
  onTestFinished(() => smtp.close());
  const settings = (more: Readonly<Record<string, unknown>>): Record<string, unknown> =>
    officeSettings({ host: mailbox.host, port: mailbox.port }, { host: smtp.host, port: smtp.port }, more);
  const sent = [...messages];
  return {
    mailbox,
    server: smtp,
    kit: await gatewayKit(settings({ alerts: { mail: false }, ...changes })),
    sent,
    add(more) {
      sent.push(...more);
      mailbox.add(more);
    },
    settings: (more) => settings({ alerts: { mail: false }, ...more }),
    received: () => smtp.messages.filter((message) => !isReport(message)),
  };
}

function arrived({ sent, kit, received }: Office): ReturnType<typeof account> {
  return account(sent, received(), kit);
}

function guardAlerts({ heard }: GatewayKit): string[] {
  return heard.alerts.filter(({ cause }) => cause.startsWith("guard:")).map(({ problem }) => problem.code);
}

function states(rows: readonly FolderRow[]): string[] {
  return rows.flatMap(({ recipients }) =>
    recipients.map(({ address, state }) =>
      state.kind === "held" ? `${address} held ${state.reason}` : `${address} ${state.kind}`,
    ),
  );
}

test(
  "a domain that the server does not know: all held, one alert, nothing reported; mended, all arrive once",
  DEADLINE,
  async () => {
    const place = await office(mail("ada@office.test", 14));
    const { kit, server } = place;
    server.policy.allRecipients = UNKNOWN;
    expect(await kit.check()).toMatchObject({
      collected: 14,
      delivered: 0,
      deferred: 14,
      errors: 0,
      reports: 0,
    });
    expect(guardAlerts(kit)).toEqual(["guard-domain"]);
    expect(kit.heard.alerts.at(-1)?.problem).toMatchObject({
      quote: expect.stringContaining("5.1.1 No such user here"),
    });
    expect([kit.files("Inbox").size, kit.files("Errors").size, kit.files("Junk").size]).toEqual([14, 0, 0]);
    expect(new Set(states(await kit.rows("Inbox")))).toEqual(new Set(["ada@office.test held guard"]));

    // New mail for that domain is held too, and each step tries one other message.
    place.add(mail("bob@office.test", 3));
    const before = server.refusals.length;
    kit.clock.goOn(2 * MINUTE);
    expect(await kit.check()).toMatchObject({ collected: 3, delivered: 0, deferred: 17 });
    const first = server.refusals.slice(before);
    kit.clock.goOn(3 * MINUTE);
    await kit.check();
    const second = server.refusals.slice(before + first.length);
    expect([first.length, second.length]).toEqual([1, 1]);
    expect(guardAlerts(kit)).toEqual(["guard-domain"]);

    server.policy.allRecipients = null;
    kit.clock.goOn(10 * MINUTE);
    expect(await kit.check()).toMatchObject({ delivered: 17, deferred: 0, errors: 0, reports: 0 });
    const end = arrived(place);
    expect(end).toMatchObject({ errors: [], junk: [], missing: [], strange: [] });
    expect(end.delivered).toHaveLength(17);
    expect(server.messages).toHaveLength(17);
  },
);

test("the held messages are tried one after the other, not the same again and again", DEADLINE, async () => {
  const users = ["ada"];
  const place = await office([
    ...mail("x1@office.test", 6),
    ...mail("ada@office.test"),
    ...mail("x2@office.test", 6),
  ]);
  const { kit, server } = place;
  server.policy.allRecipients = UNKNOWN;
  await kit.check();
  const adasPlace = (await kit.rows("Inbox"))
    .map(({ recipients: [first] }) => first?.address)
    .indexOf("ada@office.test");
  server.policy.allRecipients = null;
  server.policy.users = users;
  let checks = 0;
  while (server.messages.length === 0 && checks < 13) {
    checks += 1;
    kit.clock.goOn(61 * MINUTE);
    await kit.check();
  }
  // Once Ada was accepted the others are ordinary refusals.
  expect(checks).toBe(adasPlace + 1);
  expect(place.received().map(({ rcptTo }) => rcptTo)).toEqual([["ada@office.test"]]);
  expect([kit.files("Inbox").size, kit.files("Errors").size]).toEqual([0, 12]);
});

test("relaying denied: once is enough", DEADLINE, async () => {
  const place = await office(mail("ada@office.test", 3));
  const { kit, server } = place;
  server.policy.allRecipients = RELAY_DENIED;
  expect(await kit.check()).toMatchObject({ collected: 3, deferred: 3, reports: 0 });
  expect(guardAlerts(kit)).toEqual(["guard-domain"]);
  expect(new Set(states(await kit.rows("Inbox")))).toEqual(new Set(["ada@office.test held guard"]));
  server.policy.allRecipients = null;
  kit.clock.goOn(2 * MINUTE);
  expect(await kit.check()).toMatchObject({ delivered: 3, deferred: 0 });
  expect(arrived(place).delivered).toHaveLength(3);
});

test("what was refused in earlier runs comes back too, reported or not", DEADLINE, async () => {
  const place = await office([]);
  const { kit, server } = place;
  server.policy.users = ["postmaster"];
  for (let run = 0; run < 10; run += 1) {
    place.add(mail("ada@office.test"));
    await kit.check();
  }
  expect(server.messages.filter(isReport)).toHaveLength(9);
  expect([kit.files("Inbox").size, kit.files("Errors").size]).toEqual([10, 0]);
  server.policy.users = null;
  kit.clock.goOn(2 * MINUTE);
  expect(await kit.check()).toMatchObject({ delivered: 10, deferred: 0, reports: 0 });
  expect(arrived(place)).toMatchObject({ missing: [], strange: [], errors: [] });
});

test("a night of 500 guessed addresses does not stop the mail", DEADLINE, async () => {
  const place = await office(mail("ada@office.test", 2), { users: ["ada", "bob", "postmaster"] });
  const { kit, server } = place;
  await kit.check();
  const guesses = Array.from({ length: 500 }, (_, index) => mail(`guess${index}@office.test`)).flat();
  guesses.splice(333, 0, ...mail("bob@office.test"));
  place.add(guesses);
  const summary = await kit.check();
  expect(summary).toMatchObject({
    collected: 501,
    delivered: 1,
    errors: 500,
    deferred: 0,
    reports: 500,
    junk: 0,
  });
  expect(guardAlerts(kit)).toEqual([]);
  expect(server.messages.filter(isReport)).toHaveLength(500);
  place.add(mail("ada@office.test"));
  expect(await kit.check()).toMatchObject({ delivered: 1, deferred: 0 });
});

test(
  "the corrected settings send held mail another way, at once, and nobody gets it twice",
  DEADLINE,
  async () => {
    const vda = { domains: { primary: "office.test", virtualAlias: "offfice.lan" } };
    const place = await office(mail("ada@office.test", 11), {}, vda);
    const { kit, server } = place;
    server.policy.allRecipients = UNKNOWN;
    await kit.check();
    expect(new Set(states(await kit.rows("Inbox")))).toEqual(new Set(["ada@offfice.lan held guard"]));
    server.policy.allRecipients = null;
    await kit.importSettings(
      place.settings({ domains: { primary: "office.test", virtualAlias: "office.lan" } }),
    );
    expect(await kit.check()).toMatchObject({ delivered: 11, deferred: 0 });
    expect(new Set(place.received().flatMap(({ rcptTo }) => rcptTo))).toEqual(new Set(["ada@office.lan"]));
    expect(arrived(place)).toMatchObject({ missing: [], strange: [] });
  },
);

test(
  "BCC all refused: mail goes on without it, one alert, and copies come back when they are accepted",
  DEADLINE,
  async () => {
    const bcc = { headers: { bccAll: "unknown-archive@office.test" } };
    const place = await office(mail("ada@office.test", 12), {}, bcc);
    const { kit, server } = place;
    expect(await kit.check()).toMatchObject({ delivered: 12, errors: 0, reports: 0 });
    expect(guardAlerts(kit)).toEqual(["guard-bcc-all"]);
    const refusals = (): number => server.refusals.length;
    const before = refusals();
    place.add(mail("ada@office.test", 2));
    await kit.check();
    // The one trial of the step, and no copy.
    expect(refusals()).toBe(before + 1);
    const gateway = await kit.open();
    expect(gateway.status().guard).toMatchObject([{ subject: { kind: "bcc-all" } }]);
    await gateway.sendAnyway({ kind: "bcc-all" });
    expect(gateway.status().guard).toEqual([]);
    await gateway.close();
    place.add(mail("ada@office.test"));
    await kit.check();
    expect(refusals()).toBe(before + 2);
  },
);

test.each(["postmaster", "junk"] as const)(
  "an account without a recipient of ours (%s): held, the domains named, sent on by the next message for somebody",
  DEADLINE,
  async (noRecipient) => {
    const place = await office(mail("ada@ofice.test", 12), {}, { noRecipient });
    const { kit, server } = place;
    const collected = await kit.check();
    expect(collected).toMatchObject({ collected: 12, delivered: 0, deferred: 12 });
    expect(guardAlerts(kit)).toEqual(["guard-account"]);
    expect(kit.heard.alerts.at(-1)?.problem.what).toContain("ofice.test");
    expect(server.messages).toHaveLength(0);
    expect(kit.files("Junk").size).toBe(0);
    place.add(mail("ada@ofice.test"));
    expect(await kit.check()).toMatchObject({ collected: 1, deferred: 13 });
    place.add(mail("bob@office.test"));
    await kit.check();
    const to = Map.groupBy(place.received(), ({ rcptTo }) => rcptTo.join());
    expect(to.get("bob@office.test")).toHaveLength(1);
    if (noRecipient === "postmaster") expect(to.get("postmaster@office.test")).toHaveLength(13);
    else expect(kit.files("Junk").size).toBe(13);
    expect(kit.files("Inbox").size).toBe(0);
    expect(arrived(place)).toMatchObject({ missing: [], strange: [] });
  },
);

test(
  "the misspelt domain of an account is corrected: its held mail goes to whom it is for",
  DEADLINE,
  async () => {
    const place = await office(mail("ada@ofice.test", 12));
    const { kit } = place;
    await kit.check();
    await kit.importSettings(
      place.settings({ domains: { primary: "office.test", secondary: ["ofice.test"] } }),
    );
    await kit.check();
    expect(place.received().map(({ rcptTo }) => rcptTo.join())).toEqual(Array(12).fill("ada@ofice.test"));
  },
);

test.each<[string, (kit: GatewayKit, gateway: Gateway) => Promise<void> | void]>([
  ["the file, before a check", ({ data }) => writeFileSync(join(data, "efsalias.txt"), CREW)],
  [
    "an import, at once",
    async (_, gateway) => {
      await gateway.importList({ list: "aliases", content: Buffer.from(CREW) });
      expect(states(gateway.queue({ folder: "Inbox" }))).toEqual(Array(12).fill("ada@office.test queued"));
    },
  ],
])(
  "an alias that was missing: held mail is resolved anew by a change of the list alone (%s)",
  DEADLINE,
  async (_, change) => {
    const place = await office(mail("crew@lists.example", 12));
    const { kit } = place;
    await kit.check();
    const gateway = await kit.open();
    expect(states(gateway.queue({ folder: "Inbox" }))).toEqual(
      Array(12).fill("postmaster@office.test held guard"),
    );
    await gateway.check();
    await change(kit, gateway);
    await gateway.check();
    await gateway.close();
    expect(place.received().map(({ rcptTo }) => rcptTo.join())).toEqual(Array(12).fill("ada@office.test"));
    expect([kit.files("Inbox").size, kit.files("Junk").size]).toEqual([0, 0]);
  },
);

test(
  "the postmaster alone is refused: reports wait with an alert, mail goes on; accepted, they are sent",
  DEADLINE,
  async () => {
    const place = await office(mail("ada@office.test", 2), { users: ["ada"] });
    const { kit, server } = place;
    await kit.check();
    expect(place.received()).toHaveLength(2);
    // In a run of its own: the order in which one run delivers is nobody's promise.
    place.add(mail("bob@office.test", 12));
    await kit.check();
    // Bob's mail is an ordinary refusal: Ada was accepted.
    expect(guardAlerts(kit)).toEqual(["guard-postmaster"]);
    expect([kit.files("Errors").size, kit.files("Junk").size]).toEqual([12, 0]);
    place.add(mail("ada@office.test"));
    expect(await kit.check()).toMatchObject({ delivered: 1, reports: 0 });
    server.policy.users = ["ada", "postmaster"];
    kit.clock.goOn(11 * MINUTE);
    expect(await kit.check()).toMatchObject({ reports: 12 });
    expect(server.messages.filter(isReport)).toHaveLength(12);
    expect(kit.files("Errors").size).toBe(12);
  },
);

test(
  "sent anyway: goes to the server whatever the guard says, and to Errors when it is refused",
  DEADLINE,
  async () => {
    const place = await office(mail("ada@office.test", 12));
    const { kit, server } = place;
    server.policy.users = ["postmaster"];
    await kit.check();
    const ids = (await kit.rows("Inbox")).map(({ queueId }) => queueId);
    const gateway = await kit.open();
    const [first = "", second = ""] = ids;
    expect(await gateway.act({ action: "release", messages: [first] })).toMatchObject([
      { code: "not-possible" },
    ]);
    expect(await gateway.act({ action: "send-anyway", messages: [first, second] })).toMatchObject([
      { code: "done" },
      { code: "done" },
    ]);
    await gateway.check();
    await gateway.close();
    expect([kit.files("Inbox").size, kit.files("Errors").size]).toEqual([10, 2]);
    expect(guardAlerts(kit)).toEqual(["guard-domain"]);
  },
);
