/** Runs electron-builder as `npm run package` does, with a stand-in for Electron, into a folder of the test's. */
import { execFile } from "node:child_process";
import { chmod, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

export const projectRoot = fileURLToPath(new URL("../../", import.meta.url));

const run = promisify(execFile);

/** What was built from the sources of now. */
export async function buildProgram(): Promise<void> {
  for (const script of ["build/build-pages.ts", "build/build-desktop.ts"]) {
    await run(process.execPath, [script, "--if-stale"], { cwd: projectRoot });
  }
}

export async function packageApp(
  target: readonly string[],
  electron: string,
  output: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<void> {
  await run(
    process.execPath,
    [
      "node_modules/electron-builder/cli.js",
      ...["--config", "build/electron-builder.yml", "--publish", "never", ...target],
      ...[`-c.electronDist=${electron}`, `-c.directories.output=${output}`],
    ],
    {
      cwd: projectRoot,
      env: {
        ...process.env,
        ...environment,
        // It asks npm for the packages; npm's own scripts find the Node that runs here.
        PATH: `${dirname(process.execPath)}:${process.env["PATH"]}`,
      },
    },
  );
}

/** A program that electron-builder can call in fpm's place. */
export async function makeFpm(folder: string): Promise<string> {
  const path = join(folder, "fpm");
  const script = join(projectRoot, "test/packaging/fpm-stand-in.ts");
  await writeFile(path, `#!/bin/sh\nexec "${process.execPath}" "${script}" "$@"\n`);
  await chmod(path, 0o755);
  return path;
}
