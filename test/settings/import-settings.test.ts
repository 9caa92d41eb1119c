import { describe, expect, test } from "vitest";
import { formatSettingProblem } from "../../core/model/setting-problems.ts";
import { exportSettings } from "../../core/settings/export-settings.ts";
import { importSettings } from "../../core/settings/import-settings.ts";
import { fakeSecrets } from "../support/fake-secrets.ts";
import { settingsInput } from "../support/sample-settings.ts";

const account = { id: "main", host: "pop.example.net", username: "office", password: "s3cret" };

function problemsOf(text: string | Buffer): readonly string[] {
  const result = importSettings(text, fakeSecrets(), null);
  return result.kind === "invalid" ? result.problems.map(formatSettingProblem) : [];
}

function problemsWith(changes: Record<string, unknown>): readonly string[] {
  return problemsOf(JSON.stringify(settingsInput(changes)));
}

describe("settings that cannot be imported", () => {
  const cases: readonly [string, Record<string, unknown>, readonly string[]][] = [
    [
      "an unknown setting",
      { acounts: [] },
      ["acounts: there is no such setting; check the spelling, or remove it"],
    ],
    [
      "an unknown setting of an account",
      { accounts: [{ ...account, pasword: "x" }] },
      ["accounts[0].pasword: there is no such setting; check the spelling, or remove it"],
    ],
    ["no domain", { domains: undefined }, ["domains: is missing"]],
    ["no server", { smtp: {} }, ["smtp.host: is missing"]],
    [
      "a domain with spaces",
      { domains: { primary: "my domain.com" } },
      ["domains.primary: is not a domain name, like example.com"],
    ],
    [
      "a server with http://",
      { smtp: { host: "http://mail" } },
      ["smtp.host: give a server name or an IP address, without spaces or http://"],
    ],
    [
      "an address without domain",
      { postmaster: { address: "admin" } },
      ["postmaster.address: is not an address, like name@example.com"],
    ],
    [
      "a negative interval",
      { schedule: { weekdayMinutes: -5 } },
      ["schedule.weekdayMinutes: must be at least 1"],
    ],
    [
      "an account's negative interval",
      { accounts: [{ ...account, intervalMinutes: -1 }] },
      ["accounts[0].intervalMinutes: must be at least 1"],
    ],
    [
      "an interval of more than five hours",
      { schedule: { weekendMinutes: 301 } },
      ["schedule.weekendMinutes: must be at most 300"],
    ],
    [
      "times that are none",
      { schedule: { days: [{ from: "8:00", to: "24:30" }, "all", "all", "all", "all", "all", "all"] } },
      [
        "schedule.days[0].from: is not a time of day, like 08:00",
        "schedule.days[0].to: is not a time of day, like 18:00 or 24:00",
      ],
    ],
    [
      "another domain with spaces, one with an @",
      { domains: { primary: "example.com", secondary: ["my domain.com", "bob@example.com"] } },
      [
        "domains.secondary[0]: is not a domain name, like example.com",
        "domains.secondary[1]: is not a domain name, like example.com",
      ],
    ],
    [
      "an address without anything behind its @",
      { headers: { bccAll: "archive@" } },
      ["headers.bccAll: is not an address, like name@example.com"],
    ],
    [
      "a pre check of no kind",
      { preCheck: { kind: "shell", path: "x" } },
      ['preCheck.kind: must be "none", "program" or "reach"'],
    ],
    [
      "a program as one command line",
      { preCheck: { kind: "program", path: "dial", arguments: "--now" } },
      ["preCheck.arguments: must be a list in [ ], not text"],
    ],
    ["a post check without its program", { postCheck: { kind: "program" } }, ["postCheck.path: is missing"]],
    [
      "a host that would be an option of ping",
      { preCheck: { kind: "reach", host: "-f" } },
      ["preCheck.host: give a server name or an IP address, without spaces or http://"],
    ],
    [
      "a wait below nothing, and more than an hour for a program",
      { preCheck: { kind: "program", path: "x", waitSeconds: -1, timeoutSeconds: 3_601 } },
      ["preCheck.timeoutSeconds: must be at most 3600", "preCheck.waitSeconds: must be at least 0"],
    ],
    ["a port as text", { smtp: { host: "mail", port: "25" } }, ["smtp.port: must be a number, not text"]],
    [
      "half a second",
      { accounts: [{ ...account, timeoutSeconds: 7.5 }] },
      ["accounts[0].timeoutSeconds: must be a whole number, not a fraction"],
    ],
    [
      "yes instead of true",
      { accounts: [{ ...account, enabled: "yes" }] },
      ["accounts[0].enabled: must be true or false, not text"],
    ],
    [
      "a security that does not exist",
      { accounts: [{ ...account, security: "ssl" }] },
      ['accounts[0].security: must be "none", "starttls" or "tls"'],
    ],
    [
      "a password that is a number",
      { accounts: [{ ...account, password: 1234 }] },
      ["accounts[0].password: must be text in double quotes or a group in { }"],
    ],
    [
      "half of a sealed password",
      { accounts: [{ ...account, password: { scheme: "x" } }] },
      ["accounts[0].password.value: is missing"],
    ],
    [
      "no password",
      { accounts: [{ ...account, password: undefined }] },
      ["accounts[0].password: is missing"],
    ],
    [
      "a password with a line end",
      { accounts: [{ ...account, password: "a\r\nDELE 1" }] },
      ["accounts[0].password: holds a line end"],
    ],
    [
      "a mode that does not exist",
      { accounts: [{ ...account, addressing: { mode: "all" } }] },
      ['accounts[0].addressing.mode: must be "catch-all" or "single"'],
    ],
    [
      "an address in a mode",
      { accounts: [{ ...account, addressing: { mode: "single", recipients: ["bob"] } }] },
      ["accounts[0].addressing.recipients[0]: is not an address, like name@example.com"],
    ],
    ["the same id twice", { accounts: [account, account] }, ['accounts[1].id: "main" is used twice']],
    [
      "a day of the week too few",
      { schedule: { days: ["all"] } },
      ["schedule.days: must have exactly 7 entries"],
    ],
    [
      "a day that is neither",
      { schedule: { days: ["all", "all", "all", "all", "all", "all", "sometimes"] } },
      ['schedule.days[6]: must be "all", "never" or a group in { }'],
    ],
    [
      "an alias that is no address",
      { aliases: { "bob smith": "bob@example.com" } },
      ['aliases["bob smith"]: is not an address, like name@example.com'],
    ],
    [
      "an alias to nothing",
      { aliases: { "bob@example.com": [] } },
      ['aliases["bob@example.com"]: must have at least 1 entry'],
    ],
    [
      "a login over a connection that may be in the clear",
      { smtp: { host: "mail", security: "opportunistic", username: "u", password: "p" } },
      [
        "smtp.security: a login needs required STARTTLS or TLS, so that the password is never sent unprotected",
      ],
    ],
    ["null where it is not allowed", { smtp: null }, ["smtp: must be a group in { }, not null"]],
    ["a list instead of a group", { smtp: [] }, ["smtp: must be a group in { }, not a list"]],
    ["a newer version", { version: 2 }, ["version: is 2, from a newer program; this one knows 1"]],
    [
      "two problems at once",
      { noRecipient: "bin", users: { unknown: 1 } },
      ['users.unknown: must be "junk" or "postmaster"', 'noRecipient: must be "postmaster" or "junk"'],
    ],
  ];
  test.each(cases)("%s", (_name, changes, expected) => {
    expect(problemsWith(changes)).toEqual(expected);
  });

  test("no value, which may be a password, is ever quoted", () => {
    const told = problemsWith({
      accounts: [{ ...account, username: "hunter2\n", host: "hunter2 hunter2", password: { hunter2: 1 } }],
    });
    // The key is named, for it is what has to be corrected; its value is not.
    expect(told.filter((line) => line.includes("hunter2"))).toEqual([
      "accounts[0].password.hunter2: there is no such setting; check the spelling, or remove it",
    ]);
  });

  test.each([
    ["", "The settings: not valid JSON in line 1, column 1: the file is empty"],
    ["[]", "The settings: must be a group in { }, not a list"],
    ["{", "The settings: not valid JSON in line 1, column 2: the text ends too early"],
    [
      '{"a": 1,\n  "b": }',
      "The settings: not valid JSON in line 2, column 8: a value is expected here: text in double quotes, a number, true, false, null, { or [",
    ],
    ['{"a": 1\n "b": 2}', "The settings: not valid JSON in line 2, column 2: a comma or } is expected here"],
    [
      '{"a": [1, 2,]}',
      "The settings: not valid JSON in line 1, column 13: there is a comma too much before this ]",
    ],
    [
      '{"a": 1, "a": 2}',
      'The settings: not valid JSON in line 1, column 10: "a" is given twice in the same group',
    ],
    ["{\n  // mine\n}", "The settings: not valid JSON in line 2, column 3: comments are not allowed here"],
    [
      '{"path": "C:\\mail"}',
      "The settings: not valid JSON in line 1, column 13: a backslash is written \\\\ here",
    ],
    [
      '{"a": "b}\n',
      "The settings: not valid JSON in line 1, column 10: the closing double quote is missing on this line",
    ],
    [
      "{} {}",
      "The settings: not valid JSON in line 1, column 4: there is more text after the end of the settings",
    ],
  ])("JSON that is wrong: %j", (text, expected) => {
    expect(problemsOf(text)).toEqual([expected]);
  });

  test("groups inside each other without end", () => {
    expect(problemsOf("[".repeat(100_000))).toEqual([
      "The settings: not valid JSON in line 1, column 66: there are too many groups inside each other",
    ]);
  });

  test("a file that is no text", () => {
    expect(problemsOf(Buffer.from([0x7b, 0xff, 0xfe, 0x7d]))).toEqual([
      "The settings: the text is not UTF-8; save the file with this encoding",
    ]);
  });

  test("a file beyond all measure", () => {
    expect(problemsOf(Buffer.alloc(9 * 1_048_576, 0x20))).toEqual([
      "The settings: the file is larger than 8 MB, which no settings are",
    ]);
  });
});

describe("settings that are imported", () => {
  const secrets = fakeSecrets();

  test("with byte order mark, passwords sealed", () => {
    const text = `\ufeff${JSON.stringify(settingsInput())}`;
    for (const content of [text, Buffer.from(text, "utf8")]) {
      const result = importSettings(content, secrets, null);
      expect(result.kind === "settings" && result.settings.accounts[0]?.password).toEqual({
        scheme: "fake-1",
        value: "sealed:terc3s",
      });
    }
  });

  const both = settingsInput({
    smtp: {
      host: "mail",
      security: "tls",
      username: "u",
      password: "pw",
      fallback: { host: "mail2", security: "tls", username: "v", password: "pw2" },
    },
  });

  test("an export without secrets holds none, and keeps them where they are stored", () => {
    const first = importSettings(JSON.stringify(both), secrets, null);
    if (first.kind === "invalid") throw new Error("invalid");
    const { settings, unopened } = exportSettings(first.settings, null);
    const text = JSON.stringify(settings);
    expect(unopened).toEqual([]);
    expect(text).not.toMatch(/s3cret|terc3s|sealed:|pw/);
    expect(importSettings(text, secrets, first.settings)).toEqual(first);
  });

  test("elsewhere each of them is asked for", () => {
    const first = importSettings(JSON.stringify(both), secrets, null);
    if (first.kind === "invalid") throw new Error("invalid");
    const again = importSettings(
      JSON.stringify(exportSettings(first.settings, null).settings),
      secrets,
      null,
    );
    expect(again).toEqual({
      kind: "invalid",
      problems: ["accounts[0].password", "smtp.password", "smtp.fallback.password"].map((path) => ({
        path,
        message: "no password is stored for this host and user name; write it here",
      })),
    });
  });

  test("a stored password does not follow to another server", () => {
    const first = importSettings(JSON.stringify(settingsInput()), secrets, null);
    if (first.kind === "invalid") throw new Error("invalid");
    const moved = settingsInput({
      accounts: [{ ...account, host: "pop.attacker.example", password: { scheme: "stored", value: "" } }],
    });
    expect(importSettings(JSON.stringify(moved), secrets, first.settings).kind).toBe("invalid");
  });

  test("with secrets they are in clear, and what cannot be opened is named", () => {
    const first = importSettings(JSON.stringify(both), secrets, null);
    if (first.kind === "invalid") throw new Error("invalid");
    expect(exportSettings(first.settings, secrets).settings.accounts[0]?.password).toBe("s3cret");
    const elsewhere = exportSettings(first.settings, fakeSecrets("other"));
    expect(elsewhere.unopened).toEqual(["accounts[0].password", "smtp.password", "smtp.fallback.password"]);
    expect(elsewhere.settings.accounts[0]?.password).toEqual({ scheme: "stored", value: "" });
  });

  test("a sealed password is taken where it can be opened, and refused elsewhere", () => {
    const sealed = settingsInput({ accounts: [{ ...account, password: secrets.seal("pw") }] });
    const text = JSON.stringify(sealed);
    expect(importSettings(text, secrets, null).kind).toBe("settings");
    expect(importSettings(text, fakeSecrets("other"), null)).toEqual({
      kind: "invalid",
      problems: [
        {
          path: "accounts[0].password",
          message: "was encrypted on another computer and cannot be opened here; write it in clear",
        },
      ],
    });
  });
});
