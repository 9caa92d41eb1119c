import { expect, test } from "vitest";
import { settingsSchema } from "../../../core/model/settings.ts";
import {
  type Draft,
  domainOf,
  newDraft,
  proposedFirstUse,
  settingsOf,
  stepAfter,
  stepBefore,
  stepOfField,
  stepProblems,
  withProposals,
} from "../../../renderer/assistant/draft.ts";

function filled(): Draft {
  const draft = newDraft();
  const [account] = draft.accounts;
  return {
    ...draft,
    accounts: [{ ...account, host: "pop.isp.example", username: "office@acme.example", password: "secret" }],
    domains: { ...draft.domains, primary: "acme.example" },
    postmaster: { address: "postmaster@acme.example" },
  };
}

const single = (draft: Draft, recipients: string[]): Draft => ({
  ...draft,
  accounts: [{ ...draft.accounts[0], addressing: { mode: "single", recipients } }],
});

test("what is filled in becomes settings that can be saved", () => {
  const parsed = settingsSchema.parse(settingsOf(filled()));
  expect(parsed.accounts[0]).toMatchObject({ id: "isp", port: 995, security: "tls", leaveOnServer: true });
  expect(parsed.smtp).toMatchObject({ host: "localhost", port: 25, username: null, password: null });
});

test("a login of the mail server counts only when it is asked for", () => {
  const smtp = { ...filled().smtp, username: "gateway", password: "secret" };
  expect(settingsOf({ ...filled(), smtp }).smtp).toMatchObject({ username: null, password: null });
  expect(settingsOf({ ...filled(), smtp, needsLogin: true }).smtp).toEqual(smtp);
});

test("an empty step says so at each of its fields, and only there", () => {
  const empty = { kind: "empty" };
  expect(stepProblems("mailbox", newDraft())).toEqual({
    "accounts.0.host": empty,
    "accounts.0.username": empty,
    "accounts.0.password": empty,
  });
  expect(stepProblems("domain", newDraft())).toEqual({ "domains.primary": empty });
  expect(stepProblems("header", newDraft())).toEqual({});
  expect(stepProblems("server", newDraft())).toEqual({});
  expect(stepProblems("postmaster", newDraft())).toEqual({ "postmaster.address": empty });
});

test("wrong values are told in the words of the settings", () => {
  const draft = { ...filled(), domains: { ...filled().domains, primary: "not a domain" } };
  expect(stepProblems("domain", draft)).toEqual({
    "domains.primary": { kind: "wrong", text: "Is not a domain name, like example.com." },
  });
  expect(stepProblems("mailbox", draft)).toEqual({});
});

test("a login over encryption that is only tried is refused at the encryption", () => {
  const smtp = {
    ...filled().smtp,
    security: "opportunistic" as const,
    username: "gateway",
    password: "secret",
  };
  expect(Object.keys(stepProblems("server", { ...filled(), smtp, needsLogin: true }))).toEqual([
    "smtp.security",
  ]);
  expect(stepProblems("server", { ...filled(), smtp })).toEqual({});
});

test("a mailbox of certain people needs their addresses, and no header", () => {
  expect(stepProblems("domain", single(filled(), []))).toEqual({
    "accounts.0.addressing.recipients": { kind: "empty" },
  });
  const draft = single(filled(), ["anna@acme.example"]);
  expect(stepAfter("domain", draft)).toBe("server");
  expect(stepBefore("server", draft)).toBe("domain");
  expect(stepAfter("domain", filled())).toBe("header");
  expect(stepAfter("postmaster", filled())).toBeNull();
  expect(stepBefore("mailbox", filled())).toBeNull();
});

test("old mail is asked for where there is some", () => {
  const choose = { "accounts.0.firstUse": { kind: "choose" } };
  expect(stepProblems("postmaster", filled(), { asksFirstUse: true })).toEqual(choose);
  expect(stepProblems("postmaster", filled())).toEqual({});
  expect(proposedFirstUse(100)).toBe("all");
  expect(proposedFirstUse(101)).toBeNull();
});

test("who comes back goes on where it was left, but past nothing that is incomplete", () => {
  expect(stepAfter("mailbox", filled(), "postmaster")).toBe("postmaster");
  const login = {
    ...filled(),
    needsLogin: true,
    smtp: { ...filled().smtp, username: "gateway", password: "" },
  };
  expect(stepAfter("mailbox", login, "postmaster")).toBe("server");
  expect(stepAfter("mailbox", filled(), "mailbox")).toBe("domain");
});

test("the domain comes from a user name that is an address", () => {
  expect(domainOf("office@Acme.Example")).toBe("acme.example");
  expect(domainOf("m1234567")).toBeNull();
  expect(domainOf("office@localhost")).toBeNull();
  const open = { ...filled(), domains: newDraft().domains };
  expect(withProposals("mailbox", open).domains.primary).toBe("acme.example");
  const typed = { ...filled(), domains: { ...newDraft().domains, primary: "other.example" } };
  expect(withProposals("mailbox", typed)).toBe(typed);
});

test("the postmaster follows the domain until somebody chose one", () => {
  const proposed = (address: string) =>
    withProposals("domain", { ...filled(), postmaster: { address } }).postmaster.address;
  expect(proposed("")).toBe("postmaster@acme.example");
  expect(proposed("postmaster@old.example")).toBe("postmaster@acme.example");
  expect(proposed("anna@acme.example")).toBe("anna@acme.example");
  expect(proposed("anna@elsewhere.example")).toBe("anna@elsewhere.example");
});

test("a problem that only the gateway finds is shown in its step", () => {
  expect(
    ["accounts.0.port", "accounts.0.addressing.recipients.0", "accounts.0.firstUse", "smtp.port"].map(
      stepOfField,
    ),
  ).toEqual(["mailbox", "domain", "postmaster", "server"]);
});
