import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../model/ports.ts";
import { escapeUnprintable } from "../model/reply.ts";

/**
 * A bug that no log is open for any more: its details go to the end of `log/efs.log`, in the same form as the
 * program's other lines. Gives what a person is told where even that fails. Never throws.
 */
export function logFault(dataDirectory: string, clock: Clock, error: unknown, doing: string): string | null {
  const fault = error instanceof Error ? error : new Error(String(error));
  const line = {
    level: "fatal",
    time: new Date(clock.now()).toISOString(),
    pid: process.pid,
    source: "program",
    err: { type: fault.name, message: fault.message, stack: fault.stack },
    msg: doing,
  };
  try {
    mkdirSync(join(dataDirectory, "log"), { mode: 0o700 });
  } catch {
    // It is there, or cannot be made: writing will tell.
  }
  try {
    appendFileSync(join(dataDirectory, "log", "efs.log"), `${JSON.stringify(line)}\n`, { mode: 0o600 });
    return null;
  } catch {
    return escapeUnprintable(fault.message);
  }
}
