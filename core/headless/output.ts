/**
 * What a command writes. Results go to stdout, everything else to stderr.
 *
 * 1. Text of others (server answers, subjects, file names) never reaches the terminal with its control
 *    characters: they are shown as `\x1b`, in JSON as `\u001b`.
 * 2. A reader that closes its end (`efs queue | head`) is no error.
 */
import type { Writable } from "node:stream";
import { describeProblem, type Problem } from "../model/problem.ts";
import { escapeUnprintable } from "../model/reply.ts";

export interface Output {
  /** One line of a result. */
  line(text: string): void;
  /** A result as one line of JSON. */
  json(value: unknown): void;
  /** A result as indented JSON. */
  document(value: unknown): void;
  /** One line for a person. */
  note(text: string): void;
  problem(problem: Problem): void;
  /** Results go to a terminal that shows more than ASCII. */
  readonly symbols: boolean;
  /** For the progress line; null where nobody looks (no terminal). */
  readonly terminal: Terminal | null;
  /** Everything written has left the process. */
  flushed(): Promise<void>;
}

export interface Terminal {
  readonly columns: number;
  write(text: string): void;
}

export type OutputStream = Writable & { readonly isTTY?: boolean; readonly columns?: number };

export function createOutput(stdout: OutputStream, stderr: OutputStream): Output {
  for (const stream of [stdout, stderr]) stream.on("error", () => undefined);
  const put = (stream: OutputStream, text: string): void => {
    if (stream.writable) stream.write(text);
  };
  const note = (text: string): void => put(stderr, `${escapeUnprintable(text)}\n`);
  return {
    line: (text) => put(stdout, `${escapeUnprintable(text)}\n`),
    json: (value) => put(stdout, `${harmlessJson(value)}\n`),
    document: (value) => put(stdout, `${harmlessJson(value, 2)}\n`),
    note,
    symbols: stdout.isTTY === true && showsUnicode(process.env, process.platform),
    problem: (problem) => note(`efs: ${describeProblem(problem)}`),
    terminal:
      stderr.isTTY === true
        ? {
            get columns() {
              return stderr.columns ?? 80;
            },
            write: (text) => put(stderr, text),
          }
        : null,
    async flushed() {
      await Promise.all([stdout, stderr].map(drained));
    },
  };
}

/** `JSON.stringify` leaves DEL, C1 controls and text-direction marks as they are. */
export function harmlessJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(
    /[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** A terminal's locale says UTF-8; on Windows only the newer terminals do it by themselves. */
export function showsUnicode(
  environment: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
): boolean {
  const { LC_ALL, LC_CTYPE, LANG, WT_SESSION } = environment;
  const locale = [LC_ALL, LC_CTYPE, LANG].find((value) => value !== undefined && value !== "");
  if (locale !== undefined) return /utf-?8/i.test(locale);
  return platform === "darwin" || WT_SESSION !== undefined;
}

function drained(stream: OutputStream): Promise<void> {
  return new Promise((resolve) => {
    if (!stream.writable) resolve();
    else stream.write("", () => resolve());
  });
}
