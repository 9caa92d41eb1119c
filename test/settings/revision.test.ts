import { expect, test } from "vitest";
import type { Settings } from "../../core/model/settings.ts";
import { settingsRevision } from "../../core/settings/revision.ts";
import { sampleSettings } from "../support/sample-settings.ts";

const base = sampleSettings();
const reversed = (value: unknown): unknown =>
  typeof value !== "object" || value === null || Array.isArray(value)
    ? value
    : Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([key, each]) => [key, reversed(each)]),
      );
const withPassword = (value: string): Settings => ({
  ...base,
  accounts: base.accounts.map((account) => ({ ...account, password: { scheme: "x", value } })),
});

test("the order of keys does not matter, any value does, a password too", () => {
  expect(settingsRevision(reversed(base) as Settings)).toBe(settingsRevision(base));
  const others = [
    base,
    sampleSettings({ retry: { expireDays: 4 } }),
    sampleSettings({ aliases: { "a@example.com": ["b@example.com", "c@example.com"] } }),
    sampleSettings({ aliases: { "a@example.com": ["c@example.com", "b@example.com"] } }),
    withPassword("1"),
    withPassword("2"),
  ].map(settingsRevision);
  expect(new Set(others).size).toBe(6);
  for (const each of others) expect(each).toMatch(/^[0-9a-f]{64}$/);
});
