/** A disk without room: a clear sentence, nothing deleted from the POP3 server, and all of it arrives later. */
import { execFileSync } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { accountFor, efs, officeSettings, saveOfficeSettings } from "../support/office-folder.ts";
import { startMailboxServer } from "../support/pop3-mailbox-server.ts";
import { makeSamples } from "../support/sample-messages.ts";
import { startMailServer } from "../support/smtp-mail-server.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { expectPlain, mailboxMail, masked, PATIENT, sampleId } from "./office.ts";

/** A file system of its own, of so many kilobytes; null where the system does not let us. */
async function smallDisk(kilobytes: number): Promise<string | null> {
  const folder = join(await temporaryFolder(), "disk");
  await mkdir(folder);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${kilobytes}k`, "tmpfs", folder], { stdio: "ignore" });
  } catch {
    return null;
  }
  onTestFinished(() => {
    execFileSync("umount", ["-l", folder], { stdio: "ignore" });
  });
  return folder;
}

test("collecting onto a full disk", PATIENT, async ({ skip }) => {
  const disk = await smallDisk(1_600);
  if (disk === null) return skip("no small file system can be mounted here");
  const samples = makeSamples(200, { profile: "small" });
  const pop3 = await startMailboxServer(samples);
  onTestFinished(() => pop3.close());
  const smtp = await startMailServer();
  onTestFinished(() => smtp.close());
  const data = join(disk, "data");
  // Collect only: nothing leaves the disk again.
  const settings = (forward: boolean): Record<string, unknown> =>
    officeSettings(
      { pop3: pop3.port, smtp: smtp.port },
      { accounts: [accountFor(pop3.port)], smtp: { host: "127.0.0.1", port: smtp.port, forward } },
    );
  await saveOfficeSettings(data, settings(false));
  const ballast = join(disk, "ballast");
  await writeFile(ballast, Buffer.alloc(700_000));

  const full = await efs(["check", "--data", data]);
  expect(full.code).toBe(1);
  expect(masked(full.stderr, data)).toMatch(
    /^(?:efs: DATA\/\S+ could not be \w+(?: \w+)?: there is no room left on the disk\. The answer was: "[^"\n]+"\. Make room on this disk; nothing was taken over or deleted, the next check tries again\.\n)+$/,
  );
  expectPlain(full);
  const collected = Number(/^collected (\d+),/.exec(full.stdout)?.[1]);
  expect(collected).toBeGreaterThan(0);
  expect(collected).toBeLessThan(200);
  expect(pop3.left()).toHaveLength(200);

  // Even with no room at all it ends in a sentence for each thing that could not be written.
  const again = await efs(["check", "--data", data]);
  expect(again.code).toBe(1);
  expect(again.stderr).toMatch(/^(?:efs: .*there is no room left on the disk\..*\n)+$/);
  expect(pop3.left()).toHaveLength(200);

  await rm(ballast);
  execFileSync("mount", ["-o", "remount,size=20m", disk], { stdio: "ignore" });
  await saveOfficeSettings(data, settings(true));
  const good = await efs(["check", "--data", data]);
  expect([good.code, good.stderr]).toEqual([0, ""]);
  expect(pop3.left()).toEqual([]);
  const arrived = mailboxMail(smtp.messages).map(({ bytes }) => sampleId(bytes));
  expect(arrived.sort()).toEqual(samples.map(({ uid }) => uid).sort());
});

test("a disk that the system has made read-only", PATIENT, async ({ skip }) => {
  const disk = await smallDisk(20_000);
  if (disk === null) return skip("no small file system can be mounted here");
  const samples = makeSamples(4, { profile: "small", ways: ["x-original-to"] });
  const pop3 = await startMailboxServer(samples);
  onTestFinished(() => pop3.close());
  const smtp = await startMailServer();
  onTestFinished(() => smtp.close());
  const data = join(disk, "data");
  await saveOfficeSettings(data, officeSettings({ pop3: pop3.port, smtp: smtp.port }));
  // So that there is a journal.
  await smtp.stop();
  await efs(["check", "--data", data]);
  await smtp.start();
  execFileSync("mount", ["-o", "remount,ro", disk], { stdio: "ignore" });
  const refused = await efs(["check", "--data", data]);
  expect([refused.code, refused.stdout]).toEqual([1, ""]);
  expect(masked(refused.stderr, data)).toMatch(
    /^efs: (?:The folder )?DATA\S* could not be \w+: it may not be written\. The answer was: "[^"\n]+"\. Give the account that runs this program the right to read and write there\.\n$/,
  );
  expectPlain(refused);
  expect(smtp.messages).toEqual([]);
  execFileSync("mount", ["-o", "remount,rw", disk], { stdio: "ignore" });
  expect((await efs(["check", "--send-now", "--data", data])).code).toBe(0);
  expect(mailboxMail(smtp.messages)).toHaveLength(4);
});
