import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { headerStatistics } from "../../core/envelope/header-statistics.ts";
import type { HeaderReport } from "../../core/model/header-report.ts";
import { accountSchema, settingsSchema } from "../../core/model/settings.ts";
import { type ProviderShape, providerMail } from "../support/provider-mail.ts";

interface Changes {
  readonly account?: Record<string, unknown>;
  readonly settings?: Record<string, unknown>;
}

function report(headers: readonly string[], changes: Changes = {}): HeaderReport {
  const settings = settingsSchema.parse({
    domains: { primary: "office.example" },
    smtp: { host: "localhost" },
    postmaster: { address: "boss@office.example" },
    ...changes.settings,
  });
  const account = accountSchema.parse({
    id: "main",
    host: "pop.isp.example",
    username: "u12345",
    password: "secret",
    ...changes.account,
  });
  const statistics = headerStatistics({ account, settings });
  for (const header of headers) statistics.add(Buffer.from(header, "latin1"));
  return statistics.report({ listed: headers.length, refused: 0, problem: null });
}

const mails = (shape: ProviderShape, count = 50): string[] =>
  Array.from({ length: count }, (_, n) => providerMail(shape, n).header);
const row = ({ rows }: HeaderReport, name: string) => rows.find(({ header }) => header === name);

describe("providers", () => {
  test("X-Original-To beside the mailbox's own Delivered-To", () => {
    const found = report(mails("original-to"));
    expect(found.recommendation).toEqual({
      kind: "use-header",
      header: "X-Original-To",
      reason:
        "Use X-Original-To: it names a recipient of your domains in 50 of 50 messages, above the provider's Received lines; To or Cc name one in only 33.",
    });
    expect(found.trustedReceivedLines).toEqual({
      value: 1,
      current: 2,
      reason:
        "Your provider (isp.example) writes the topmost Received line of nearly every message; what stands below can be forged by the sender.",
    });
    expect(found.mailboxAddresses).toEqual([
      {
        address: "catchall@office.example",
        reason:
          "It stands in Delivered-To of 50 of 50 messages, though 33 of them are addressed to others of your domains: it is the mailbox's own address.",
      },
    ]);
    expect(found.adopt).toEqual({
      custom: null,
      trustedReceivedLines: 1,
      mailboxAddresses: ["catchall@office.example"],
    });
    expect(found.rows).toEqual([
      {
        header: "X-Original-To",
        kind: "envelope",
        present: 50,
        ours: 50,
        trusted: 50,
        own: 0,
        distinct: 6,
        examples: [
          "anna@office.example",
          "bob@office.example",
          "kim@office.example",
          "lee@office.example",
          "sales@office.example",
        ],
        receivedAbove: [{ lines: 0, messages: 50 }],
      },
      {
        header: "To",
        kind: "address",
        present: 33,
        ours: 33,
        trusted: 33,
        own: 0,
        distinct: 4,
        examples: ["bob@office.example", "kim@office.example", "sales@office.example", "info@office.example"],
        receivedAbove: [{ lines: 2, messages: 33 }],
      },
      {
        header: "Delivered-To",
        kind: "envelope",
        present: 50,
        ours: 0,
        trusted: 0,
        own: 50,
        distinct: 0,
        examples: [],
        receivedAbove: [],
      },
    ]);
  });

  test("Envelope-to above two lines of the provider", () => {
    const found = report(mails("envelope-to"));
    expect(found.recommendation).toMatchObject({ kind: "use-header", header: "Envelope-to" });
    expect([found.trustedReceivedLines.value, found.mailboxAddresses, found.adopt]).toEqual([2, [], null]);
  });

  test("a header of a name of its own, between the provider's lines: becomes a custom header", () => {
    const found = report(mails("own-name"));
    expect(found.recommendation).toMatchObject({ kind: "use-header", header: "X-Pobox-Recipient" });
    expect(found.recommendation.reason).toContain("among the provider's Received lines");
    expect(found.adopt).toEqual({
      custom: ["X-Pobox-Recipient"],
      trustedReceivedLines: null,
      mailboxAddresses: null,
    });
    expect(
      report(mails("own-name"), { settings: { headers: { custom: ["X-Pobox-Recipient"] } } }).adopt,
    ).toBeNull();
  });

  test("only `for`, in the second of three lines", () => {
    const found = report(mails("received-for"));
    expect(found.recommendation).toMatchObject({ kind: "use-received-for", header: null });
    expect([found.trustedReceivedLines.value, row(found, "Received (for)")?.trusted]).toEqual([3, 50]);
    expect(found.mailboxAddresses.map(({ address }) => address)).toEqual(["catchall@office.example"]);
  });

  test("nothing but To and Cc", () => {
    const found = report(mails("nothing"));
    expect(found.recommendation).toMatchObject({ kind: "use-addresses", header: null });
    expect(found.recommendation.reason).toContain("only To and Cc do, in 33 of 50 messages");
    expect(found.adopt).toEqual({ custom: null, trustedReceivedLines: 1, mailboxAddresses: null });
  });

  test("forged headers below the provider's line are seen through", () => {
    const found = report(mails("forged"));
    expect(found.recommendation).toMatchObject({ kind: "use-addresses", header: null });
    expect(found.recommendation.reason).toContain(
      "Delivered-To, X-Original-To, X-Rcpt-To would name some, but below the provider's Received lines",
    );
    for (const name of ["Delivered-To", "X-Original-To", "X-Rcpt-To"]) {
      expect(row(found, name)).toMatchObject({ ours: 50, trusted: 0 });
    }
    expect([found.trustedReceivedLines.value, found.mailboxAddresses]).toEqual([1, []]);
  });

  test("a filter service in front counts when every message came through it", () => {
    expect(report(mails("filter")).trustedReceivedLines).toMatchObject({ value: 2 });
    const some = [...mails("filter", 45), ...mails("nothing", 5)];
    expect(report(some).trustedReceivedLines).toMatchObject({ value: 1 });
  });
});

describe("what is not believed", () => {
  const R = (from: string, by: string) =>
    `Received: from ${from} by ${by} with ESMTP id 1; Fri, 20 Nov 2026 10:00:00 +0000\n`;

  test("one correspondent only: his server is not taken for the provider's", () => {
    const one = Array.from(
      { length: 20 },
      (_, n) =>
        `${R("mail.partner.example", "mx.isp.example")}${R("ws", "mail.partner.example")}From: a${n}@partner.example\nTo: anna@office.example\n`,
    );
    expect(report(one).trustedReceivedLines.value).toBe(1);
  });

  test("most correspondents at the same big provider: it is not taken for ours", () => {
    const many = Array.from({ length: 50 }, (_, n) => {
      const big = n < 46;
      const out = big ? `out${n}.big.example` : `mx.remote${n}.example`;
      return `${R(out, "mx.isp.example")}${R("ws", out)}From: a@remote${n}.example\nTo: anna@office.example\n`;
    });
    expect(report(many).trustedReceivedLines.value).toBe(1);
  });

  test("a few messages that took a shorter way lower the number, single ones do not", () => {
    const long = `${R("mx.isp.example", "store.isp.example")}${R("q", "mx.isp.example")}`;
    const short = R("q", "store.isp.example");
    const mixed = (shorter: number) =>
      Array.from(
        { length: 50 },
        (_, n) => `${n < shorter ? short : long}${R("x", `y${n}.example`)}From: a@r${n}.example\n`,
      );
    expect(report(mixed(2)).trustedReceivedLines.value).toBe(2);
    expect(report(mixed(5)).trustedReceivedLines.value).toBe(1);
  });

  test("too few messages, or none: nothing is learnt", () => {
    const found = report(mails("original-to", 3));
    expect(found.trustedReceivedLines).toEqual({
      value: null,
      current: 2,
      reason:
        "How many Received lines your provider adds could not be learnt: only 3 messages with Received lines were there. The setting stays at 2.",
    });
    expect(found.recommendation.reason).toContain("Only 3 messages were looked at");
    expect(report([])).toMatchObject({
      rows: [],
      recommendation: {
        kind: "unclear",
        reason: "The mailbox is empty. Look again when there is some mail in it.",
      },
      adopt: null,
    });
  });

  test("mail for other domains only: the domains are asked about", () => {
    const found = report(mails("original-to"), { settings: { domains: { primary: "ofice.example" } } });
    expect(found.recommendation.kind).toBe("unclear");
    expect(found.recommendation.reason).toContain("Check the spelling of your domains");
  });

  test("a mailbox of one person: the address in every message is hers, not the mailbox's own", () => {
    const hers = Array.from(
      { length: 20 },
      (_, n) =>
        `Delivered-To: anna@office.example\n${R("q", "mx.isp.example")}${R("x", `y${n}.example`)}From: a@r${n}.example\nTo: anna@office.example\n`,
    );
    const found = report(hers);
    expect([found.mailboxAddresses, found.recommendation.header]).toEqual([[], "Delivered-To"]);
  });

  test("nor where many messages go to her by a group's address, or by lists alone", () => {
    const hers = (to: (n: number) => string) =>
      Array.from(
        { length: 20 },
        (_, n) =>
          `Delivered-To: anna@office.example\n${R("q", "mx.isp.example")}${R("x", `y${n}.example`)}From: a@r${n}.example\nTo: ${to(n)}\n`,
      );
    const group = hers((n) => (n < 12 ? "anna@office.example" : "team@office.example"));
    expect(report(group).mailboxAddresses).toEqual([]);
    expect(report(hers(() => "news@lists.example")).mailboxAddresses).toEqual([]);
  });

  test("Received lines of the provider that every sender forges are not taken for its own", () => {
    const forging = Array.from(
      { length: 30 },
      (_, n) =>
        `${R(`client${n}.r${n}.example`, "mx.isp.example")}${R("q", "mx.isp.example")}X-Original-To: evil@office.example\nFrom: a@r${n}.example\n`,
    );
    expect(report(forging).trustedReceivedLines.value).toBe(1);
  });

  test("what the settings know already is not proposed again", () => {
    const known = report(mails("original-to"), {
      account: { mailboxAddresses: ["CatchAll@office.example"], trustedReceivedLines: 1 },
    });
    expect([known.mailboxAddresses, known.adopt, row(known, "Delivered-To")?.own]).toEqual([[], null, 50]);
  });

  test("headers that hold senders or look like addresses are no rows", () => {
    const header = `${R("q", "mx.isp.example")}From: a@office.example\nReply-To: b@office.example\nMessage-ID: <1@office.example>\nDKIM-Signature: i=@office.example; x@office.example\nReceived-SPF: pass x@office.example\nAuthentication-Results: y; smtp.mailfrom=c@office.example\nList-Unsubscribe: <mailto:u@office.example>\n`;
    expect(report([header]).rows).toEqual([]);
  });
});

test("any header: nothing throws, little is held, little time is taken", () => {
  const hostile = [
    `X-A: ${"a@office.example,".repeat(15_000)}\n`,
    "Delivered-To: a@office.example\n".repeat(8_000),
    `Received: ${"for <a@office.example> ".repeat(10_000)}\n`,
    `${"Received: from a by b; x\n".repeat(9_000)}To: a@office.example\n`,
    `To: ${"(".repeat(200_000)}\n`,
  ];
  const start = performance.now();
  expect(report(hostile).messages).toBe(5);
  expect(performance.now() - start).toBeLessThan(5_000);
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "binary", maxLength: 200 }), { maxLength: 8 }), (texts) => {
      report(
        texts.map(
          (text) =>
            `Received: from ${text} by ${text}; x\nDelivered-To: ${text}\nX: ${text}@office.example\n`,
        ),
      );
    }),
    { numRuns: 50 },
  );
});
