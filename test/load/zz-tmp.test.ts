import { readFile } from "node:fs/promises";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { onTestFinished, test } from "vitest";
import { efs, officeFolder, officeSettings } from "../support/office-folder.ts";
import { startMailboxProcess, startMailServerProcess } from "../support/server-process.ts";
const PRELOAD = pathToFileURL(join(import.meta.dirname, "report-peak.ts")).href + " --import=file:///tmp/trace.mjs";
test.each([15_000])("%i", { timeout: 240_000 }, async (count) => {
  const pop3 = await startMailboxProcess({ kind: "crowd", count, recipient: "ada@office.test" });
  onTestFinished(() => pop3.close());
  const smtp = await startMailServerProcess({ keepBytes: false });
  onTestFinished(() => smtp.close());
  const data = await officeFolder(officeSettings({ pop3: pop3.port, smtp: smtp.port }, {}));
  const file = join(data, "..", "peak");
  const run = await efs(["check", "--data", data], { environment: { NODE_OPTIONS: `--import=${PRELOAD}${process.env["XOPT"] ?? ""}`, EFS_TEST_PEAK: file }, timeoutMilliseconds: 200_000 });
  writeFileSync("/tmp/gc-out.txt", run.stdout);console.log(count, Number(await readFile(file, "utf8")) / 1e6, run.stdout, run.stderr);
});
