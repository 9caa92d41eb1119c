/** One attempt, for the program's log that people read: who got the message, who did not, and what the server said. */
import type { LogLine } from "../model/event.ts";
import type { Failure } from "../model/failure.ts";
import type { AttemptResult } from "../model/message.ts";
import { formatReply } from "../model/reply.ts";

const NAMED = 3;

/** One line for all recipients that fared alike. Pure. */
export function describeAttempt(result: AttemptResult): readonly Pick<LogLine, "level" | "text">[] {
  const groups = new Map<string, { readonly level: LogLine["level"]; readonly addresses: string[] }>();
  for (const { recipient, outcome, next } of result.recipients) {
    if (outcome.kind === "not-tried") continue;
    const [level, words] =
      outcome.kind === "delivered"
        ? (["info", `delivered (${formatReply(outcome.reply)})`] as const)
        : next.kind === "deferred" || next.kind === "queued"
          ? (["info", `waits for another try (${failureWords(outcome.failure)})`] as const)
          : next.kind === "held"
            ? (["warning", `is held (${failureWords(outcome.failure)})`] as const)
            : (["warning", `refused (${failureWords(outcome.failure)})`] as const);
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

function named(addresses: readonly string[]): string {
  const more = addresses.length - NAMED;
  return `${addresses.slice(0, NAMED).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

function failureWords({ reply, problem }: Failure): string {
  if (reply !== null) return formatReply(reply);
  return problem?.what.replace(/\.$/, "") ?? "no answer";
}
