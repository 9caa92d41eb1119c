import { expect, test } from "vitest";
import { accountSchema, settingsSchema } from "../../../../core/model/settings.ts";
import { partErrors } from "../../../../renderer/tabs/servers/part-errors.ts";

const account = { id: "main", host: "pop.example.net", username: "anna", password: "" };

test("nothing is wrong with a right account", () => {
  expect(partErrors(accountSchema, account, "accounts.3")).toEqual({});
});

test("each wrong field is told at its place in the form", () => {
  const wrong = { ...account, host: "two words", port: 0, addressing: { mode: "single", recipients: [] } };
  expect(partErrors(accountSchema, wrong, "accounts.3")).toEqual({
    "accounts.3.host": "Give a server name or an IP address, without spaces or http://.",
    "accounts.3.port": "Must be at least 1.",
    "accounts.3.addressing.recipients": "Must have at least 1 entry.",
  });
});

test("the second server's fields are below the first one's", () => {
  const smtp = { host: "mail.example.net", fallback: { host: "" } };
  expect(Object.keys(partErrors(settingsSchema.shape.smtp, smtp, "smtp"))).toEqual(["smtp.fallback.host"]);
});
