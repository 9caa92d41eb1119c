/**
 * A log file that is given to the day: `mail.log`, and `mail.log.2026-11-19` for a day that is over.
 *
 * 1. `write` never blocks and never fails: lines are buffered and appended in order in the background, those of a
 *    twentieth of a second together. A failed write is told once (`onError`), until one succeeds again; the mail goes on.
 * 2. What cannot be written waits in memory, 4 MiB at most; beyond that lines are dropped, and the number of
 *    them is written as soon as something can be written again.
 * 3. The file is renamed at the first line of a *later* local day than its own (its last change, at start).
 *    A clock that goes back rotates nothing. A name that is taken gets a number: nothing is overwritten.
 * 4. The newest `keep` rotated files stay. They are counted, not dated: a clock that jumps deletes nothing.
 * 5. `close` has written everything that can be written.
 */
import { appendFile, readdir, rename, stat, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Clock } from "../model/ports.ts";
import { onceASecond } from "../util/once-a-second.ts";

const BUFFER_BYTES = 4 * 1_048_576;
const GATHER = 50;
/** So much is written at once. */
const ENOUGH_BYTES = 65_536;

export interface DailyFile {
  /** One line, without line end; control characters in it are the caller's affair. */
  write(line: string): void;
  /** What was written before is in the file, or has failed. Never rejects. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

export interface DailyFileOptions {
  readonly path: string;
  /** Rotated files that stay; asked at each rotation, since the settings may change. */
  readonly keep: () => number;
  readonly clock: Clock;
  readonly onError?: (error: unknown) => void;
}

interface Batch {
  /** The local day of its lines. */
  readonly day: string;
  text: string;
}

export function openDailyFile(options: DailyFileOptions): DailyFile {
  const { path, keep, clock } = options;
  const batches: Batch[] = [];
  let buffered = 0;
  let dropped = 0;
  let failing = false;
  /** The local day of the lines in the file; null until it is known, "" while there is no file. */
  let fileDay: string | null = null;
  let working: Promise<void> | null = null;
  let disarm: (() => void) | null = null;

  function write(line: string): void {
    const bytes = Buffer.byteLength(line) + 1;
    if (buffered + bytes > BUFFER_BYTES) {
      dropped += 1;
      return;
    }
    buffered += bytes;
    const day = localDay(clock.now());
    const last = batches.at(-1);
    if (last?.day === day) last.text += `${line}\n`;
    else batches.push({ day, text: `${line}\n` });
    if (working === null && buffered >= ENOUGH_BYTES) begin();
    else if (working === null) disarm ??= clock.after(GATHER, begin);
  }

  function begin(): void {
    disarm?.();
    disarm = null;
    working ??= work();
  }

  async function work(): Promise<void> {
    try {
      while (batches.length > 0) await writeFirst();
      failing = false;
    } catch (error) {
      if (!failing) report(error);
      failing = true;
    } finally {
      working = null;
    }
  }

  async function writeFirst(): Promise<void> {
    const batch = batches[0];
    if (batch === undefined) return;
    await rotateFor(batch.day);
    const { text } = batch;
    const note = dropped > 0 ? `${dropped} lines are missing here: the log could not be written.\n` : "";
    const noted = dropped;
    await appendFile(path, note + text, { mode: 0o600 });
    dropped -= noted;
    buffered -= Buffer.byteLength(text);
    // Lines may have been added to it meanwhile.
    batch.text = batch.text.slice(text.length);
    if (batch.text === "") batches.shift();
  }

  async function rotateFor(day: string): Promise<void> {
    fileDay ??= await dayOfFile(path);
    if (fileDay !== "" && day > fileDay) {
      await rename(path, await freeName(`${path}.${fileDay}`)).catch((error: NodeJS.ErrnoException) => {
        // Taken away by other software: there is nothing to rotate.
        if (error.code !== "ENOENT") throw error;
      });
      fileDay = "";
      await prune(path, keep()).catch(report);
    }
    if (fileDay === "") fileDay = day;
  }

  function report(error: unknown): void {
    try {
      options.onError?.(error);
    } catch {
      // Telling has failed too; the mail is what matters.
    }
  }

  async function flush(): Promise<void> {
    while (working !== null) await working;
    if (batches.length > 0) begin();
    await working;
  }

  return { write, flush, close: flush };
}

async function dayOfFile(path: string): Promise<string> {
  try {
    const { size, mtimeMs } = await stat(path);
    return size === 0 ? "" : localDay(mtimeMs);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}

async function freeName(wanted: string): Promise<string> {
  const taken = new Set(await readdir(dirname(wanted)));
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? wanted : `${wanted}.${number}`;
    if (!taken.has(basename(name))) return name;
  }
}

async function prune(path: string, keep: number): Promise<void> {
  const folder = dirname(path);
  const prefix = `${basename(path)}.`;
  const rotated = (await readdir(folder))
    .filter(
      (name) => name.startsWith(prefix) && /^\d{4}-\d{2}-\d{2}(?:\.\d+)?$/.test(name.slice(prefix.length)),
    )
    .sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  for (const name of rotated.slice(0, Math.max(0, rotated.length - keep))) await unlink(join(folder, name));
}

/** `2026-11-20` in local time. */
export const localDay = onceASecond((at) => {
  const date = new Date(at);
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${String(date.getFullYear()).padStart(4, "0")}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
});
