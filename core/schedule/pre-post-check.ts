/**
 * What is done before and after a check (PRODUCT section 6): a program is run, or a host is reached.
 *
 * 1. A program is started as it is, without a shell: nothing in its path or arguments is ever interpreted.
 * 2. Its exit code decides. What it prints goes into the log line by line, so much of it and no more.
 * 3. When its time is over, or the run is stopped, the program goes with everything that it has started.
 *    What it leaves running by itself when it ends in time (a dialler) is left alone.
 * 4. A host is reached when it accepts a connection on the port; without a port, when the system's ping says so.
 * 5. Trouble is a value. Nothing here touches mail.
 */
import { spawn } from "node:child_process";
import { createConnection } from "node:net";
import type { Clock, Log } from "../model/ports.ts";
import type { Problem } from "../model/problem.ts";
import { escapeUnprintable } from "../model/reply.ts";
import type { Settings } from "../model/settings.ts";
import { assertNever } from "../util/assert-never.ts";
import { LogLines } from "./log-lines.ts";

export type CheckStep = Settings["preCheck"] | Settings["postCheck"];

export interface StepParts {
  readonly clock: Clock;
  readonly log: Log;
  /** Ends it early: the run is being stopped. */
  readonly signal: AbortSignal;
  /** The folder that a program starts in. */
  readonly folder: string;
  /** For tests: another system's ping. */
  readonly platform?: NodeJS.Platform;
}

/** Asked to go; then made to. */
const GRACE = 2_000;
/** After a program has ended, what it had printed is read for so long. */
const DRAIN = 500;

/** null: done, or nothing to do, or stopped. `name`: "pre check", "post check". Never rejects. */
export async function runCheckStep(
  step: CheckStep,
  name: string,
  { clock, log, signal, folder, platform = process.platform }: StepParts,
): Promise<Problem | null> {
  if (signal.aborted) return null;
  const say = (text: string): void => log({ source: name, level: "info", text });
  const timeout = step.timeoutSeconds * 1_000;
  switch (step.kind) {
    case "none":
      return null;
    case "program": {
      say(`running ${step.path}`);
      const job: Job = { path: step.path, arguments: step.arguments, folder, timeout };
      const end = await runProgram(job, { clock, signal, say, platform });
      if (signal.aborted) return null;
      const problem = programProblem(name, step.path, end, step.timeoutSeconds);
      if (problem === null) say("done");
      return problem;
    }
    case "reach": {
      const { host, port } = step;
      say(`reaching ${host}${port === null ? "" : ` on port ${port}`}`);
      const problem =
        port === null
          ? await ping(host, name, timeout, { clock, signal, say, platform, folder })
          : await connect(host, port, name, timeout, { clock, signal });
      if (signal.aborted) return null;
      if (problem === null) say(`${host} answers`);
      return problem;
    }
    default:
      return assertNever(step);
  }
}

/** The wait behind a pre check. Ends at once when the run is stopped. */
export function waitAfter(
  seconds: number,
  { clock, signal }: Pick<StepParts, "clock" | "signal">,
): Promise<void> {
  if (seconds === 0 || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      disarm();
      signal.removeEventListener("abort", done);
      resolve();
    };
    const disarm = clock.after(seconds * 1_000, done);
    signal.addEventListener("abort", done);
  });
}

// --- a program ------------------------------------------------------------------------------------------------

interface Job {
  readonly path: string;
  readonly arguments: readonly string[];
  readonly folder: string;
  /** Milliseconds. */
  readonly timeout: number;
}

type ProgramEnd =
  | { readonly kind: "exited"; readonly code: number }
  | { readonly kind: "killed"; readonly by: string }
  | { readonly kind: "too-long" }
  | { readonly kind: "not-started"; readonly error: NodeJS.ErrnoException };

interface JobParts {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly say: (text: string) => void;
  readonly platform: NodeJS.Platform;
}

function runProgram(job: Job, { clock, signal, say, platform }: JobParts): Promise<ProgramEnd> {
  return new Promise((resolve) => {
    const windows = platform === "win32";
    let child: ReturnType<typeof spawn>;
    try {
      child = spawn(job.path, [...job.arguments], {
        cwd: job.folder,
        shell: false,
        windowsHide: true,
        stdio: ["ignore", "pipe", "pipe"],
        // A group of its own: what it started can be ended with it.
        detached: !windows,
      });
    } catch (error) {
      resolve({ kind: "not-started", error: error as NodeJS.ErrnoException });
      return;
    }
    const lines = new LogLines(say);
    const disarms: (() => void)[] = [];
    let tooLong = false;
    let settled = false;
    const settle = (end: ProgramEnd): void => {
      if (settled) return;
      settled = true;
      for (const disarm of disarms) disarm();
      signal.removeEventListener("abort", stop);
      child.stdout?.destroy();
      child.stderr?.destroy();
      lines.end();
      resolve(end);
    };
    const stop = (): void => {
      killTree(child.pid, "SIGTERM", windows);
      disarms.push(clock.after(GRACE, () => killTree(child.pid, "SIGKILL", windows)));
      // One that not even the system can end must not hold up the mail.
      disarms.push(clock.after(2 * GRACE, () => settle({ kind: "too-long" })));
    };
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (chunk: Buffer) => lines.add(stream === child.stdout ? 0 : 1, chunk));
      stream?.on("error", () => undefined);
    }
    child.once("error", (error) => settle({ kind: "not-started", error }));
    child.once("exit", (code, by) => {
      const end: ProgramEnd = tooLong
        ? { kind: "too-long" }
        : code !== null
          ? { kind: "exited", code }
          : { kind: "killed", by: by ?? "an unknown signal" };
      // What asked to go has gone; those that it started may not have.
      if (tooLong || signal.aborted) killTree(child.pid, "SIGKILL", windows);
      // Those that it has left running may hold its output open.
      disarms.push(clock.after(DRAIN, () => settle(end)));
      child.once("close", () => settle(end));
    });
    disarms.push(
      clock.after(job.timeout, () => {
        tooLong = true;
        stop();
      }),
    );
    signal.addEventListener("abort", stop);
    if (signal.aborted) stop();
  });
}

function killTree(pid: number | undefined, signal: "SIGTERM" | "SIGKILL", windows: boolean): void {
  if (pid === undefined) return;
  if (windows) {
    const killer = spawn("taskkill", ["/pid", String(pid), "/T", "/F"], {
      stdio: "ignore",
      windowsHide: true,
    });
    killer.on("error", () => undefined);
    return;
  }
  try {
    process.kill(-pid, signal);
  } catch {
    // All of them are gone.
  }
}

function programProblem(name: string, path: string, end: ProgramEnd, seconds: number): Problem | null {
  const shown = escapeUnprintable(path);
  const code = `${name.replace(" ", "-")}-failed`;
  switch (end.kind) {
    case "exited":
      if (end.code === 0) return null;
      return {
        code,
        what: `The program of the ${name}, ${shown}, ended with exit code ${end.code}.`,
        cure: "The log has what it printed; run it by hand to see why, or take it out of the settings.",
      };
    case "killed":
      return {
        code,
        what: `The program of the ${name}, ${shown}, was ended by ${end.by}.`,
        cure: "Run it by hand to see why.",
      };
    case "too-long":
      return {
        code,
        what: `The program of the ${name}, ${shown}, was not done in ${seconds} seconds and was ended.`,
        cure: "Give it more time in the settings, or see what it waits for; nobody can answer its questions.",
      };
    case "not-started":
      return {
        code,
        what: `The program of the ${name}, ${shown}, could not be started.`,
        cure: startCure(end.error),
        quote: escapeUnprintable(end.error.message),
      };
    default:
      return assertNever(end);
  }
}

function startCure({ code }: NodeJS.ErrnoException): string {
  if (code === "ENOENT") return "Give its full path in the settings; a script also needs its interpreter.";
  if (code === "EACCES") return "Make it executable for the account under which this program runs.";
  if (code === "EINVAL") return 'Start a batch file as "cmd.exe" with the arguments "/d", "/c" and the file.';
  return "Check its path and its rights.";
}

// --- a host ---------------------------------------------------------------------------------------------------

function connect(
  host: string,
  port: number,
  name: string,
  timeout: number,
  { clock, signal }: Pick<StepParts, "clock" | "signal">,
): Promise<Problem | null> {
  return new Promise((resolve) => {
    const socket = createConnection({ host, port });
    const settle = (problem: Problem | null): void => {
      disarm();
      signal.removeEventListener("abort", stop);
      socket.destroy();
      resolve(problem);
    };
    const stop = (): void => settle(null);
    const disarm = clock.after(timeout, () =>
      settle(unreached(name, `${host} on port ${port}`, "There was no answer in time.")),
    );
    signal.addEventListener("abort", stop);
    socket.once("connect", () => settle(null));
    socket.on("error", (error) => settle(unreached(name, `${host} on port ${port}`, error.message)));
  });
}

/** The time that ping itself waits is in other units on each system; ours ends it anyway. */
async function ping(
  host: string,
  name: string,
  timeout: number,
  { folder, ...parts }: JobParts & Pick<StepParts, "folder">,
): Promise<Problem | null> {
  const windows = parts.platform === "win32";
  let answered = false;
  const say = (line: string): void => {
    // Windows ends with 0 also when a router says that the host cannot be reached.
    if (/\bTTL[=:]/i.test(line)) answered = true;
    parts.say(line);
  };
  const program = windows ? "ping.exe" : "ping";
  const list = windows ? ["-n", "1", host] : ["-n", "-c", "1", host];
  const end = await runProgram({ path: program, arguments: list, folder, timeout }, { ...parts, say });
  switch (end.kind) {
    case "exited":
      return end.code === 0 && (!windows || answered)
        ? null
        : unreached(name, host, "It does not answer to ping.");
    case "not-started":
      return {
        code: `${name.replace(" ", "-")}-failed`,
        what: `The ${name} could not ping ${host}: this computer's ping program could not be started.`,
        cure: "Install it, or give a port of the host, which is then connected to.",
        quote: escapeUnprintable(end.error.message),
      };
    case "killed":
    case "too-long":
      return unreached(name, host, "There was no answer in time.");
    default:
      return assertNever(end);
  }
}

function unreached(name: string, place: string, quote: string): Problem {
  return {
    code: `${name.replace(" ", "-")}-failed`,
    what: `The ${name} could not reach ${place}.`,
    cure: "Check the line and the host's name in the settings.",
    quote: escapeUnprintable(quote),
  };
}
