/** `efs service` on a fake system: what it does to it, in which order, and what it refuses to begin. */

import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import type { CommandContext } from "../../../core/headless/command-context.ts";
import { createOutput } from "../../../core/headless/output.ts";
import { runService, type ServiceAction } from "../../../core/headless/service/run-service.ts";
import type { ServiceSystem } from "../../../core/headless/service/service-system.ts";
import { ProblemError } from "../../../core/model/problem.ts";
import { type FakeServiceSystem, fakeServiceSystem } from "../../support/fake-service-system.ts";

interface Told {
  readonly code: number | null;
  readonly stdout: string;
  readonly problem: string | null;
}

async function efsService(
  action: ServiceAction,
  system: ServiceSystem,
  data?: string,
  json = false,
): Promise<Told> {
  const stdout = new PassThrough().setEncoding("utf8");
  // Only what this command looks at.
  const context = {
    json,
    output: createOutput(stdout, new PassThrough()),
    signal: new AbortController().signal,
  } as Partial<CommandContext> as CommandContext;
  try {
    const code = await runService(context, action, data, system);
    return { code, stdout: (stdout.read() as string | null) ?? "", problem: null };
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return { code: null, stdout: "", problem: error.problem.code };
  }
}

const windows: Partial<ServiceSystem> = {
  platform: "win32",
  executable: "C:\\Program Files\\EFS\\EFS.exe",
  script: undefined,
  electron: true,
};

const mac: Partial<ServiceSystem> = {
  platform: "darwin",
  executable: "/Applications/EFS.app/EFS",
  script: undefined,
  electron: true,
};

const ICACLS =
  "icacls.exe C:\\ProgramData\\EFS Mail Gateway /inheritance:r /grant:r *S-1-5-18:(OI)(CI)F *S-1-5-32-544:(OI)(CI)F *S-1-5-19:(OI)(CI)F";

test("install on Linux: the account, the unit, and it starts; the same again is the same again", async () => {
  const system = fakeServiceSystem();
  expect(await efsService("install", system)).toEqual({
    code: 0,
    stdout:
      'The service is installed and started. Its data is in /var/lib/efs\nFor its pages, as an administrator:\n  efs open --data "/var/lib/efs"\n',
    problem: null,
  });
  const steps = [
    "write /etc/sysusers.d/efs-mail-gateway.conf",
    "run systemd-sysusers /etc/sysusers.d/efs-mail-gateway.conf",
    "write /etc/systemd/system/efs-mail-gateway.service",
    "run systemctl daemon-reload",
    "run systemctl enable efs-mail-gateway.service",
    "run systemctl restart efs-mail-gateway.service",
  ];
  expect(system.done).toEqual(steps);
  expect(system.written.get("/etc/systemd/system/efs-mail-gateway.service")).toContain(
    "\nExecStart=/opt/efs/bin/node /opt/efs/out/cli/efs.js serve --data /var/lib/efs\n",
  );
  await efsService("install", system);
  expect(system.done).toEqual([...steps, ...steps]);
});

test("install on Windows: a folder for three accounts, then the task from a file that goes again", async () => {
  const system = fakeServiceSystem(windows);
  expect(await efsService("install", system, undefined, true)).toEqual({
    code: 0,
    stdout: `${JSON.stringify({ service: "installed", dataDirectory: "C:\\ProgramData\\EFS Mail Gateway" })}\n`,
    problem: null,
  });
  const file = "C:\\ProgramData\\EFS Mail Gateway\\service-task.xml";
  expect(system.done).toEqual([
    "folder C:\\ProgramData\\EFS Mail Gateway",
    "run icacls.exe C:\\ProgramData\\EFS Mail Gateway /setowner *S-1-5-32-544 /T /C /Q",
    `run ${ICACLS}`,
    `write ${file}`,
    "run schtasks.exe /End /TN EFS Mail Gateway",
    `run schtasks.exe /Create /TN EFS Mail Gateway /XML ${file} /F`,
    `delete ${file}`,
    "run schtasks.exe /Run /TN EFS Mail Gateway",
  ]);
  const content = system.written.get(file) as Buffer;
  expect([...content.subarray(0, 4)]).toEqual([0xff, 0xfe, 0x3c, 0x00]);
  expect(content.toString("utf16le")).toContain("<Command>C:\\Program Files\\EFS\\EFS.exe</Command>\r\n");
});

test("install on macOS: the account is made where there is none, with a number that is free", async () => {
  const absent = { kind: "failed", words: "eDSRecordNotFound" } as const;
  const system = fakeServiceSystem(mac, {
    "/usr/bin/dscl . -read /Users/_efs": absent,
    "/usr/bin/dscl . -list /Users UniqueID": { kind: "done", stdout: "_x 400\nroot 0\n" },
    "/bin/launchctl bootout system/org.efs-mail-gateway": { kind: "failed", words: "not loaded" },
  });
  expect((await efsService("install", system)).code).toBe(0);
  expect(system.done.slice(2)).toEqual([
    "run /usr/sbin/sysadminctl -addUser _efs -fullName EFS Mail Gateway -roleAccount -UID 399 -home /var/empty -shell /usr/bin/false",
    "run /usr/bin/install -d -m 0711 -o _efs -g wheel /Library/Application Support/EFS Mail Gateway",
    "write /Library/LaunchDaemons/org.efs-mail-gateway.plist",
    "run /bin/launchctl bootout system/org.efs-mail-gateway",
    "run /bin/launchctl bootstrap system /Library/LaunchDaemons/org.efs-mail-gateway.plist",
  ]);
  const again = fakeServiceSystem(mac);
  await efsService("install", again);
  expect(again.done.filter((line) => line.includes("sysadminctl"))).toEqual([]);
});

test.each([
  [
    "Linux",
    {},
    [
      "run systemctl cat efs-mail-gateway.service",
      "run systemctl disable --now efs-mail-gateway.service",
      "delete /etc/systemd/system/efs-mail-gateway.service",
      "delete /etc/sysusers.d/efs-mail-gateway.conf",
      "run systemctl daemon-reload",
    ],
  ],
  [
    "Windows",
    windows,
    [
      "run schtasks.exe /Query /TN EFS Mail Gateway",
      "run schtasks.exe /End /TN EFS Mail Gateway",
      "run schtasks.exe /Delete /TN EFS Mail Gateway /F",
    ],
  ],
  [
    "macOS",
    mac,
    [
      "run /bin/launchctl print system/org.efs-mail-gateway",
      "run /bin/launchctl bootout system/org.efs-mail-gateway",
      "delete /Library/LaunchDaemons/org.efs-mail-gateway.plist",
    ],
  ],
] as const)("remove on %s touches no data", async (_name, facts, steps) => {
  const system = fakeServiceSystem(facts);
  expect((await efsService("remove", system)).code).toBe(0);
  expect(system.done).toEqual(steps);
});

test("what cannot be done is said before anything is changed", async () => {
  const refused = async (
    action: ServiceAction,
    system: FakeServiceSystem,
    data?: string,
  ): Promise<[string | null, readonly string[]]> => [
    (await efsService(action, system, data)).problem,
    system.done,
  ];
  const nobody = { isAdministrator: async () => false };
  expect(await refused("install", fakeServiceSystem(nobody))).toEqual(["service-needs-administrator", []]);
  expect(await refused("remove", fakeServiceSystem(nobody))).toEqual(["service-needs-administrator", []]);
  const without = { exists: () => false };
  expect(await refused("install", fakeServiceSystem(without))).toEqual(["service-not-supported", []]);
  expect(await refused("install", fakeServiceSystem({ platform: "freebsd" }))).toEqual([
    "service-not-supported",
    [],
  ]);
  const home = { script: "/home/anna/efs.js" };
  expect(await refused("install", fakeServiceSystem(home))).toEqual(["service-program-personal", []]);
  expect(await refused("install", fakeServiceSystem(), "/srv/x")).toEqual(["usage-service-data", []]);
  const question = "systemctl cat efs-mail-gateway.service";
  const absent = fakeServiceSystem({}, { [question]: { kind: "failed", words: "No files found" } });
  expect(await refused("remove", absent)).toEqual(["service-not-installed", [`run ${question}`]]);
});

test("a step that fails ends it, with the command and the system's words", async () => {
  const system = fakeServiceSystem(
    {},
    { "systemctl daemon-reload": { kind: "failed", words: "Access denied" } },
  );
  await expect(
    runService({ json: false } as CommandContext, "install", undefined, system),
  ).rejects.toMatchObject({
    problem: {
      code: "service-step-failed",
      what: "The system refused: systemctl daemon-reload.",
      quote: "Access denied",
    },
  });
  expect(system.done.at(-1)).toBe("run systemctl daemon-reload");
});

test("status: not installed, and installed without running, end with 1", async () => {
  const absent = fakeServiceSystem(
    {},
    { "systemctl cat efs-mail-gateway.service": { kind: "failed", words: "" } },
  );
  expect(await efsService("status", absent)).toMatchObject({
    code: 1,
    stdout: "The service is not installed.\n",
  });
  expect(await efsService("status", fakeServiceSystem())).toMatchObject({
    code: 1,
    stdout: "The service is installed and does not run.\n",
  });
});
