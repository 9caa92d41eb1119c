/** `efs acknowledge-junk`: somebody has taken note of mail in Junk that could not be reported; its days begin. */
import { ProblemError } from "../model/problem.ts";
import { escapeUnprintable } from "../model/reply.ts";
import type { CommandContext } from "./command-context.ts";
import { type ExitCode, exitCode } from "./exit-code.ts";
import { wireValue } from "./wire-value.ts";
import { withGateway } from "./with-gateway.ts";

/** No queue ids: all of it. */
export async function runAcknowledgeJunk(
  context: CommandContext,
  queueIds: readonly string[],
): Promise<ExitCode> {
  const { output, json } = context;
  await withGateway(context, async ({ call }) => {
    const ids: number[] = [];
    for (const queueId of queueIds) {
      const message = wireValue(await call("history-message", { queueId }));
      if (message === null) throw new ProblemError(unknownMessage(queueId));
      ids.push(message.id);
    }
    const result = wireValue(await call("acknowledge-junk", { ids: ids.length === 0 ? "all" : ids }));
    if (json) output.json(result);
    else output.line(acknowledgedWords(result.acknowledged));
  });
  return exitCode.done;
}

function acknowledgedWords(count: number): string {
  if (count === 0) return "Nothing was waiting for this.";
  return `Noted: ${count} ${count === 1 ? "message" : "messages"}; ${count === 1 ? "it goes" : "they go"} when the days of Junk are over.`;
}

function unknownMessage(queueId: string) {
  return {
    code: "message-unknown",
    what: `There is no message ${escapeUnprintable(queueId)}.`,
    cure: "Use a queue id as efs queue --folder Junk shows it.",
  };
}
