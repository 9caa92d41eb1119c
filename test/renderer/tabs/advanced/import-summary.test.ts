import { expect, test } from "vitest";
import { type Settings, settingsSchema } from "../../../../core/model/settings.ts";
import { summariseImport } from "../../../../renderer/tabs/advanced/import-summary.ts";

const stored = { scheme: "stored", value: "" };
const accountOf = (id: string) => ({ id, host: "pop.example.net", username: id, password: stored });
const minimal = {
  accounts: [accountOf("one"), accountOf("two")],
  domains: { primary: "example.com" },
  smtp: { host: "mail.example.com" },
  postmaster: { address: "postmaster@example.com" },
};
const current: Settings = settingsSchema.parse(minimal);
const summary = (value: unknown) => summariseImport(JSON.stringify(value), current);

test("an export of the same settings changes nothing, whatever the order of its keys", () => {
  const turned = Object.fromEntries(Object.entries(current).reverse());
  expect(summariseImport(`\uFEFF${JSON.stringify(turned, null, 2)}\n`, current)).toEqual({ kind: "same" });
});

test("what is left out counts as its default", () => {
  expect(summary(minimal)).toEqual({ kind: "same" });
});

test("accounts and sections that become different are named", () => {
  expect(
    summary({
      ...minimal,
      accounts: [{ ...accountOf("two"), port: 995, security: "tls" }, accountOf("three")],
      schedule: { weekdayMinutes: 5 },
      backup: { enabled: true },
    }),
  ).toEqual({
    kind: "changes",
    added: ["three"],
    removed: ["one"],
    changed: ["two"],
    sections: ["schedule", "backup"],
  });
});

test("nothing, or something else than settings", () => {
  expect(summariseImport(" \n", current)).toEqual({ kind: "empty" });
  expect(summariseImport("efsalias", current)).toMatchObject({ kind: "no-json" });
  expect(summary({ ...minimal, version: 2, later: true })).toEqual({ kind: "newer", version: 2 });
});

test("every problem is listed with its path", () => {
  expect(summary({ ...minimal, smtp: { host: "two words" }, shedule: {} })).toEqual({
    kind: "invalid",
    problems: [
      { path: "smtp.host", message: "give a server name or an IP address, without spaces or http://" },
      { path: "shedule", message: "there is no such setting; check the spelling, or remove it" },
    ],
  });
});
