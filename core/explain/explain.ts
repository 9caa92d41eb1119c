/** Answers and failures in plain words. Always says something: what no rule recognises is `other`. */
import type { Explanation } from "../model/explanation.ts";
import type { SmtpReply } from "../model/reply.ts";
import { type Answer, type AnswerFacts, answerFacts } from "./answer-facts.ts";
import { readAnswer } from "./read-answer.ts";
import type { Rule } from "./rule.ts";
import { rules } from "./rules.ts";
import { type WordingName, wordings } from "./wordings.ts";

/** A server's answer in plain words. */
export function explain(reply: SmtpReply): Explanation {
  return explainAnswer(reply);
}

/** What somebody pasted: an answer, a log line, a line of a delivery report. */
export function explainText(text: string): Explanation {
  return explainAnswer(readAnswer(text));
}

export function explainAnswer(answer: Answer): Explanation {
  const facts = answerFacts(answer);
  return { ...wordings[wordingFor(facts)], permanent: facts.permanent };
}

export function wordingFor(facts: AnswerFacts): WordingName {
  return rules.find((candidate) => fits(candidate, facts))?.wording ?? "other";
}

function fits(rule: Rule, { code, detail, text, whole }: AnswerFacts): boolean {
  if (rule.codes !== undefined && !rule.codes.includes(code)) return false;
  if (rule.detail !== undefined && !rule.detail.includes(detail)) return false;
  if (rule.text !== undefined && !rule.text.some((pattern) => pattern.test(text))) return false;
  return rule.link === undefined || rule.link.some((pattern) => pattern.test(whole));
}
