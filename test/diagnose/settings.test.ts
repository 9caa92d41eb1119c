import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { contradictions } from "../../core/diagnose/contradictions.ts";
import { distance, isAlmost } from "../../core/diagnose/domain-spelling.ts";
import { sampleSettings } from "../support/sample-settings.ts";

function account(changes: Readonly<Record<string, unknown>>) {
  const base = { id: "main", host: "pop.example.net", username: "office", password: "x" };
  return { accounts: [{ ...base, ...changes }] };
}

test("good settings contradict nothing", () => {
  expect(contradictions(sampleSettings())).toEqual([]);
});

const SERVER = { host: "192.0.2.10" };
const DOMAINS = { primary: "example.com", secondary: ["*.example.org"], virtualAlias: "office.lan" };

test.each<[string, Readonly<Record<string, unknown>>]>([
  ["postmaster at the VdA domain", { postmaster: { address: "admin@office.lan" }, domains: DOMAINS }],
  ["postmaster at a subdomain", { postmaster: { address: "admin@a.Example.ORG" }, domains: DOMAINS }],
  ["one computer for both, this one", { ...account({ host: "127.0.0.1" }), smtp: { host: "127.0.0.1" } }],
  ["a single mailbox of ours", account({ addressing: { mode: "single", recipients: ["a@example.com"] } })],
  [
    "an account that is off",
    {
      accounts: [...account({}).accounts, { ...account({ id: "b", port: 995 }).accounts[0], enabled: false }],
    },
  ],
  ["mail left for some days", account({ leaveOnServer: true, deleteAfterDays: 3 })],
])("no contradiction: %s", (_title, changes) => {
  expect(contradictions(sampleSettings(changes))).toEqual([]);
});

test.each<[string, Readonly<Record<string, unknown>>, string, string, string]>([
  [
    "postmaster-outside",
    { postmaster: { address: "admin@elsewhere.test" } },
    "The postmaster, admin@elsewhere.test, is outside your domains: reports, and mail for nobody in particular, leave the office.",
    "Choose an address of your own domains, or make sure that the server forwards to this one.",
    "postmaster.address",
  ],
  [
    "bcc-outside",
    { headers: { bccAll: "archive@elsewhere.test" } },
    "A copy of every message goes to archive@elsewhere.test, outside your domains; a server that does not relay refuses these copies.",
    "Choose an address of your own domains, or make sure that the server forwards to this one.",
    "headers.bccAll",
  ],
  [
    "same-server:main",
    { smtp: { host: "POP.example.net" } },
    'Account "main" is collected from pop.example.net, and that is also the server to which mail is delivered: it could go round in circles.',
    "Enter the office's own mail server, unless one computer really does both.",
    "accounts[0].host",
  ],
  [
    "port:main",
    account({ port: 995, security: "starttls" }),
    'Account "main" has port 995 with the security "starttls", which hardly ever fit together.',
    "Use port 995 with TLS, or port 110 with STARTTLS or no encryption.",
    "accounts[0].port",
  ],
  [
    "delete-after:main",
    account({ deleteAfterDays: 3 }),
    'Account "main" shall keep mail on the server for 3 days, but not leave it there: it is deleted at once.',
    'Switch "Leave mail on host" on, or take the number of days away.',
    "accounts[0].deleteAfterDays",
  ],
  [
    "recipients-outside:main",
    account({ addressing: { mode: "single", recipients: ["a@example.com", "b@elsewhere.test"] } }),
    'Account "main" delivers to b@elsewhere.test, outside your domains; a server that does not relay refuses it.',
    "Choose addresses of your own domains, or add the domain.",
    "accounts[0].addressing.recipients",
  ],
  [
    "no-account",
    { accounts: [] },
    "There is no account to collect mail from.",
    "Add an account, or switch one on.",
    "accounts",
  ],
  [
    "no-account",
    account({ enabled: false }),
    "All accounts are switched off.",
    "Add an account, or switch one on.",
    "accounts",
  ],
  [
    "forward-off",
    { smtp: { ...SERVER, forward: false } },
    "Forwarding is switched off: mail is collected and stays in Inbox.",
    "Switch it on when the local mail server is ready.",
    "smtp.forward",
  ],
  [
    "reports-off",
    { postmaster: { address: "postmaster@example.com", sendErrors: false } },
    "Reports are switched off: nobody is told of mail that could not be delivered.",
    "Switch them on, or look into Errors every day.",
    "postmaster.sendErrors",
  ],
  [
    "maximum-small",
    { control: { maxMessageBytes: 524_288 } },
    "The maximum message size is 0.5 MB: much ordinary mail is larger, and is not collected.",
    "Set it equal to the mail server's.",
    "control.maxMessageBytes",
  ],
  [
    "schedule-never",
    { schedule: { days: Array.from({ length: 7 }, () => "never") } },
    "The schedule allows checks on no day of the week: mail is collected only when somebody asks for it.",
    "Allow at least one day.",
    "schedule.days",
  ],
  [
    "spelling:exmaple.com",
    account({ username: "office@exmaple.com" }),
    "exmaple.com is almost example.com, but it is not one of your domains: one of the two may be misspelt.",
    "Correct it, or add exmaple.com to the domains.",
    "accounts[0].username",
  ],
  [
    "spelling:exampel.com",
    account({ mailboxAddresses: ["office@example.com", "catchall@exampel.com"] }),
    "exampel.com is almost example.com, but it is not one of your domains: one of the two may be misspelt.",
    "Correct it, or add exampel.com to the domains.",
    "accounts[0].mailboxAddresses[1]",
  ],
  [
    "spelling:exampl.com",
    { aliases: { "info@exampl.com": "a@example.com" } },
    "exampl.com is almost example.com, but it is not one of your domains: one of the two may be misspelt.",
    "Correct it, or add exampl.com to the domains.",
    'aliases["info@exampl.com"]',
  ],
])("%s", (id, changes, cause, cure, place) => {
  const found = contradictions(sampleSettings(changes)).map(({ title: _title, ...rest }) => rest);
  expect(found).toEqual([{ id, cause, cure, place }]);
});

describe("almost the same domain", () => {
  test.each([
    ["exmaple.com", "example.com", true],
    ["example.con", "example.com", true],
    ["exmpale.com", "example.com", true],
    ["exampl.com", "example.com", true],
    ["mail.example.com", "example.com", false],
    ["example.de", "example.com", false],
    ["example.net", "example.com", false],
    ["example.de", "example.at", false],
    ["example.co", "example.com", false],
    ["example.com", "example.com", false],
    ["abd.com", "abc.com", true],
    ["axy.com", "abc.com", false],
    ["ab.com", "ac.com", false],
    ["provider.com", "example.com", false],
  ])("%s, %s: %s", (domain, ours, expected) => {
    expect(isAlmost(domain, ours)).toBe(expected);
  });

  test("a distance is 0 for the same only, the same in both directions, and one step is 1", () => {
    const word = fc.string({ maxLength: 12 });
    fc.assert(
      fc.property(word, word, fc.nat(12), (a, b, at) => {
        expect(distance(a, b)).toBe(distance(b, a));
        expect(distance(a, b) === 0).toBe(a === b);
        expect(distance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
        const place = Math.min(at, a.length);
        expect(distance(a, `${a.slice(0, place)}#${a.slice(place)}`)).toBe(1);
      }),
    );
    expect(distance("ab", "ba")).toBe(1);
  });
});
