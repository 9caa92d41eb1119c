/**
 * `efs explain ANSWER`: what a mail server's answer means. Needs neither settings nor a data folder. Exit 0 also for
 * an answer that nothing is known about; only no answer at all is wrong usage.
 */
import { EXPLAINED_CHARACTERS } from "../explain/answer-facts.ts";
import { explainAnswer } from "../explain/explain.ts";
import { readAnswer } from "../explain/read-answer.ts";
import type { Explanation, WhoActs } from "../model/explanation.ts";
import { ProblemError } from "../model/problem.ts";
import type { CommandContext } from "./command-context.ts";
import { type ExitCode, exitCode } from "./exit-code.ts";

export async function runExplain(context: CommandContext, words: readonly string[]): Promise<ExitCode> {
  const { output, json } = context;
  const given = words.length === 1 && words[0] === "-" ? await readInput(context.stdin) : words.join(" ");
  const answer = readAnswer(given);
  if (answer.code === null && answer.enhanced === null && answer.text === "") {
    throw new ProblemError({
      code: "usage-explain",
      what: "There is no answer to explain.",
      cure: 'Give it in quotes: efs explain "550 5.1.1 User unknown", or on standard input with efs explain -',
    });
  }
  const explanation = explainAnswer(answer);
  if (json) output.json({ answer, ...explanation });
  else for (const line of formatExplanation(explanation)) output.line(line);
  return exitCode.done;
}

export function formatExplanation(explanation: Explanation): readonly string[] {
  const { category, meaning, who, cure, permanent } = explanation;
  return [
    `Kind:       ${category.replaceAll("-", " ")}`,
    `Meaning:    ${meaning}`,
    `Who acts:   ${whoWords[who]}`,
    `What to do: ${cure}`,
    `Permanent:  ${permanent === null ? "the answer does not say" : permanent ? "yes, the same message will be refused again" : "no, it is worth trying again"}`,
  ];
}

const whoWords: Readonly<Record<WhoActs, string>> = {
  "office-server": "whoever looks after the mail server",
  "this-gateway": "you, in the settings of this program",
  provider: "the provider",
  sender: "the sender of the message",
  nobody: "nobody",
};

/** As much of it as is looked at; an answer in UTF-8 has at most four bytes a character. */
async function readInput(stdin: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stdin) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= 4 * EXPLAINED_CHARACTERS) break;
  }
  return Buffer.concat(chunks).toString("utf8");
}
