/** `efs serve` as a process of its own, as users run it; it ends with the process that started it. */
import { type ChildProcess, spawn } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const SOURCE = fileURLToPath(new URL("../../core/headless/efs.ts", import.meta.url));
const CACHE = join(tmpdir(), `efs-test-compiled-${process.getuid?.() ?? 0}`);

export interface ServeEfsOptions {
  /** 0, the default: one that is free. */
  readonly port?: number;
  /** The file to be run; default: the sources. */
  readonly program?: string;
}

export interface ServedEfs {
  readonly pid: number;
  readonly origin: string;
  readonly signInAddress: string;
  /** SIGTERM, then waits for its end. */
  end(): Promise<void>;
}

export async function serveEfs(dataDirectory: string, options: ServeEfsOptions = {}): Promise<ServedEfs> {
  const { port = 0, program = SOURCE } = options;
  const child = spawn(process.execPath, [program, "serve", "--data", dataDirectory, "--port", String(port)], {
    // Sources are compiled once for all; what is built runs as it is delivered.
    env: { ...process.env, EFS_DATA: "", ...(program === SOURCE ? { NODE_COMPILE_CACHE: CACHE } : {}) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const orphaned = (): boolean => child.kill("SIGKILL");
  process.once("exit", orphaned);
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const signInAddress = await firstAddress(child);
  return {
    pid: child.pid ?? 0,
    signInAddress,
    origin: new URL(signInAddress).origin,
    async end() {
      child.kill("SIGTERM");
      await ended;
      process.off("exit", orphaned);
    },
  };
}

function firstAddress(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let told = "";
    const look = (text: string): void => {
      told += text;
      const found = /https?:\/\/\S+token=[\w-]+/.exec(told)?.[0];
      if (found !== undefined) resolve(found);
    };
    child.stdout?.setEncoding("utf8").on("data", look);
    child.stderr?.setEncoding("utf8").on("data", look);
    child.once("close", () => reject(new Error(`efs serve ended: ${told}`)));
  });
}
