/** The command line of the bench. */
import { parseArgs } from "node:util";
import { readOptions } from "../support/script-options.ts";
import { SHORT_TOOLS, type ToolId, tools } from "./tools.ts";

export const SECTIONS = ["small", "office", "big", "rtt20", "growth", "idle", "cold", "page"] as const;
export type SectionName = (typeof SECTIONS)[number];

export interface BenchOptions {
  readonly only: readonly SectionName[];
  readonly tools: readonly ToolId[];
  readonly rounds: number;
  /** At most so many messages in a run. */
  readonly most: number;
  readonly full: boolean;
  readonly idleSeconds: number;
  /** Of `cold` and `page`. */
  readonly times: number;
  readonly install: boolean;
  readonly out: string;
}

export const USAGE = `npm run bench -- [options]
  --only small,office       only these of ${SECTIONS.join(", ")}
  --tools efs,fetchmail-qa  only these of ${tools.map(({ id }) => id).join(", ")}
  --rounds 5                everyone's runs, in turns
  --messages N              at most so many messages in a run
  --full                    the slow ones get as many messages as the gateway (hours)
  --short                   small only, 200 messages, 1 round, the gateway, fetchmail without its stall, the ceiling
  --idle-seconds 120        how long idle is watched
  --out FILE                default test-results/bench.json
  --no-install              does not install Debian's packages
  --help`;

/** A text: what is wrong with them; "help": that is asked for. */
export function parseBenchOptions(args: readonly string[]): BenchOptions | string {
  const values = readOptions(() => read(args));
  if (typeof values === "string") return values;
  if (values.help === true) return "help";
  const short = values.short === true;
  const only = chosen(values.only, SECTIONS, short ? ["small"] : SECTIONS, "--only");
  const ids = tools.map(({ id }) => id);
  const chosenTools = chosen(values.tools, ids, short ? SHORT_TOOLS : ids, "--tools");
  const rounds = whole(values.rounds, short ? 1 : 5, "--rounds");
  const most = whole(values.messages, short ? 200 : 50_000, "--messages");
  const idleSeconds = whole(values["idle-seconds"], 120, "--idle-seconds");
  for (const each of [only, chosenTools, rounds, most, idleSeconds])
    if (typeof each === "string") return each;
  return {
    only: only as readonly SectionName[],
    tools: chosenTools as readonly ToolId[],
    rounds: rounds as number,
    most: most as number,
    full: values.full === true,
    idleSeconds: idleSeconds as number,
    times: short ? 2 : 10,
    install: values["no-install"] !== true,
    out: values.out ?? "test-results/bench.json",
  };
}

function read(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    options: {
      only: { type: "string" },
      tools: { type: "string" },
      rounds: { type: "string" },
      messages: { type: "string" },
      full: { type: "boolean" },
      short: { type: "boolean" },
      help: { type: "boolean" },
      "idle-seconds": { type: "string" },
      out: { type: "string" },
      "no-install": { type: "boolean" },
    },
  }).values;
}

function chosen<T extends string>(
  text: string | undefined,
  known: readonly T[],
  otherwise: readonly T[],
  option: string,
): readonly T[] | string {
  if (text === undefined) return otherwise;
  const names = text.split(",");
  const strange = names.find((name) => !(known as readonly string[]).includes(name));
  return strange === undefined
    ? known.filter((name) => names.includes(name))
    : `${option} does not know "${strange}": ${known.join(", ")}`;
}

function whole(text: string | undefined, otherwise: number, option: string): number | string {
  const value = text === undefined ? otherwise : Number(text);
  return Number.isSafeInteger(value) && value > 0 ? value : `${option} takes a whole number from 1 on`;
}
