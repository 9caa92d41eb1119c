/**
 * The program's own log: `efs.log`, one JSON object a line (pino's form), and the same lines as events for
 * whoever watches. It never throws and never waits.
 */
import { pino } from "pino";
import type { LogLine } from "../model/event.ts";
import type { Clock, Log } from "../model/ports.ts";
import { escapeUnprintable } from "../model/reply.ts";
import type { DailyFile } from "./daily-file.ts";

export interface ProgramLog {
  readonly log: Log;
  /** A bug: everything that is known of it goes into the file, one plain line to the listeners. */
  fault(error: unknown, doing: string): void;
}

export interface ProgramLogOptions {
  readonly file: DailyFile;
  readonly clock: Clock;
  readonly onLine?: (line: LogLine) => void;
  /** What the file gets; listeners get everything. Default: `info`. */
  readonly level?: () => Exclude<LogLine["level"], "error">;
}

export function createProgramLog(options: ProgramLogOptions): ProgramLog {
  const { file, clock, onLine, level = () => "info" } = options;
  /** Of the line that is just told: the same in the file and to the listeners. */
  let at = clock.now();
  const logger = pino(
    {
      level: "info",
      timestamp: () => `,"time":"${new Date(at).toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: (line: string) => file.write(line.trimEnd()) },
  );

  function tell(line: LogLine): void {
    try {
      onLine?.(line);
    } catch {
      // A listener's fault is not the program's.
    }
  }

  function log(line: Omit<LogLine, "at">): void {
    at = clock.now();
    const text = escapeUnprintable(line.text);
    const fields = { source: line.source, ...(line.queueId === undefined ? {} : { queueId: line.queueId }) };
    if (line.level === "error") logger.error(fields, text);
    else if (line.level === "warning") logger.warn(fields, text);
    else if (level() === "info") logger.info(fields, text);
    tell({ ...line, text, at });
  }

  function fault(error: unknown, doing: string): void {
    at = clock.now();
    logger.fatal(
      { source: "program", err: error instanceof Error ? error : new Error(String(error)) },
      doing,
    );
    const reason = escapeUnprintable(error instanceof Error ? error.message : String(error));
    tell({
      at,
      source: "program",
      level: "error",
      text: `Fault in the program while ${doing}: ${reason}`,
    });
  }

  return { log, fault };
}
