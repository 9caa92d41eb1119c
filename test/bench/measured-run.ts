/** Runs a program to its end under GNU time. Its output goes into a file: nobody is woken by it. */
import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseTimeOutput, TIME_FORMAT } from "./time-output.ts";

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

export interface MeasuredRun {
  /** Null: it ran into the limit and was killed. */
  readonly exit: number | null;
  /** Seconds from its start to its exit. */
  readonly wall: number;
  readonly cpu: number;
  readonly peak: number;
  /** The end of what it said. */
  readonly said: string;
}

/** With --full the slowest needs a quarter of an hour on a slow machine. */
const LIMIT = 20 * 60_000;

/** `folder` is its home, and takes what it says. */
export async function runMeasured(command: Command, folder: string): Promise<MeasuredRun> {
  const report = join(folder, "time");
  const output = join(folder, "output");
  const descriptor = openSync(output, "w");
  const begun = performance.now();
  const child = spawn(
    "/usr/bin/time",
    ["-q", "-o", report, "-f", TIME_FORMAT, command.file, ...command.args],
    {
      stdio: ["ignore", descriptor, descriptor],
      // A group of its own, so that its children go with it.
      detached: true,
      env: {
        PATH: "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
        LC_ALL: "C.UTF-8",
        HOME: folder,
        ...command.environment,
      },
    },
  );
  closeSync(descriptor);
  let late = false;
  const kill = (): void => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, "SIGKILL");
    } catch {
      // It has ended by itself.
    }
  };
  const timer = setTimeout(() => {
    late = true;
    kill();
  }, LIMIT);
  process.once("exit", kill);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", resolve);
  });
  const wall = (performance.now() - begun) / 1_000;
  clearTimeout(timer);
  process.off("exit", kill);
  const time = parseTimeOutput(readFileSync(report, { encoding: "utf8", flag: "a+" }));
  return {
    exit: late ? null : (code ?? -1),
    wall,
    cpu: time?.cpu ?? Number.NaN,
    peak: time?.peak ?? Number.NaN,
    said: readFileSync(output, "utf8").slice(-600),
  };
}
