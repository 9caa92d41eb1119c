import type { Explanation, ExplanationCategory } from "../../core/model/explanation.ts";

/** Where a source's label leaves room, several categories are right. */
export type Expected = ExplanationCategory | readonly ExplanationCategory[];

/** The share of answers whose category is right; prints it with the misses. */
export function figure(
  name: string,
  answers: readonly (readonly [expected: Expected, answer: string])[],
  explainText: (answer: string) => Explanation,
): number {
  const misses = answers.flatMap(([expected, answer]) => {
    const { category } = explainText(answer);
    const right: readonly string[] = typeof expected === "string" ? [expected] : expected;
    return right.includes(category) ? [] : [`  ${right.join(" or ")}, not ${category}: ${answer}`];
  });
  const right = answers.length - misses.length;
  const percent = ((100 * right) / answers.length).toFixed(1);
  console.log([`explain: ${name}: ${right} of ${answers.length} right (${percent} %)`, ...misses].join("\n"));
  return right / answers.length;
}
