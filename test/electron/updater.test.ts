import { expect, test } from "vitest";
import { checksSignatures, openUpdater } from "../../electron/updater.ts";

const SIGNED = "provider: generic\nurl: https://updates.office.example\npublisherName:\n  - Office Ltd\n";

test.each<readonly [NodeJS.Platform, string | null, boolean]>([
  ["darwin", null, true],
  ["win32", SIGNED, true],
  ["win32", "publisherName: Office Ltd\n", true],
  ["win32", "provider: generic\nurl: https://updates.office.example\n", false],
  ["win32", "publisherName:\nurl: https://updates.office.example\n", false],
  ["win32", null, false],
  ["linux", SIGNED, false],
])("updates on %s with %j: %s", (platform, configuration, expected) => {
  expect(checksSignatures(platform, configuration)).toBe(expected);
});

test("without an address, or where nothing is checked, no updater is even loaded", async () => {
  expect([await openUpdater(null, "/nowhere"), await openUpdater("https://x.example/", "/nowhere")]).toEqual([
    null,
    null,
  ]);
});
