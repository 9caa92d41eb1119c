/** One attempt, for the program's log that people read: who got the message, who did not, and what the server said. */
import type { LogLine } from "../model/event.ts";
import type { Failure } from "../model/failure.ts";
import type { AttemptResult, RecipientState } from "../model/message.ts";
import { formatReply } from "../model/reply.ts";
import { assertNever } from "../util/assert-never.ts";

const NAMED = 3;

/** One line for all recipients that fared alike. Pure. */
export function describeAttempt(result: AttemptResult): readonly Pick<LogLine, "level" | "text">[] {
  const groups = new Map<string, { readonly level: LogLine["level"]; readonly addresses: string[] }>();
  for (const { recipient, outcome, next } of result.recipients) {
    if (outcome.kind === "not-tried") continue;
    const [level, fate] = fateOf(next);
    const said = outcome.kind === "delivered" ? formatReply(outcome.reply) : failureWords(outcome.failure);
    const words = `${fate} (${said})`;
    const group = groups.get(words);
    if (group === undefined) groups.set(words, { level, addresses: [recipient.address] });
    else group.addresses.push(recipient.address);
  }
  const from = result.message.sender === "" ? "" : ` from ${result.message.sender}`;
  return [...groups].map(([words, { level, addresses }]) => ({
    level,
    text: `${named(addresses)}${from}: ${words}`,
  }));
}

function fateOf({ kind }: RecipientState): readonly [LogLine["level"], string] {
  switch (kind) {
    case "delivered":
      return ["info", "delivered"];
    case "deferred":
    case "queued":
      return ["info", "waits for another try"];
    case "held":
      return ["warning", "is held"];
    case "expired":
      return ["warning", "given up, after too many days of trying"];
    case "failed":
    case "removed":
      return ["warning", "refused"];
    default:
      return assertNever(kind);
  }
}

function named(addresses: readonly string[]): string {
  const more = addresses.length - NAMED;
  return `${addresses.slice(0, NAMED).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

function failureWords({ reply, problem }: Failure): string {
  if (reply !== null) return formatReply(reply);
  return problem?.what.replace(/\.$/, "") ?? "no answer";
}
