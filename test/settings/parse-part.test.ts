import { expect, test } from "vitest";
import { parsePart } from "../../core/settings/parse-part.ts";
import { settingsInput } from "../support/sample-settings.ts";

const account = { id: "main", host: "pop.example.net", username: "office", password: "s3cret" };
const half = { id: "", host: "" };

test.each<[string, unknown, readonly string[], string | null, string]>([
  ["nothing but the account", { accounts: [account] }, ["accounts"], "main", "main at pop.example.net"],
  [
    "others are half filled",
    { accounts: [half, account], smtp: 7 },
    ["accounts"],
    "main",
    "main at pop.example.net",
  ],
  ["it is itself", { accounts: [half, { ...account, host: "" }] }, ["accounts"], "main", "accounts[1].host"],
  ["it is not there", { accounts: [half] }, ["accounts"], "main", ""],
  ["the domains are needed", { accounts: [account] }, ["accounts", "domains"], "main", "domains"],
  [
    "a group that is wrong and not needed",
    settingsInput({ retry: { expireDays: -1 }, frob: 1 }),
    ["smtp", "domains"],
    null,
    "main at pop.example.net",
  ],
  ["the server is wrong", settingsInput({ smtp: { host: "" } }), ["smtp"], null, "smtp.host"],
  [
    "a password without protection",
    settingsInput({ smtp: { host: "x", username: "u", security: "opportunistic" } }),
    ["smtp"],
    null,
    "smtp.security",
  ],
])("%s", (_what, input, needed, id, expected) => {
  const parsed = parsePart(JSON.stringify(input), needed, id);
  const told =
    parsed.kind === "settings"
      ? parsed.settings.accounts
          .filter((each) => !each.id.startsWith("other-"))
          .map((each) => `${each.id} at ${each.host}`)
          .join()
      : parsed.kind === "invalid"
        ? parsed.problems.map(({ path }) => path).join()
        : parsed.kind;
  expect(told).toBe(expected);
});

test.each([["{"], ["[]"], ["null"], ['"x"']])("%s is no settings", (text) => {
  expect(parsePart(text, ["smtp"])).toMatchObject({ kind: "invalid", problems: [{ path: "" }] });
});

test("a newer program's settings are told as such", () => {
  expect(parsePart(JSON.stringify(settingsInput({ version: 9 })), ["smtp"])).toEqual({
    kind: "newer",
    version: 9,
  });
});
