/** What the settings want done around a check: whether it goes on, and when. */
import { expect, it } from "vitest";
import { createCheckSteps } from "../../core/gateway/check-steps.ts";
import type { LogLine } from "../../core/model/event.ts";
import { settingsSchema } from "../../core/model/settings.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { settingsInput } from "../support/sample-settings.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

async function steps(input: Readonly<Record<string, unknown>>) {
  const clock = new FakeClock();
  const lines: Omit<LogLine, "at">[] = [];
  const settings = settingsSchema.parse(settingsInput(input));
  const folder = await temporaryFolder();
  const made = createCheckSteps({ clock, log: (line) => lines.push(line), settings: () => settings, folder });
  return { ...made, clock, lines, signal: new AbortController().signal };
}

const missing = { kind: "program", path: "/nowhere/dial", waitSeconds: 30 };

it("waits behind a pre check, also behind one that failed, and goes on", async () => {
  const { before, clock, lines, signal } = await steps({ preCheck: missing });
  const over: unknown[] = [];
  void before(signal).then((result) => over.push([result.problem?.code, result.goOn]));
  while (clock.pending === 0 || lines.length < 2) await new Promise((resolve) => setImmediate(resolve));
  await clock.advance(29_999);
  expect(over).toEqual([]);
  await clock.advance(1);
  expect(over).toEqual([["pre-check-failed", true]]);
  expect(lines.map(({ source, level, text }) => `${source} ${level}: ${text.slice(0, 30)}`)).toEqual([
    "pre check info: running /nowhere/dial",
    "pre check warning: The program of the pre check, ",
  ]);
});

it("does not wait when it was needed and failed: nothing is collected", async () => {
  const { before, clock, lines, signal } = await steps({ preCheck: { ...missing, onlyIfSuccessful: true } });
  expect(await before(signal)).toMatchObject({ problem: { code: "pre-check-failed" }, goOn: false });
  expect([clock.pending, lines.at(-1)?.text]).toEqual([
    0,
    "No mailbox was checked: the pre check failed, and the settings ask for its success.",
  ]);
});

it("does nothing where nothing is set, and tells a post check that failed", async () => {
  const none = await steps({});
  expect([await none.before(none.signal), await none.after(none.signal), none.lines]).toEqual([
    { problem: null, goOn: true },
    null,
    [],
  ]);
  const { after, lines, signal } = await steps({ postCheck: { kind: "program", path: "/nowhere/hang-up" } });
  expect(await after(signal)).toMatchObject({ code: "post-check-failed" });
  expect(lines.map(({ source, level }) => [source, level])).toEqual([
    ["post check", "info"],
    ["post check", "warning"],
  ]);
});
