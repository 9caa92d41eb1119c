/** Every regular expression that is written in the program, found by reading the sources, and inputs that are hard for it. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface SourcePattern {
  /** `core/wire/octets.ts` */
  readonly file: string;
  /** As it is written, with its flags. */
  readonly text: string;
  readonly pattern: RegExp;
}

/** A literal, where one can begin; comments are taken out before. */
const LITERAL =
  /(?<=(?:^|[=(,:[!&|?{};]|=>|\breturn)\s*)\/(?![*/])((?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+)\/([dgimsuvy]*)/gm;

export function patternsOf(root: string): SourcePattern[] {
  const found = new Map<string, SourcePattern>();
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.tsx?$/.test(entry.name)) continue;
    const file = join(entry.parentPath, entry.name).replaceAll("\\", "/");
    const source = readFileSync(file, "utf8")
      .replace(/^\s*\/\*[\s\S]*?\*\//gm, "")
      .replace(/^\s*\/\/.*$/gm, "");
    for (const [, body = "", flags = ""] of source.matchAll(LITERAL)) {
      const text = `/${body}/${flags}`;
      // With `g` a pattern remembers where it stopped.
      found.set(`${file} ${text}`, { file, text, pattern: new RegExp(body, flags.replace("g", "")) });
    }
  }
  return [...found.values()];
}

const USUAL = [
  ..." \t\n\0a0A.,:;<>()[]{}\"'\\@-_=?#/*+%!\xe9",
  "a ",
  "0 ",
  "a.",
  "a@",
  "=?",
  '\\"',
  "<a",
  "(a",
];

/** What is repeated: characters and words that the pattern itself has, and all the usual ones. */
function pumps(text: string): readonly string[] {
  const words = text
    .slice(1, text.lastIndexOf("/"))
    .replace(
      /\\[bBdDsSwWpP](?:\{\w+\})?|\\x[0-9a-f]{2}|\\u[0-9a-f]{4}|\[[^\]]*\]|\(\?[:!=<]*|[()|?*+^$.]|\{[\d,]*\}/gi,
      "\n",
    )
    .replaceAll("\\", "")
    .split("\n")
    .filter((word) => word !== "" && word.length < 40);
  const own = words.slice(0, 20).flatMap((word) => [word, `${word} `]);
  return [...new Set([...own, ...words.join("").slice(0, 40), ...USUAL])].filter(
    (pump) => pump.trim() !== "" || pump !== "",
  );
}

function time(pattern: RegExp, input: string): number {
  pattern.lastIndex = 0;
  return workOf(() => void pattern.test(input));
}

/** Milliseconds of this process's own work: other programs on the machine do not count. */
export function workOf(run: () => void): number {
  const from = process.cpuUsage();
  run();
  return process.cpuUsage(from).user / 1_000;
}

/** The least of a few: collecting garbage makes everything slow now and then. */
function surely(pattern: RegExp, input: string, limit: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let turn = 0; turn < 4 && least > limit; turn += 1) least = Math.min(least, time(pattern, input));
  return least;
}

export interface Worst {
  /** Of work. */
  readonly milliseconds: number;
  /** What was repeated. */
  readonly pump: string;
}

/** Inputs of so many characters that end in something that does not fit; stops at the first beyond the limit. */
export function worstOf(
  { pattern, text }: SourcePattern,
  size: number,
  limit: number,
  only?: readonly string[],
): Worst[] {
  const all: Worst[] = [];
  for (const pump of only ?? pumps(text)) {
    const input = `${pump.repeat(Math.ceil(size / pump.length)).slice(0, size)}\n\0!`;
    const milliseconds = surely(pattern, input, limit);
    all.push({ milliseconds, pump });
    if (milliseconds > limit) break;
  }
  return all.sort((a, b) => b.milliseconds - a.milliseconds);
}
