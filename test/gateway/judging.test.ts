import { expect, test } from "vitest";
import { createJudging, type ExamineBody } from "../../core/gateway/judging.ts";
import type { ReceivedBody } from "../../core/model/message.ts";
import type { AccountSettings } from "../../core/model/settings.ts";
import { sampleSettings, settingsInput } from "../support/sample-settings.ts";

const header = (to: string): Buffer => Buffer.from(`From: a@outside.test\r\nTo: ${to}\r\n\r\n`);

function recipients(examine: ExamineBody, to: string): readonly string[] {
  const body = { header: header(to), size: 100, bodyHash: "b", wholeHash: "w" } as ReceivedBody;
  return examine(body).resolution.recipients.map(({ address }) => address);
}

function changing() {
  let settings = sampleSettings();
  let lists: { aliases: Record<string, readonly string[]>; users: ReadonlySet<string> | null } = {
    aliases: {},
    users: null,
  };
  const judging = createJudging({ settings: () => settings, lists: () => lists, installationId: "i" });
  const [account] = settings.accounts;
  if (account === undefined) throw new Error("no account");
  return {
    judging,
    account,
    save: (changes: Readonly<Record<string, unknown>>) => {
      settings = sampleSettings(changes);
    },
    list: (aliases: Record<string, readonly string[]>) => {
      lists = { aliases, users: null };
    },
  };
}

const accounts = (changes: Partial<AccountSettings>) => ({
  accounts: (settingsInput()["accounts"] as Readonly<Record<string, unknown>>[]).map((each) => ({
    ...each,
    ...changes,
  })),
});

test("what is saved while a mailbox is collected counts from the next message on", () => {
  const { judging, account, save, list } = changing();
  const examine = judging.collecting(account);
  const nobody = ["postmaster@example.com"];
  expect(recipients(examine, "bob@second.test")).toEqual(nobody);
  save({ domains: { primary: "example.com", secondary: ["second.test"] } });
  expect(recipients(examine, "bob@second.test")).toEqual(["bob@second.test"]);
  list({ "bob@second.test": ["robert@example.com"] });
  expect(recipients(examine, "bob@second.test")).toEqual(["robert@example.com"]);
  save({
    domains: { primary: "example.com", secondary: ["second.test"] },
    aliases: { "bob@second.test": "rob@example.com" },
  });
  expect(recipients(examine, "bob@second.test")).toEqual(["rob@example.com"]);
  list({});
  save({});
  expect(recipients(examine, "bob@second.test")).toEqual(nobody);
});

test("an account's addressing counts too, but not that of another mailbox in its place, or of none", () => {
  const { judging, account, save } = changing();
  const examine = judging.collecting(account);
  const addressing: AccountSettings["addressing"] = { mode: "single", recipients: ["carl@example.com"] };
  save(accounts({ addressing }));
  expect(recipients(examine, "bob@example.com")).toEqual(["carl@example.com"]);
  save(accounts({ addressing, username: "carl" }));
  expect(recipients(examine, "bob@example.com")).toEqual(["bob@example.com"]);
  save({ accounts: [] });
  expect(recipients(examine, "bob@example.com")).toEqual(["bob@example.com"]);
});

test("what is found in a folder, or held, goes by its account, or as put there by hand", () => {
  const { judging, save } = changing();
  save(accounts({ addressing: { mode: "single", recipients: ["carl@example.com"] } }));
  const resolved = (accountId: string) =>
    judging
      .resolve({ accountId, size: 100 }, header("bob@example.com"))
      .recipients.map(({ address }) => address);
  expect(["main", "gone"].map((id) => recipients(judging.found(id), "bob@example.com"))).toEqual([
    ["carl@example.com"],
    ["bob@example.com"],
  ]);
  expect(["main", "gone"].map(resolved)).toEqual([["carl@example.com"], ["bob@example.com"]]);
});
