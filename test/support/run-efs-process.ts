import { type ChildProcess, spawn } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

const CACHE = join(tmpdir(), `efs-test-compiled-${process.getuid?.() ?? 0}`);

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
  /** Resolves when the text has been written to either output; rejects when the process ends without it. */
  readonly wrote: (text: string) => Promise<void>;
}

export interface StartOptions {
  /** A file of core/ or test/, from the project's root. */
  readonly script: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** Default: a minute. */
  readonly timeoutMilliseconds?: number;
}

/** Starts a script of ours as a process of its own; it ends with the test, and after its time-out in any case. */
export function startProcess(args: readonly string[], options: StartOptions): Running {
  const script = fileURLToPath(new URL(`../../${options.script}`, import.meta.url));
  const child = spawn(process.execPath, [script, ...args], {
    // Sources are compiled once for all of the test's processes.
    env: { ...process.env, NODE_COMPILE_CACHE: CACHE, EFS_DATA: "", ...options.environment },
    timeout: options.timeoutMilliseconds ?? 60_000,
    killSignal: "SIGKILL",
  });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  let stdout = "";
  let stderr = "";
  const watchers = new Set<() => void>();
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    for (const watch of watchers) watch();
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    for (const watch of watchers) watch();
  });
  child.stdin.on("error", () => undefined).end(options.input ?? "");
  const finished = new Promise<Finished>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
  const wrote = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (stdout.includes(text) || stderr.includes(text)) {
          watchers.delete(look);
          resolve();
        }
      };
      watchers.add(look);
      look();
      void finished.then(() => reject(new Error(`ended without "${text}": ${stdout}${stderr}`)));
    });
  return { child, finished, wrote };
}
