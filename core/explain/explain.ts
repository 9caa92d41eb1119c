import type { Explanation } from "../model/explanation.ts";
import type { SmtpReply } from "../model/reply.ts";
import { explanations, type Rule, rules } from "./rules.ts";

/** More text than this is never needed to recognise an answer; keeps hostile ones cheap. */
const READ = 1_000;

/** A server's answer in plain words. Always answers: what matches no rule is `other`. */
export function explain(reply: SmtpReply): Explanation {
  const text = reply.text.slice(0, READ).toLowerCase();
  const detail = reply.enhanced?.slice(2) ?? null;
  const rule = rules.find((candidate) => matches(candidate, reply.code, detail, text));
  const category = rule?.category ?? "other";
  const explanation = explanations[category];
  if (explanation === undefined) throw new Error(`No explanation for category ${category}`);
  return { category, ...explanation };
}

function matches(rule: Rule, code: number, detail: string | null, text: string): boolean {
  if (rule.text?.some((pattern) => pattern.test(text))) return true;
  if (detail !== null && rule.detail?.includes(detail)) return true;
  return rule.codes?.includes(code) ?? false;
}
