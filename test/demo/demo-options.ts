import { parseArgs } from "node:util";
import { readOptions } from "../support/script-options.ts";

export interface DemoOptions {
  readonly once: boolean;
  readonly keep: boolean;
  readonly messages: number;
}

export const USAGE = `npm run demo                       200 messages, then new ones every few seconds until Ctrl+C
npm run demo -- --once             ends after the first run; exit 0 when everything arrived as it should
npm run demo -- --messages 1000    another number
npm run demo -- --keep             the data folder stays`;

const MOST = 20_000;

/** A text: what is wrong with them; "help": that is asked for. */
export function parseDemoOptions(args: readonly string[]): DemoOptions | string {
  const values = readOptions(() => read(args));
  if (typeof values === "string") return values;
  if (values.help) return "help";
  const messages = Number(values.messages);
  if (!Number.isSafeInteger(messages) || messages < 1 || messages > MOST)
    return `--messages takes a number from 1 to ${MOST}`;
  return { once: values.once, keep: values.keep, messages };
}

function read(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    options: {
      once: { type: "boolean", default: false },
      keep: { type: "boolean", default: false },
      messages: { type: "string", default: "200" },
      help: { type: "boolean", default: false },
    },
  }).values;
}
