/** The files that each system gets, against golden files, and by the system's own judge where it is here. */
import { spawnSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { freeRoleNumber, launchdPlist } from "../../../core/headless/service/launchd-plist.ts";
import type { ServiceCommand } from "../../../core/headless/service/service-facts.ts";
import { systemdUnit } from "../../../core/headless/service/systemd-unit.ts";
import { windowsTask } from "../../../core/headless/service/windows-task.ts";
import { describeWith } from "../../support/skip.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const golden = (name: string): Promise<string> =>
  readFile(fileURLToPath(new URL(`golden/${name}`, import.meta.url)), "utf8");

const node = (program: string, script: string, data: string): ServiceCommand => ({
  program,
  args: [script, "serve", "--data", data],
  electron: false,
});

const app: ServiceCommand = {
  program: "/opt/EFS Mail Gateway/efs-mail-gateway",
  args: ["--no-sandbox", "--cli", "serve", "--data", "/var/lib/efs"],
  electron: true,
};

test("the unit for systemd", async () => {
  const command = node("/opt/efs/node/bin/node", "/opt/efs/out/cli/efs.js", "/var/lib/efs");
  expect(systemdUnit(command)).toBe(await golden("node.service"));
  // The app's differs in nothing but this: Chromium needs more calls than Node.
  const ofNode = systemdUnit(command).split("\n");
  const ofApp = systemdUnit(app).split("\n");
  expect(ofApp.filter((line) => !ofNode.includes(line))).toEqual([
    'ExecStart="/opt/EFS Mail Gateway/efs-mail-gateway" --no-sandbox --cli serve --data /var/lib/efs',
  ]);
  expect(ofNode.filter((line) => !ofApp.includes(line))).toEqual([
    "ExecStart=/opt/efs/node/bin/node /opt/efs/out/cli/efs.js serve --data /var/lib/efs",
    "SystemCallFilter=@system-service",
    "SystemCallErrorNumber=EPERM",
  ]);
});

test("the unit's command line keeps what systemd would read as its own: quotes, specifiers, variables", () => {
  const command = node("/opt/node", '/opt/100% "of" $HOME\\efs.js', "/var/lib/efs");
  expect(systemdUnit(command)).toContain(
    '\nExecStart=/opt/node "/opt/100%% \\"of\\" $$HOME\\\\efs.js" serve --data /var/lib/efs\n',
  );
});

test("the plist for launchd", async () => {
  const data = "/Library/Application Support/EFS Mail Gateway";
  const program = "/Applications/EFS Mail Gateway.app/Contents/MacOS/EFS Mail Gateway";
  const command = { program, args: ["--cli", "serve", "--data", data], electron: true };
  expect(launchdPlist(command, data)).toBe(await golden("launchd.plist"));
});

test("a number for the account on macOS: the highest that is free", () => {
  expect(freeRoleNumber("_a   400\n_b   399\nnobody  -2\nroot  0\n")).toBe(398);
  const full = Array.from({ length: 201 }, (_, index) => `_x${index} ${200 + index}`).join("\n");
  expect([freeRoleNumber(""), freeRoleNumber(full)]).toEqual([400, null]);
});

test("the task for Windows", async () => {
  const data = "C:\\ProgramData\\EFS Mail Gateway";
  const program = "C:\\Program Files\\R&D\\EFS Mail Gateway\\EFS Mail Gateway.exe";
  const command = { program, args: ["--cli", "serve", "--data", data], electron: true };
  expect(windowsTask(command, data)).toBe(await golden("windows-task.xml"));
});

test("a Windows command line is taken apart as it was put together", () => {
  const command = node("C:\\node.exe", 'C:\\a "b"\\efs.js', "D:\\EFS Data\\");
  expect(/<Arguments>(.*)<\/Arguments>/.exec(windowsTask(command, "D:\\x"))?.[1]).toBe(
    "&quot;C:\\a \\&quot;b\\&quot;\\efs.js&quot; serve --data &quot;D:\\EFS Data\\\\&quot;",
  );
});

describeWith("debian-tools", "systemd itself", () => {
  test("finds nothing wrong with the unit, and calls it well protected", async () => {
    const folder = await temporaryFolder();
    const path = join(folder, "efs-mail-gateway.service");
    const unit = systemdUnit(node(process.execPath, "/opt/efs/out/cli/efs.js", "/var/lib/efs"));
    await writeFile(path, unit);
    const { status, stdout, stderr } = spawnSync("systemd-analyze", ["verify", "--man=no", path], {
      encoding: "utf8",
    });
    expect([status, stdout, stderr]).toEqual([0, "", ""]);
    const security = spawnSync("systemd-analyze", ["security", "--offline=yes", "--threshold=30", path], {
      encoding: "utf8",
    });
    expect(security.status, security.stdout).toBe(0);
  });

  test("would say so if something were", async () => {
    const path = join(await temporaryFolder(), "efs-mail-gateway.service");
    await writeFile(path, "[Service]\nExecStart=/nowhere/node\nProtectSystem=strictly\n");
    const { status } = spawnSync("systemd-analyze", ["verify", "--man=no", path], { encoding: "utf8" });
    expect(status).not.toBe(0);
  });
});
