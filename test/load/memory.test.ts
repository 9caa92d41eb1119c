/**
 * What the gateway's process needs at its peak, beside servers in processes of their own: it depends neither on
 * the size of the messages nor on their number.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { fillMailbox, type MailboxFill } from "../support/mailbox-fill.ts";
import { contentHash } from "../support/message-content.ts";
import { efs, officeFolder, officeSettings } from "../support/office-folder.ts";
import { startMailboxProcess, startMailServerProcess } from "../support/server-process.ts";

const MEGABYTE = 1_000_000;
/** As the system counts: kilobytes of 1,024. */
const LIMIT = 200 * 1_048_576;
const PRELOAD = pathToFileURL(join(import.meta.dirname, "report-peak.ts")).href;
const SLOW = { timeout: 240_000 };

interface Measured {
  readonly peak: number;
  readonly seconds: number;
  readonly hashes: readonly string[];
}

/** One `efs check` over this mailbox, of the program as it is built: from its sources Node needs 20 MB more for each thread. */
async function measure(name: string, fill: MailboxFill, count: number): Promise<Measured> {
  const pop3 = await startMailboxProcess(fill);
  onTestFinished(() => pop3.close());
  const smtp = await startMailServerProcess({ keepBytes: false });
  onTestFinished(() => smtp.close());
  // Without the trace header what arrives has the hash of what was sent.
  const control = { traceHeader: false };
  const data = await officeFolder(officeSettings({ pop3: pop3.port, smtp: smtp.port }, { control }));
  const file = join(data, "..", "peak");
  const begun = performance.now();
  const run = await efs(["check", "--data", data], {
    script: "out/cli/efs.js",
    environment: { NODE_OPTIONS: `--import=${PRELOAD}`, EFS_TEST_PEAK: file },
    timeoutMilliseconds: 200_000,
  });
  const seconds = (performance.now() - begun) / 1_000;
  const peak = Number(await readFile(file, "utf8"));
  console.log(`${name}: peak ${(peak / MEGABYTE).toFixed(0)} MB, ${seconds.toFixed(1)} s. ${run.stdout}`);
  expect([run.code, run.stderr]).toEqual([0, ""]);
  expect(await pop3.left()).toEqual([]);
  const messages = await smtp.messages();
  expect(messages).toHaveLength(count);
  return { peak, seconds, hashes: messages.map(({ sha256 }) => sha256).sort() };
}

function expectedHashes(fill: MailboxFill): readonly string[] {
  return fillMailbox(fill)
    .map(({ content }) => contentHash(content))
    .sort();
}

test("nothing to do", SLOW, async () => {
  const { peak } = await measure("nothing", { kind: "none" }, 0);
  expect(peak).toBeLessThan(LIMIT / 1.6);
});

test("20 messages of 25 MB", SLOW, async () => {
  const fill: MailboxFill = { kind: "samples", count: 20, options: { profile: "big" } };
  const { peak, hashes } = await measure("20 x 25 MB", fill, 20);
  expect(hashes).toEqual(expectedHashes(fill));
  expect(peak).toBeLessThan(LIMIT);
});

test("one message of 150 MB", SLOW, async () => {
  const fill: MailboxFill = { kind: "huge", recipient: "ada@office.test" };
  const { peak, hashes } = await measure("1 x 150 MB", fill, 1);
  expect(hashes).toEqual(expectedHashes(fill));
  expect(peak).toBeLessThan(LIMIT);
});

test("5,000 small messages need hardly more than 500", SLOW, async () => {
  const crowd = (count: number): MailboxFill => ({ kind: "crowd", count, recipient: "ada@office.test" });
  const few = await measure("500 small", crowd(500), 500);
  const many = await measure("5,000 small", crowd(5_000), 5_000);
  expect(many.peak).toBeLessThan(LIMIT);
  // The engine lets its heap grow before it cleans up; what is really kept is the mailbox's listing.
  expect(many.peak - few.peak).toBeLessThan(64 * MEGABYTE);
});
