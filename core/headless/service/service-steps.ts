/** What installing, removing and asking come to on each system, step by step. Pure. */
import { win32 } from "node:path";
import { launchdPlist } from "./launchd-plist.ts";
import { SERVICE, type ServiceCommand } from "./service-facts.ts";
import { systemdUnit, systemdUser } from "./systemd-unit.ts";
import { LOCAL_SERVICE, windowsTask } from "./windows-task.ts";

export type ServiceStep =
  | {
      readonly kind: "run";
      readonly program: string;
      readonly args: readonly string[];
      /** It does not matter when it fails: there may be nothing to end. */
      readonly mayFail?: true;
    }
  | { readonly kind: "folder"; readonly path: string }
  | { readonly kind: "write"; readonly path: string; readonly content: string | Buffer }
  | { readonly kind: "delete"; readonly path: string };

export type ServicePlatform = "linux" | "darwin" | "win32";

export interface InstallFacts {
  readonly command: ServiceCommand;
  readonly dataDirectory: string;
  /** macOS: a free number for the account; null: it is there already. */
  readonly newAccount: number | null;
}

const UNIT = `/etc/systemd/system/${SERVICE.unit}`;
const USERS = "/etc/sysusers.d/efs-mail-gateway.conf";
const PLIST = `/Library/LaunchDaemons/${SERVICE.label}.plist`;
/** By number: the group's name is another in each language. */
const ADMINISTRATORS = "S-1-5-32-544";
const DAEMON = `system/${SERVICE.label}`;

const run = (program: string, ...args: readonly string[]): ServiceStep => ({ kind: "run", program, args });
const tryTo = (program: string, ...args: readonly string[]): ServiceStep => ({
  kind: "run",
  program,
  args,
  mayFail: true,
});

/** Also right when it is installed already: then with the program that runs now. */
export function installSteps(platform: ServicePlatform, facts: InstallFacts): readonly ServiceStep[] {
  const { command, dataDirectory, newAccount } = facts;
  switch (platform) {
    case "linux":
      // systemd makes the data folder itself.
      return [
        { kind: "write", path: USERS, content: systemdUser() },
        run("systemd-sysusers", USERS),
        { kind: "write", path: UNIT, content: systemdUnit(command) },
        run("systemctl", "daemon-reload"),
        run("systemctl", "enable", SERVICE.unit),
        run("systemctl", "restart", SERVICE.unit),
      ];
    case "darwin":
      return [
        ...(newAccount === null ? [] : [macAccount(newAccount)]),
        // Others reach endpoint.json in it, which is public, and nothing else.
        run("/usr/bin/install", "-d", "-m", "0711", "-o", SERVICE.macUser, "-g", "wheel", dataDirectory),
        { kind: "write", path: PLIST, content: launchdPlist(command, dataDirectory) },
        tryTo("/bin/launchctl", "bootout", DAEMON),
        run("/bin/launchctl", "bootstrap", "system", PLIST),
      ];
    case "win32": {
      const definition = win32.join(dataDirectory, "service-task.xml");
      return [
        { kind: "folder", path: dataDirectory },
        // Anybody may have made a folder of that name in ProgramData, and who owns it may change who may use it.
        run("icacls.exe", dataDirectory, "/setowner", `*${ADMINISTRATORS}`, "/T", "/C", "/Q"),
        // Nothing is inherited from ProgramData, where everybody may read. SYSTEM, administrators, the service.
        run(
          "icacls.exe",
          dataDirectory,
          "/inheritance:r",
          "/grant:r",
          ...["S-1-5-18", ADMINISTRATORS, LOCAL_SERVICE].map((account) => `*${account}:(OI)(CI)F`),
        ),
        { kind: "write", path: definition, content: utf16(windowsTask(command, dataDirectory)) },
        tryTo("schtasks.exe", "/End", "/TN", SERVICE.task),
        run("schtasks.exe", "/Create", "/TN", SERVICE.task, "/XML", definition, "/F"),
        { kind: "delete", path: definition },
        run("schtasks.exe", "/Run", "/TN", SERVICE.task),
      ];
    }
  }
}

/** Mail, settings and the account that owns them stay. */
export function removeSteps(platform: ServicePlatform): readonly ServiceStep[] {
  switch (platform) {
    case "linux":
      return [
        run("systemctl", "disable", "--now", SERVICE.unit),
        { kind: "delete", path: UNIT },
        { kind: "delete", path: USERS },
        run("systemctl", "daemon-reload"),
      ];
    case "darwin":
      return [tryTo("/bin/launchctl", "bootout", DAEMON), { kind: "delete", path: PLIST }];
    case "win32":
      return [
        tryTo("schtasks.exe", "/End", "/TN", SERVICE.task),
        run("schtasks.exe", "/Delete", "/TN", SERVICE.task, "/F"),
      ];
  }
}

/** Succeeds when the service is installed. What it prints is in the language of the system and not looked at. */
export function installedQuestion(platform: ServicePlatform): ServiceStep & { readonly kind: "run" } {
  switch (platform) {
    case "linux":
      return { kind: "run", program: "systemctl", args: ["cat", SERVICE.unit] };
    case "darwin":
      return { kind: "run", program: "/bin/launchctl", args: ["print", DAEMON] };
    case "win32":
      return { kind: "run", program: "schtasks.exe", args: ["/Query", "/TN", SERVICE.task] };
  }
}

function macAccount(number: number): ServiceStep {
  return run(
    "/usr/sbin/sysadminctl",
    ...["-addUser", SERVICE.macUser, "-fullName", SERVICE.title, "-roleAccount"],
    ...["-UID", String(number), "-home", "/var/empty", "-shell", "/usr/bin/false"],
  );
}

/** As schtasks wants it: with a mark of the order of its octets. */
function utf16(text: string): Buffer {
  return Buffer.from(`\ufeff${text.replaceAll("\n", "\r\n")}`, "utf16le");
}
