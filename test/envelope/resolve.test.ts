import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { resolveEnvelope } from "../../core/envelope/resolve.ts";
import { parseHeaderBlock } from "../../core/wire/header-block.ts";
import { type ContextChanges, envelopeContext } from "../support/envelope-context.ts";

const resolve = (header: string, changes: ContextChanges = {}) =>
  resolveEnvelope(parseHeaderBlock(Buffer.from(header, "latin1")), envelopeContext(changes));
const recipients = (header: string, changes?: ContextChanges) =>
  resolve(header, changes).recipients.map(({ address, role }) =>
    role === "addressed" ? address : `${role}:${address}`,
  );

const R = "Received: from a.example by mx.isp.example with ESMTP id 1; Fri, 20 Nov 2026 10:00:00 +0000\n";
const rFor = (address: string) => R.replace(";", ` for <${address}>;`);
const POSTMASTER = ["postmaster:boss@office.example"];

describe("headers: the first step that yields an address of our domains decides", () => {
  it.each<[string, string, string[], ContextChanges?]>([
    [
      "To, Cc and Bcc together",
      "To: a@office.example\nCc: b@office.example, x@else.example\nBcc: c@second.example\n",
      ["a@office.example", "b@office.example", "c@second.example"],
    ],
    [
      "Resent-*",
      "To: x@else.example\nResent-To: a@office.example\nResent-Cc: b@office.example\nResent-Bcc: c@office.example\n",
      ["a@office.example", "b@office.example", "c@office.example"],
    ],
    [
      "several To fields",
      "To: a@office.example\nTo: b@office.example\n",
      ["a@office.example", "b@office.example"],
    ],
    [
      "an envelope header beats To",
      `Delivered-To: a@office.example\n${R}${R}To: b@office.example\n`,
      ["a@office.example"],
    ],
    [
      "an envelope header beats for",
      `Delivered-To: a@office.example\n${rFor("b@office.example")}To: c@office.example\n`,
      ["a@office.example"],
    ],
    ["for beats To", `${rFor("a@office.example")}${R}To: b@office.example\n`, ["a@office.example"]],
    [
      "for in both trusted lines",
      `${rFor("a@office.example")}${rFor("b@office.example")}To: c@office.example\n`,
      ["a@office.example", "b@office.example"],
    ],
    [
      "X-Original-To before Delivered-To",
      `Delivered-To: b@office.example\nX-Original-To: a@office.example\n${R}${R}`,
      ["a@office.example"],
    ],
    [
      "Envelope-To before X-Envelope-To",
      `X-Envelope-To: b@office.example\nEnvelope-To: a@office.example\n`,
      ["a@office.example"],
    ],
    [
      "X-Envelope-To before X-RCPT-TO",
      `X-Rcpt-To: b@office.example\nX-Envelope-To: a@office.example\n`,
      ["a@office.example"],
    ],
    [
      "X-Rcpt-To before X-Delivered-To",
      `X-Delivered-To: b@office.example\nX-Rcpt-To: a@office.example\n`,
      ["a@office.example"],
    ],
    [
      "X-Delivered-To before Delivered-To",
      `Delivered-To: b@office.example\nX-Delivered-To: a@office.example\n`,
      ["a@office.example"],
    ],
    [
      "a custom header before all",
      `X-Original-To: b@office.example\nX-My-To: a@office.example\n`,
      ["a@office.example"],
      { settings: { headers: { custom: ["x-my-to"] } } },
    ],
    [
      "custom headers in their order",
      `X-2: b@office.example\nX-1: a@office.example\n`,
      ["a@office.example"],
      { settings: { headers: { custom: ["X-1", "X-2"] } } },
    ],
    [
      "the deciding name with all its lines and addresses",
      `Delivered-To: a@office.example, b@office.example\nDelivered-To: c@office.example\n${R}${R}`,
      ["a@office.example", "b@office.example", "c@office.example"],
    ],
    [
      "a header without an address of ours does not decide",
      `X-Original-To: x@else.example\nDelivered-To: a@office.example\nTo: b@office.example\n`,
      ["a@office.example"],
    ],
    [
      "no envelope header of ours: on to the next step",
      `Delivered-To: x@else.example\nTo: b@office.example\n`,
      ["b@office.example"],
    ],
    [
      "an address that is no known user still decides",
      `Delivered-To: gone@office.example\n${R}${R}To: anna@office.example\n`,
      [],
      { users: ["anna@office.example"] },
    ],
  ])("%s", (_, header, expected, changes) => {
    expect(recipients(header, changes)).toEqual(expected);
  });
});

describe("trust: nothing below the Nth Received decides steps 1 and 2", () => {
  const forged =
    "Delivered-To: evil@office.example\nX-Original-To: evil@office.example\nEnvelope-To: evil@office.example\nX-My-To: evil@office.example\n";
  const custom = { settings: { headers: { custom: ["X-My-To"] } } };
  it.each<[string, string, string[], ContextChanges?]>([
    [
      "forged headers below two Received",
      `${R}${R}${forged}To: a@office.example\n`,
      ["a@office.example"],
      custom,
    ],
    [
      "and between trusted lines they count",
      `${R}Delivered-To: a@office.example\n${R}To: b@office.example\n`,
      ["a@office.example"],
    ],
    [
      "forged ones beside a true one of a later name",
      `Delivered-To: a@office.example\n${R}${R}${forged}To: b@office.example\n`,
      ["a@office.example"],
      custom,
    ],
    [
      "forged lines of the deciding name itself",
      `Delivered-To: a@office.example\n${R}${R}Delivered-To: evil@office.example\n`,
      ["a@office.example"],
    ],
    [
      "N = 1",
      `Delivered-To: a@office.example\n${R}X-Original-To: evil@office.example\n${R}`,
      ["a@office.example"],
      { account: { trustedReceivedLines: 1 } },
    ],
    [
      "N = 3",
      `${R}${R}Delivered-To: a@office.example\n${R}${forged}`,
      ["a@office.example"],
      { account: { trustedReceivedLines: 3 } },
    ],
    [
      "N = 0: no envelope header, no for",
      `Delivered-To: evil@office.example\n${rFor("evil@office.example")}To: a@office.example\n`,
      ["a@office.example"],
      { account: { trustedReceivedLines: 0 } },
    ],
    [
      "fewer than N: the whole header",
      `${R}To: b@office.example\nDelivered-To: a@office.example\n`,
      ["a@office.example"],
    ],
    ["no Received at all", `To: b@office.example\nDelivered-To: a@office.example\n`, ["a@office.example"]],
    [
      "for in a lower Received line",
      `${R}${R}${rFor("evil@office.example")}To: a@office.example\n`,
      ["a@office.example"],
    ],
    [
      "for in the Nth line itself counts",
      `${R}${rFor("a@office.example")}To: b@office.example\n`,
      ["a@office.example"],
    ],
    [
      "for as the client's name",
      `${R}Received: from x for <evil@office.example> ([192.0.2.1]) by mx.isp.example id 2\nTo: a@office.example\n`,
      ["a@office.example"],
    ],
    [
      "envelope-from in a comment",
      `${R}Received: from x by mx.isp.example (envelope-from <evil@office.example>) id 2\nTo: a@office.example\n`,
      ["a@office.example"],
    ],
  ])("%s", (_, header, expected, changes) => {
    expect(recipients(header, changes)).toEqual(expected);
  });

  it("whatever is forged below the trusted lines, the result is the same", () => {
    const top = `Delivered-To: a@office.example\n${R}${rFor("c@office.example")}`;
    const line = fc
      .tuple(
        fc.constantFrom("X-Original-To", "Envelope-To", "Delivered-To", "X-My-To", "Received", "To", "Bcc"),
        fc.constantFrom("evil@office.example", "from q by z for <evil@office.example>"),
      )
      .map(([name, value]) => `${name}: ${value}\n`);
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
        expect(recipients(top + lines.join(""), custom)).toEqual(["a@office.example"]);
      }),
      { numRuns: 200 },
    );
  });
});

describe("the account's own addresses", () => {
  const own = { account: { mailboxAddresses: ["CatchAll@office.example"], username: "box@second.example" } };
  it.each<[string, string, string[]]>([
    [
      "never decide step 1",
      "Delivered-To: catchall@office.example\nTo: a@office.example\n",
      ["a@office.example"],
    ],
    [
      "nor do they count beside others",
      "Delivered-To: catchall@office.example\nDelivered-To: a@office.example\n",
      ["a@office.example"],
    ],
    ["never decide step 2", `${rFor("catchall@OFFICE.example")}To: a@office.example\n`, ["a@office.example"]],
    [
      "the user name is one",
      "Delivered-To: box@second.example\nTo: a@office.example\n",
      ["a@office.example"],
    ],
    [
      "in To they count",
      "Delivered-To: catchall@office.example\nTo: catchall@office.example\n",
      ["catchall@office.example"],
    ],
  ])("%s", (_, header, expected) => {
    expect(recipients(header, own)).toEqual(expected);
  });
});

it("addresses of the settings have the form that found ones have, with an international domain too", () => {
  const office = { domains: { primary: "bücher.example" }, postmaster: { address: "chef@bücher.example" } };
  const found = "Delivered-To: box@b\xc3\xbccher.example\nTo: a@xn--bcher-kva.example\n";
  for (const account of [{ mailboxAddresses: ["Box@Bücher.example"] }, { username: "box@bücher.example" }]) {
    expect(recipients(found, { settings: office, account })).toEqual(["a@xn--bcher-kva.example"]);
  }
  const bccAll = { ...office, headers: { bccAll: "archiv@bücher.example" } };
  expect(recipients("To: x@else.example\n", { settings: bccAll })).toEqual([
    "postmaster:chef@xn--bcher-kva.example",
    "bcc-all:archiv@xn--bcher-kva.example",
  ]);
  const single = { addressing: { mode: "single", recipients: ["anna@bücher.example"] } };
  expect(recipients("To: x@else.example\n", { settings: office, account: single })).toEqual([
    "anna@xn--bcher-kva.example",
  ]);
});

it("what is forged takes nothing from how the trusted lines are read", () => {
  // Proper by RFC 5322, but only the strict reader, whose budget is limited, understands it.
  const odd = "Delivered-To: anna . doe @ office.example\n";
  const forged = "X-Original-To: e . v @ office.example\n".repeat(1_000);
  expect(recipients(`${odd}${R}${R}${forged}`)).toEqual(["anna.doe@office.example"]);
});

describe("ignored headers", () => {
  const header = `${rFor("r@office.example")}To: t@office.example\nCc: c@office.example\nBcc: b@office.example\nResent-To: s@office.example\n`;
  it.each<[string[], string[]]>([
    [[], ["r@office.example"]],
    [["received-for"], ["t@office.example", "c@office.example", "b@office.example", "s@office.example"]],
    [
      ["received-for", "to"],
      ["c@office.example", "b@office.example", "s@office.example"],
    ],
    [
      ["received-for", "to", "cc"],
      ["b@office.example", "s@office.example"],
    ],
    [["received-for", "to", "cc", "bcc"], ["s@office.example"]],
    [["received-for", "to", "cc", "bcc", "resent"], POSTMASTER],
  ])("%j", (ignore, expected) => {
    expect(recipients(header, { settings: { headers: { ignore } } })).toEqual(expected);
  });
});

describe("an account's own headers go before the general ones", () => {
  const header = `X-One: one@office.example\nX-Two: two@office.example\n${R}${R}X-Two: evil@office.example\nTo: t@office.example\nCc: c@office.example\n`;
  it.each<[string, Record<string, unknown>, Record<string, unknown>, string[]]>([
    ["general ones", { custom: ["X-One"] }, {}, ["one@office.example"]],
    ["its own", { custom: ["X-One"] }, { custom: ["X-Two"] }, ["two@office.example"]],
    ["none, on purpose", { custom: ["X-One"] }, { custom: [] }, ["t@office.example", "c@office.example"]],
    ["its own ignored ones", { ignore: ["to"] }, { ignore: ["cc"] }, ["t@office.example"]],
    [
      "nothing ignored, on purpose",
      { ignore: ["to"] },
      { ignore: [] },
      ["t@office.example", "c@office.example"],
    ],
    ["one of the two", { custom: ["X-One"], ignore: ["to"] }, { ignore: ["cc"] }, ["one@office.example"]],
  ])("%s", (_, general, own, expected) => {
    expect(recipients(header, { settings: { headers: general }, account: { headers: own } })).toEqual(
      expected,
    );
  });
});

describe("domains", () => {
  it.each<[string, string[], ContextChanges?]>([
    ["A@OFFICE.Example", ["A@OFFICE.Example"]],
    ["a@second.example", ["a@second.example"]],
    ["a@office.example.", ["a@office.example"]],
    ["a@sub.office.example", POSTMASTER],
    ["a@notoffice.example", POSTMASTER],
    ["a@x.third.example", ["a@x.third.example"]],
    ["a@x.y.third.example", ["a@x.y.third.example"]],
    ["a@third.example", POSTMASTER],
    [
      "a@b\xc3\xbccher.example",
      ["a@xn--bcher-kva.example"],
      { settings: { domains: { primary: "bücher.example" } } },
    ],
    [
      "a@xn--bcher-kva.example",
      ["a@xn--bcher-kva.example"],
      { settings: { domains: { primary: "bücher.example" } } },
    ],
    ["bob@invalid@.office.example", POSTMASTER],
    ["bob@office.example@", ["bob@office.example"]],
    ["bob@office.example@", ["bob@office.example"], { settings: { allowMalformed: true } }],
    ["a@b@office.example", ["a@b@office.example"], { settings: { allowMalformed: true } }],
    ["Anna <anna doe@office.example>", ["anna doe@office.example"], { settings: { allowMalformed: true } }],
    ["Anna <anna doe@office.example>", ['"anna doe"@office.example']],
  ])("%s", (address, expected, changes) => {
    expect(recipients(`To: ${address}\n`, changes)).toEqual(expected);
  });
});

describe("aliases", () => {
  const to = (address: string, aliases: NonNullable<ContextChanges["aliases"]>, more: ContextChanges = {}) =>
    recipients(`To: ${address}\n`, { aliases, ...more });

  it("map to one or more, in or out of our domains, without case", () => {
    expect(
      to("Info@office.example", { "info@Office.example": ["a@office.example", "x@else.example"] }),
    ).toEqual(["a@office.example", "x@else.example"]);
    expect(
      to("info@office.example, b@office.example", { "info@office.example": "a@office.example" }),
    ).toEqual(["a@office.example", "b@office.example"]);
  });

  it("map a list's own address, outside our domains, to a local user", () => {
    const aliases = { "list@lists.example": "anna@office.example" };
    expect(to("list@lists.example", aliases)).toEqual(["anna@office.example"]);
    expect(to("other@lists.example", aliases)).toEqual(POSTMASTER);
  });

  it("IGNORE and NOTHING: nobody, no BCC copy, and not `no recipient`", () => {
    for (const nobody of ["IGNORE", "NOTHING", "ignore"]) {
      const resolution = resolve("To: spam@office.example\n", {
        aliases: { "spam@office.example": nobody },
        settings: { headers: { bccAll: "archive@office.example" } },
      });
      expect([resolution.kind, resolution.recipients]).toEqual(["ignored-by-alias", []]);
    }
    expect(to("spam@office.example, a@office.example", { "spam@office.example": "IGNORE" })).toEqual([
      "a@office.example",
    ]);
  });

  it("follow each other, and end where a circle closes", () => {
    const chain = {
      "a@office.example": "b@office.example",
      "b@office.example": ["c@office.example", "d@office.example"],
    };
    expect(to("a@office.example", chain)).toEqual(["c@office.example", "d@office.example"]);
    expect(to("a@office.example", { "a@office.example": ["a@office.example", "b@office.example"] })).toEqual([
      "a@office.example",
      "b@office.example",
    ]);
    expect(
      to("a@office.example", {
        "a@office.example": "b@office.example",
        "b@office.example": "a@office.example",
      }),
    ).toEqual(["a@office.example"]);
    const long = Object.fromEntries(
      Array.from({ length: 500 }, (_, n) => [`u${n}@office.example`, `u${n + 1}@office.example`]),
    );
    expect(to("u0@office.example", long)).toHaveLength(1);
  });

  it("explode once for one message", () => {
    const many = Array.from({ length: 1_000 }, (_, n) => `m${n}@office.example`);
    const aliases = {
      "all@office.example": many,
      "every@office.example": ["all@office.example", "all@office.example"],
    };
    expect(to(Array(200).fill("all@office.example, every@office.example").join(","), aliases)).toEqual(many);
  });
});

describe("virtual domain alias", () => {
  const vda = {
    domains: { primary: "office.example", secondary: ["second.example"], virtualAlias: "local.lan" },
  };
  it("replaces the domain part of every address of ours, after aliases", () => {
    const header = "To: james@office.example, Kim@SECOND.example, info@office.example\n";
    const aliases = { "info@office.example": ["lee@office.example", "x@else.example"] };
    expect(recipients(header, { settings: vda, aliases })).toEqual([
      "james@local.lan",
      "Kim@local.lan",
      "lee@local.lan",
      "x@else.example",
    ]);
  });
  it("makes addresses equal that were not", () => {
    expect(recipients("To: a@office.example, A@second.example\n", { settings: vda })).toEqual([
      "a@local.lan",
    ]);
  });
  it("is not put on the postmaster or BCC all", () => {
    const settings = { ...vda, headers: { bccAll: "archive@office.example" } };
    expect(recipients("To: x@else.example\n", { settings })).toEqual([
      "postmaster:boss@office.example",
      "bcc-all:archive@office.example",
    ]);
  });
});

describe("users list", () => {
  const users = ["anna@office.example", "bob@local.lan", "kim+list@office.example"];
  const vda = { domains: { primary: "office.example", virtualAlias: "local.lan" } };
  it.each<[string, string, string[], ContextChanges]>([
    ["known", "Anna@OFFICE.example", ["Anna@OFFICE.example"], {}],
    [
      "unknown ones are left out one by one",
      "anna@office.example, no@office.example",
      ["anna@office.example"],
      {},
    ],
    ["none remains: Junk", "no@office.example", [], {}],
    [
      "none remains: postmaster, by setting",
      "no@office.example",
      POSTMASTER,
      { settings: { users: { unknown: "postmaster" } } },
    ],
    ["before VdA", "anna@office.example", ["anna@local.lan"], { settings: vda }],
    ["after VdA", "bob@office.example", ["bob@local.lan"], { settings: vda }],
    ["the postmaster passes", "boss@office.example", ["boss@office.example"], {}],
    ["postmaster@ passes", "Postmaster@office.example", ["Postmaster@office.example"], {}],
    [
      "an alias out of our domains passes",
      "fax@office.example",
      ["x@else.example"],
      { aliases: { "fax@office.example": "x@else.example" } },
    ],
    [
      "an alias to an unknown user does not",
      "fax@office.example",
      [],
      { aliases: { "fax@office.example": "no@office.example" } },
    ],
    ["a tag matches", "anna+shop@office.example", ["anna+shop@office.example"], {}],
    [
      "a tag is taken off by setting",
      "anna+shop@office.example",
      ["anna@office.example"],
      { settings: { users: { stripTag: true } } },
    ],
    [
      "a listed tag stays",
      "kim+list@office.example",
      ["kim+list@office.example"],
      { settings: { users: { stripTag: true } } },
    ],
    ["the other tags of that user are unknown", "kim+x@office.example", [], {}],
    [
      "tag off makes equal",
      "anna+1@office.example, anna+2@office.example",
      ["anna@office.example"],
      { settings: { users: { stripTag: true } } },
    ],
    ["a plus in front is no tag", "+anna@office.example", [], {}],
    [
      "the tag of an alias's target",
      "info@office.example",
      ["anna@office.example"],
      {
        aliases: { "info@office.example": "anna+info@office.example" },
        settings: { users: { stripTag: true } },
      },
    ],
    ["a tag before VdA, the user after it", "bob+x@office.example", ["bob+x@local.lan"], { settings: vda }],
    [
      "the postmaster by alias",
      "chief@office.example",
      ["boss@office.example"],
      { aliases: { "chief@office.example": "boss@office.example" } },
    ],
    [
      "IGNORE beside an unknown user: no known user",
      "spam@office.example, no@office.example",
      [],
      { aliases: { "spam@office.example": "IGNORE" } },
    ],
    [
      "no BCC copy of what is for nobody known",
      "no@office.example",
      [],
      { settings: { headers: { bccAll: "archive@office.example" } } },
    ],
    [
      "BCC all is no user and needs not be one",
      "anna@office.example",
      ["anna@office.example", "bcc-all:archive@office.example"],
      { settings: { headers: { bccAll: "archive@office.example" } } },
    ],
  ])("%s", (_, address, expected, changes) => {
    expect(recipients(`To: ${address}\n`, { users, ...changes })).toEqual(expected);
  });
  it("without a list everybody is known, and tags go by setting", () => {
    expect(recipients("To: any@office.example\n")).toEqual(["any@office.example"]);
    expect(recipients("To: any+x@office.example\n", { settings: { users: { stripTag: true } } })).toEqual([
      "any@office.example",
    ]);
  });
  it("an empty list knows nobody", () => {
    expect(resolve("To: any@office.example\n", { users: [] }).kind).toBe("unknown-user");
  });
});

describe("nobody, everybody, single mailboxes", () => {
  it("no recipient: the postmaster, or Junk by setting", () => {
    expect(resolve("To: x@else.example\n")).toMatchObject({
      kind: "no-recipient",
      recipients: [{ address: "boss@office.example", role: "postmaster", duplicatesChecked: true }],
    });
    expect(
      resolve("", { settings: { noRecipient: "junk", headers: { bccAll: "archive@office.example" } } }),
    ).toMatchObject({
      kind: "no-recipient",
      recipients: [],
    });
  });
  it("BCC all: one copy more, once, as it is", () => {
    const settings = { headers: { bccAll: "Archive@else.example" } };
    expect(resolve(`Delivered-To: a@office.example\n`, { settings }).recipients).toEqual([
      { address: "a@office.example", role: "addressed", duplicatesChecked: false },
      { address: "Archive@else.example", role: "bcc-all", duplicatesChecked: true },
    ]);
    expect(
      recipients("To: archive@office.example\n", {
        settings: { headers: { bccAll: "Archive@office.example" } },
      }),
    ).toEqual(["archive@office.example"]);
    expect(recipients("To: no@office.example\n", { settings, users: ["a@office.example"] })).toEqual([]);
  });
  it("duplicates are checked for To/Cc only", () => {
    const checked = (header: string) => resolve(header).recipients.map((one) => one.duplicatesChecked);
    expect(checked("To: a@office.example\n")).toEqual([true]);
    expect(checked("Delivered-To: a@office.example\n")).toEqual([false]);
    expect(checked(rFor("a@office.example"))).toEqual([false]);
  });
  it("unknown users named by an envelope header: each copy goes to the postmaster", () => {
    const changes = { users: ["a@office.example"], settings: { users: { unknown: "postmaster" } } };
    expect(resolve("Delivered-To: no@office.example\n", changes).recipients).toEqual([
      { address: "boss@office.example", role: "postmaster", duplicatesChecked: false },
    ]);
    expect(resolve("To: no@office.example\n", changes).recipients).toEqual([
      { address: "boss@office.example", role: "postmaster", duplicatesChecked: true },
    ]);
  });
  it("a single mailbox: everything to the given addresses, whatever the headers say", () => {
    const account = { addressing: { mode: "single", recipients: ["anna@office.example", "x@else.example"] } };
    const header = "Delivered-To: bob@office.example\nTo: kim@office.example\n";
    expect(recipients(header, { account, users: ["bob@office.example"] })).toEqual([
      "anna@office.example",
      "x@else.example",
    ]);
    expect(recipients("", { account })).toEqual(["anna@office.example", "x@else.example"]);
    const settings = { domains: { primary: "office.example", virtualAlias: "local.lan" } };
    expect(recipients(header, { account, settings })).toEqual(["anna@local.lan", "x@else.example"]);
  });
  it("MAILER-DAEMON at our domains is a recipient like others", () => {
    expect(recipients("To: MAILER-DAEMON@office.example\n")).toEqual(["MAILER-DAEMON@office.example"]);
  });
});

describe("the trail", () => {
  it("tells every address found and what became of it", () => {
    const header =
      `Delivered-To: catchall@isp.example\nX-Original-To: info@office.example\n${R}${rFor("r@office.example")}` +
      "Delivered-To: evil@office.example\nTo: root, Anna <anna@office.example>\n";
    const { trail } = resolve(header, {
      account: { mailboxAddresses: ["catchall@isp.example"] },
      aliases: { "info@office.example": ["anna+x@office.example", "no@office.example"] },
      users: ["anna@local.lan"],
      settings: {
        domains: { primary: "office.example", virtualAlias: "local.lan" },
        users: { stripTag: true },
        headers: { bccAll: "archive@office.example" },
      },
    });
    const original = { header: "X-Original-To", headerIndex: 1 };
    const none = { header: null, headerIndex: null };
    expect(trail).toEqual([
      { address: "info@office.example", ...original, verdict: "kept", rule: "envelope-header" },
      {
        address: "catchall@isp.example",
        header: "Delivered-To",
        headerIndex: 0,
        verdict: "dropped",
        rule: "later-step-not-needed",
      },
      {
        address: "evil@office.example",
        header: "Delivered-To",
        headerIndex: 4,
        verdict: "dropped",
        rule: "untrusted-header",
      },
      {
        address: "r@office.example",
        header: "Received",
        headerIndex: 3,
        verdict: "dropped",
        rule: "later-step-not-needed",
      },
      { address: "root", header: "To", headerIndex: 5, verdict: "dropped", rule: "unreadable-address" },
      {
        address: "anna@office.example",
        header: "To",
        headerIndex: 5,
        verdict: "dropped",
        rule: "later-step-not-needed",
      },
      {
        address: "info@office.example",
        ...original,
        verdict: "mapped",
        rule: "alias",
        to: ["anna+x@office.example", "no@office.example"],
      },
      {
        address: "anna+x@office.example",
        ...original,
        verdict: "mapped",
        rule: "virtual-domain",
        to: ["anna+x@local.lan"],
      },
      {
        address: "no@office.example",
        ...original,
        verdict: "mapped",
        rule: "virtual-domain",
        to: ["no@local.lan"],
      },
      { address: "no@local.lan", ...original, verdict: "dropped", rule: "unknown-user" },
      {
        address: "anna+x@local.lan",
        ...original,
        verdict: "mapped",
        rule: "tag-stripped",
        to: ["anna@local.lan"],
      },
      { address: "archive@office.example", ...none, verdict: "kept", rule: "bcc-all" },
    ]);
  });

  it("tells the other reasons", () => {
    const rules = (header: string, changes?: ContextChanges) =>
      resolve(header, changes).trail.map((step) => step.rule);
    expect(rules("To: x@else.example\n")).toEqual(["foreign-domain", "no-recipient"]);
    expect(rules("To: a@office.example, A@office.example\n")).toEqual([
      "address-header",
      "address-header",
      "repeated-recipient",
    ]);
    expect(rules("Delivered-To: u@office.example\n", { account: { username: "u@office.example" } })).toEqual([
      "mailbox-own-address",
      "no-recipient",
    ]);
    expect(rules("Cc: a@office.example\n", { settings: { headers: { ignore: ["cc"] } } })).toEqual([
      "ignored-header",
      "no-recipient",
    ]);
    expect(rules("To: a@office.example\n", { aliases: { "a@office.example": "IGNORE" } })).toEqual([
      "address-header",
      "alias-ignore",
    ]);
    expect(
      rules("", { account: { addressing: { mode: "single", recipients: ["a@office.example"] } } }),
    ).toEqual(["single-mailbox"]);
    expect(rules(rFor("a@office.example"))).toEqual(["received-for"]);
  });

  it("is bounded for addresses that nobody asked for; recipients are not", () => {
    const many = (domain: string) => Array.from({ length: 5_000 }, (_, n) => `u${n}@${domain}`).join(",\n ");
    const resolution = resolve(`To: ${many("else.example")},\n ${many("office.example")}\n`);
    expect(resolution.recipients).toHaveLength(5_000);
    expect(resolution.trail).toHaveLength(7_000);
  });
});

describe("any header", () => {
  it("never throws, takes little time", () => {
    const hostile = [
      `To: ${"(".repeat(500_000)}`,
      `Received: ${"for <".repeat(100_000)}`,
      `X: y${"\nDelivered-To: a@b,".repeat(50_000)}`,
      `To: ${"a@office.example,".repeat(50_000)}`,
    ];
    const start = performance.now();
    for (const header of hostile) expect(resolve(`${header}\nTo: a@office.example\n`).kind).toBe("addressed");
    expect(performance.now() - start).toBeLessThan(5_000);
    fc.assert(
      fc.property(
        fc.string({ unit: "binary" }),
        (text) => void resolve(`From: ${text}\nDelivered-To: ${text}\nReceived: ${text}\nTo: ${text}`),
      ),
    );
  });
});
