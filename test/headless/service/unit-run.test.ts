/** The unit's command line, run as its account with its umask: what is in the folder then, and how it stops. */
import { spawn, spawnSync } from "node:child_process";
import { chmod, chown, lstat, mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { serviceCommand } from "../../../core/headless/service/service-command.ts";
import { systemdUnit } from "../../../core/headless/service/systemd-unit.ts";
import { settingsInput } from "../../support/sample-settings.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const EFS = fileURLToPath(new URL("../../../core/headless/efs.ts", import.meta.url));
/** Another account than ours, where that can be had: `nobody`. */
const ACCOUNT = process.getuid?.() === 0 ? 65_534 : (process.getuid?.() ?? 0);

test.skipIf(process.platform === "win32")(
  "nothing but the endpoint is for others; SIGTERM ends it in order",
  { timeout: 60_000 },
  async () => {
    const folder = await temporaryFolder();
    await chmod(folder, 0o755);
    const data = join(folder, "efs");
    await mkdir(data);
    await chmod(data, 0o711);
    await chown(data, ACCOUNT, ACCOUNT);
    const facts = { platform: "freebsd", electron: false, appImage: undefined } as const;
    const command = serviceCommand({ ...facts, executable: process.execPath, script: EFS }, data);
    if ("code" in command) throw new Error(command.what);
    const unit = systemdUnit(command);
    expect(unit).toContain("StateDirectoryMode=0711\n");
    const line = /^ExecStart=(.*)$/m.exec(unit)?.[1] ?? "";
    const umask = /^UMask=(.*)$/m.exec(unit)?.[1] ?? "";

    const service = spawn("/bin/sh", ["-c", `umask ${umask}; exec ${line} --port 0`], {
      cwd: data,
      env: { PATH: "/usr/bin:/bin", HOME: data },
      uid: ACCOUNT,
      gid: ACCOUNT,
      stdio: ["ignore", "pipe", "ignore"],
    });
    onTestFinished(() => void service.kill("SIGKILL"));
    const ended = new Promise((resolve) => service.once("close", (code) => resolve(code)));
    await new Promise<void>((resolve, reject) => {
      service.stdout.once("data", () => resolve());
      void ended.then((code) => reject(new Error(`ended with ${code}`)));
    });

    // The administrator's first step; the service does it, so that the files are its own.
    const imported = spawnSync(process.execPath, [EFS, "import", "-", "--data", data], {
      input: JSON.stringify(settingsInput()),
      encoding: "utf8",
    });
    expect([imported.status, imported.stderr]).toEqual([0, ""]);

    const found = await everything(data);
    expect(found.filter(({ mode }) => (mode & 0o077) !== 0).map(named)).toEqual([
      ". 711",
      "endpoint.json 644",
    ]);
    expect(found.filter(({ uid }) => uid !== ACCOUNT)).toEqual([]);
    expect(found.map(({ path }) => path)).toEqual(
      expect.arrayContaining(["efs.db", "key", "settings.json", "api-token", "mail/Inbox"]),
    );

    service.kill("SIGTERM");
    expect(await ended).toBe(0);
    expect(await readdir(data)).not.toContain("endpoint.json");
  },
);

interface Entry {
  readonly path: string;
  readonly mode: number;
  readonly uid: number;
}

const named = ({ path, mode }: Entry): string => `${path} ${(mode & 0o777).toString(8)}`;

async function everything(root: string): Promise<Entry[]> {
  const paths = [".", ...(await readdir(root, { recursive: true }))].sort();
  return Promise.all(
    paths.map(async (path) => {
      const { mode, uid } = await lstat(join(root, path));
      return { path, mode, uid };
    }),
  );
}
