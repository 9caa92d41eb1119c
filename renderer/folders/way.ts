/** A message's way as a timeline: what the history knows, in the order in which it happened. Pure. */
import type { ActionRecord } from "../../core/model/action.ts";
import type { HistoryAttempt, HistoryMessage } from "../../core/model/history.ts";
import type { DeliveryOutcome } from "../../core/model/message.ts";
import type { Problem } from "../../core/model/problem.ts";
import { formatReply } from "../../core/model/reply.ts";

export type WayStep =
  | { readonly kind: "collected"; readonly at: number }
  | { readonly kind: "recipients" }
  | {
      readonly kind: "attempts";
      readonly first: HistoryAttempt;
      readonly last: HistoryAttempt;
      /** In a row, with the same answers. */
      readonly count: number;
      readonly answers: readonly AttemptAnswer[];
    }
  | { readonly kind: "action"; readonly record: ActionRecord }
  | { readonly kind: "reports"; readonly messages: readonly number[] }
  | { readonly kind: "outcome" };

/** The same answer for several recipients is one. */
export interface AttemptAnswer {
  readonly result: "delivered" | "deferred" | "refused" | "unknown" | "not-tried";
  readonly addresses: readonly string[];
  /** The server's words; null: it gave none. */
  readonly answer: string | null;
  /** What happened where there was no answer. */
  readonly problem: Problem | null;
}

export function wayOf(message: HistoryMessage): readonly WayStep[] {
  const happened = [
    ...message.attempts.map((attempt) => ({ at: attempt.startedAt, step: attemptStep(attempt) })),
    ...(message.actions ?? []).map((record) => ({
      at: record.at,
      step: { kind: "action", record } as const,
    })),
  ].sort((a, b) => a.at - b.at);
  return [
    { kind: "collected", at: message.receivedAt },
    { kind: "recipients" },
    ...joinEqual(happened.map(({ step }) => step)),
    ...(message.reports.length === 0 ? [] : [{ kind: "reports", messages: message.reports } as const]),
    { kind: "outcome" },
  ];
}

type AttemptStep = Extract<WayStep, { kind: "attempts" }>;

function attemptStep(attempt: HistoryAttempt): AttemptStep {
  return { kind: "attempts", first: attempt, last: attempt, count: 1, answers: answersOf(attempt) };
}

/** Attempts in a row with the same answers become one step; what people did between them ends the row. */
function joinEqual(steps: readonly WayStep[]): readonly WayStep[] {
  const joined: WayStep[] = [];
  for (const step of steps) {
    const before = joined.at(-1);
    if (step.kind === "attempts" && before?.kind === "attempts" && haveSameAnswers(before, step)) {
      joined[joined.length - 1] = { ...before, last: step.last, count: before.count + 1 };
    } else joined.push(step);
  }
  return joined;
}

function haveSameAnswers(one: AttemptStep, other: AttemptStep): boolean {
  return (
    one.first.relay === other.first.relay &&
    one.first.state === other.first.state &&
    JSON.stringify(one.answers) === JSON.stringify(other.answers)
  );
}

export function answersOf({ results }: Pick<HistoryAttempt, "results">): readonly AttemptAnswer[] {
  const groups = new Map<string, AttemptAnswer>();
  for (const { address, outcome } of results) {
    const answer = answerOf(outcome);
    const key = JSON.stringify(answer);
    const before = groups.get(key);
    groups.set(key, { ...answer, addresses: [...(before?.addresses ?? []), address] });
  }
  return [...groups.values()];
}

function answerOf(outcome: DeliveryOutcome): Omit<AttemptAnswer, "addresses"> {
  if (outcome.kind === "not-tried") return { result: "not-tried", answer: null, problem: null };
  if (outcome.kind === "delivered") {
    return { result: "delivered", answer: formatReply(outcome.reply), problem: null };
  }
  const { permanent, scope, reply, problem } = outcome.failure;
  return {
    result: scope === "unknown-outcome" ? "unknown" : permanent ? "refused" : "deferred",
    answer: reply === null ? null : formatReply(reply),
    problem: reply === null ? problem : null,
  };
}
