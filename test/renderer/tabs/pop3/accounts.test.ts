import { describe, expect, test } from "vitest";
import type { AccountStatus } from "../../../../core/model/gateway.ts";
import { type AccountSettings, accountSchema } from "../../../../core/model/settings.ts";
import {
  accountState,
  duplicateAccount,
  needsPasswordAgain,
  newAccount,
  proposeAccountId,
  wrongAccounts,
} from "../../../../renderer/tabs/pop3/accounts.ts";

const account: AccountSettings = accountSchema.parse({
  id: "office",
  name: "Office",
  host: "pop.example.net",
  username: "anna",
  password: { scheme: "stored", value: "" },
  firstUse: "new",
  acceptedCertificate: "ab".repeat(32),
});

describe("the id of a new account", () => {
  test.each([
    ["Büro Köln", "pop.example.net", "buro-koln"],
    ["Straße 7", "", "strasse-7"],
    ["", "pop.example.net", "example"],
    ["", "pop3.mail.example.co.uk", "example"],
    ["", "mail.de", "mail"],
    ["", "192.0.2.7", "192-0-2-7"],
    ["", "2001:db8::7", "2001-db8-7"],
    ["", "localhost", "localhost"],
    ["事務所", "", "account"],
    ["", "", "account"],
    ["  --  ", "-", "account"],
    ["The mailbox of the whole office", "", "the-mailbox-of-t"],
    ["fifteen letter-s", "", "fifteen-letter-s"],
    ["fifteen letters and", "", "fifteen-letters"],
  ])("%o at %o is %o", (name, host, id) => {
    expect(proposeAccountId({ name, host }, [])).toBe(id);
    expect(accountSchema.shape.id.safeParse(id).success).toBe(true);
  });

  test("is unlike those that are taken, and never too long", () => {
    expect(proposeAccountId({ name: "Office", host: "" }, ["office", "office-2"])).toBe("office-3");
    expect(proposeAccountId({ name: "the-mailbox-of-the", host: "" }, ["the-mailbox-of-t"])).toBe(
      "the-mailbox-of-2",
    );
  });
});

test("a new account leaves the mail where it is and has nothing filled in", () => {
  expect(newAccount(["account"])).toEqual({
    ...accountSchema.parse({ id: "account-2", host: "h", username: "u", password: "" }),
    host: "",
    username: "",
    leaveOnServer: true,
  });
});

test("a copy has an id of its own, and is asked for its password and its old mail", () => {
  const copy = duplicateAccount(account, ["office"]);
  expect(copy).toEqual({ ...account, id: "office-2", password: "", firstUse: null });
  expect(copy.headers).not.toBe(account.headers);
});

describe("a stored password", () => {
  test.each([
    ["the same server and user", account, false],
    ["another server", { ...account, host: "pop.example.org" }, true],
    ["another user", { ...account, username: "bert" }, true],
    ["a new one", { ...account, host: "pop.example.org", password: "secret" }, false],
  ])("with %s", (_, changed, again) => {
    expect(needsPasswordAgain(changed, account)).toBe(again);
  });

  test("of an account that is not saved", () => {
    expect(needsPasswordAgain(account, undefined)).toBe(true);
  });
});

describe("what the list says", () => {
  const status: AccountStatus = {
    id: "office",
    name: "Office",
    enabled: true,
    lastCheckAt: 1_000,
    pausedUntil: null,
    problem: null,
  };
  const problem = { code: "pop3-login-refused", what: "The login was refused.", cure: "Enter it again." };
  const asked = {
    at: 1,
    cause: "pop3-first-use:office",
    problem: { code: "pop3-first-use", what: "Old mail waits.", cure: "Answer." },
  };

  test.each([
    ["unsaved", account, undefined, [], { kind: "new" }],
    ["switched off", { ...account, enabled: false }, { ...status, problem }, [], { kind: "off" }],
    ["checked", account, status, [asked], { kind: "checked", at: 1_000 }],
    ["not checked yet", account, { ...status, lastCheckAt: null }, [], { kind: "not-yet" }],
    [
      "failed and paused",
      { ...account, firstUse: null },
      { ...status, problem, pausedUntil: 9_000 },
      [asked],
      { kind: "failed", problem, pausedUntil: 9_000 },
    ],
    ["asking", { ...account, firstUse: null }, status, [asked], { kind: "asks" }],
    [
      "another one asking",
      { ...account, firstUse: null },
      status,
      [{ ...asked, cause: "pop3-first-use:office-2" }],
      { kind: "checked", at: 1_000 },
    ],
  ])("of an account that is %s", (_, own, current, alerts, state) => {
    expect(accountState(own, current, alerts)).toEqual(state);
  });
});

test("accounts with a wrong field, each once, in order", () => {
  expect(
    wrongAccounts([
      "accounts.10.host",
      "accounts.2.port",
      "accounts.2.host",
      "antivirus.delaySeconds",
      "accounts",
    ]),
  ).toEqual([2, 10]);
});
