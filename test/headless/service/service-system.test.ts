import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { thisSystem } from "../../../core/headless/service/service-system.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

test("files are written for everybody to read, into folders that need not be there, and deleted", async () => {
  const system = thisSystem();
  const path = join(await temporaryFolder(), "sysusers.d", "efs.conf");
  await system.delete(path);
  await system.write(path, "u efs\n");
  expect(await readFile(path, "utf8")).toBe("u efs\n");
  if (process.platform !== "win32") expect((await stat(path)).mode & 0o777).toBe(0o644);
  await system.delete(path);
  expect(system.exists(path)).toBe(false);
});

test("programs are run without a shell; what they say of a failure is told, and one that is not there is one", async () => {
  const { run } = thisSystem();
  expect(await run(process.execPath, ["-p", "process.argv[1]", "$HOME; x"])).toEqual({
    kind: "done",
    stdout: "$HOME; x\n",
  });
  const failing = "process.stderr.write('Access denied\\x1b[2J'); process.exitCode = 5";
  expect(await run(process.execPath, ["-e", failing])).toEqual({
    kind: "failed",
    words: "Access denied\\x1b[2J",
  });
  expect(await run("/nowhere/systemctl", [])).toMatchObject({ kind: "failed" });
});
