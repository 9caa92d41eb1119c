#!/usr/bin/env node
/** The command `efs`. In order: the thread pool, signals, last resort, the command line, the end. */
import process from "node:process";
import type { OpenGateway } from "../model/gateway.ts";
import type { OpenSetUp } from "../model/gateway-host.ts";
import { systemClock } from "../util/system-clock.ts";
import { widenThreadPool } from "../util/thread-pool.ts";
import { currentDataPath } from "./data-path.ts";
import { exitCode } from "./exit-code.ts";
import { logFault } from "./fault-log.ts";
import { runEfs } from "./run-efs.ts";

widenThreadPool();

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    if (stop.signal.aborted) process.exit(exitCode.failed);
    stop.abort();
  });
}

process.on("uncaughtException", lastResort);
process.on("unhandledRejection", lastResort);

/** The gateway's code is loaded by the commands that need it. */
const openGateway: OpenGateway = async (options) => (await import("../gateway.ts")).openGateway(options);
const openSetUp: OpenSetUp = async (options) => (await import("../set-up.ts")).openSetUp(options);

// Timers of the gateway do not hold the process open; a command that runs does.
const holdOpen = setInterval(() => undefined, 3_600_000);
const code = await runEfs(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  clock: systemClock,
  openGateway,
  openSetUp,
  signal: stop.signal,
});
clearInterval(holdOpen);
process.exit(code);

function lastResort(error: unknown): void {
  const data = process.argv.indexOf("--data");
  const dataDirectory = currentDataPath(data < 0 ? undefined : process.argv[data + 1]);
  const untold = logFault(dataDirectory, systemClock, error, "running");
  const details = untold ?? "Details are in log/efs.log of the data folder.";
  process.stderr.write(`efs: This is a fault in the program. ${details}\n`);
  process.exit(exitCode.failed);
}
