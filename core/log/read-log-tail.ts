/** The last lines of `efs.log`, as they were told when they were written. Never fails: what cannot be read is left out. */
import { open } from "node:fs/promises";
import type { LogLine } from "../model/event.ts";

/** Enough for 500 lines. */
const TAIL_BYTES = 262_144;

const LEVELS: Readonly<Record<string, LogLine["level"]>> = {
  info: "info",
  warn: "warning",
  error: "error",
  fatal: "error",
};

/** Oldest first. */
export async function readLogTail(path: string, most: number): Promise<readonly LogLine[]> {
  const text = await readTail(path).catch(() => "");
  return text
    .split("\n")
    .flatMap((line) => readLine(line) ?? [])
    .slice(-most);
}

async function readTail(path: string): Promise<string> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    const start = Math.max(0, size - TAIL_BYTES);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - start), 0, size - start, start);
    const text = buffer.toString("utf8", 0, bytesRead);
    // The first line is not whole.
    return start === 0 ? text : text.slice(text.indexOf("\n") + 1);
  } finally {
    await file.close();
  }
}

function readLine(line: string): LogLine | null {
  if (!line.startsWith("{")) return null;
  let fields: Readonly<Record<string, unknown>>;
  try {
    fields = JSON.parse(line) as typeof fields;
  } catch {
    return null;
  }
  const { level, time, source, msg, queueId } = fields;
  const at = typeof time === "string" ? Date.parse(time) : Number.NaN;
  const known = typeof level === "string" ? LEVELS[level] : undefined;
  if (known === undefined || Number.isNaN(at) || typeof source !== "string" || typeof msg !== "string")
    return null;
  return {
    at,
    source,
    level: known,
    text: level === "fatal" ? `Fault in the program while ${msg}` : msg,
    ...(typeof queueId === "string" ? { queueId } : {}),
  };
}
