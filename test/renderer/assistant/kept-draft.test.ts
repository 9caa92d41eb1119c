import { expect, test } from "vitest";
import { type Draft, newDraft } from "../../../renderer/assistant/draft.ts";
import { keptText, readKept } from "../../../renderer/assistant/kept-draft.ts";

const draft: Draft = {
  ...newDraft(),
  accounts: [
    {
      ...newDraft().accounts[0],
      host: "pop.isp.example",
      username: "office@acme.example",
      password: "mailbox-secret",
      addressing: { mode: "single", recipients: ["anna@acme.example"] },
      firstUse: "new",
    },
  ],
  domains: { primary: "acme.example", secondary: ["acme.test"], virtualAlias: null },
  smtp: { ...newDraft().smtp, username: "gateway", password: "server-secret" },
  postmaster: { address: "postmaster@acme.example" },
  needsLogin: true,
};

test("everything is kept but the passwords", () => {
  const text = keptText({ step: "server", draft });
  expect(text).not.toContain("secret");
  expect(text).not.toContain("password");
  expect(readKept(text)).toEqual({
    step: "server",
    draft: {
      ...draft,
      accounts: [{ ...draft.accounts[0], password: "" }],
      smtp: { ...draft.smtp, password: null },
    },
  });
});

test.each([null, "", "{", "null", "[]", '{"version":2}', '{"version":1,"step":"mailbox"}'])(
  "what is not ours is as nothing: %s",
  (stored) => {
    expect(readKept(stored)).toBeNull();
  },
);
