/** What the service commands need of the system; tests supply another one. */
import { execFile } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { escapeUnprintable } from "../../model/reply.ts";
import type { ProgramFacts } from "./service-command.ts";

export type Ran =
  | { readonly kind: "done"; readonly stdout: string }
  | { readonly kind: "failed"; readonly words: string };

export interface ServiceSystem extends ProgramFacts {
  readonly environment: Readonly<Record<string, string | undefined>>;
  exists(path: string): boolean;
  /** Root; on Windows an administrator who was asked ("Run as administrator"). */
  isAdministrator(): Promise<boolean>;
  /** Without a shell. Never rejects. */
  run(program: string, args: readonly string[]): Promise<Ran>;
  makeFolder(path: string): Promise<void>;
  /** Readable by everybody, as such files are. */
  write(path: string, content: string | Buffer): Promise<void>;
  /** It need not be there. */
  delete(path: string): Promise<void>;
}

const execute = promisify(execFile);

/** A system's own program that does not end by then hangs; milliseconds. It may have to wait for the service to stop. */
const PATIENCE = 400_000;

export function thisSystem(): ServiceSystem {
  const electron = process.versions["electron"] !== undefined;
  const run: ServiceSystem["run"] = async (program, args) => {
    try {
      const { stdout } = await execute(program, args, { timeout: PATIENCE, windowsHide: true });
      return { kind: "done", stdout };
    } catch (error) {
      const { stderr, message } = error as Error & { stderr?: string };
      return { kind: "failed", words: escapeUnprintable((stderr?.trim() || message).slice(0, 500)) };
    }
  };
  return {
    platform: process.platform,
    executable: realpathSync(process.execPath),
    script: electron || process.argv[1] === undefined ? undefined : realpathSync(process.argv[1]),
    electron,
    appImage: process.env["APPIMAGE"],
    environment: process.env,
    exists: existsSync,
    // fltmc lists the drivers of file systems, to administrators only; it is on every Windows and changes nothing.
    isAdministrator: async () =>
      process.platform === "win32" ? (await run("fltmc.exe", [])).kind === "done" : process.getuid?.() === 0,
    run,
    async makeFolder(path) {
      await mkdir(path, { recursive: true });
    },
    async write(path, content) {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, content, { mode: 0o644 });
    },
    delete: (path) => rm(path, { force: true }),
  };
}
