/** Each promise of core/README.md names the tests that hold it, and they are there. */
import { existsSync, globSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const readme = readFileSync("core/README.md", "utf8");
const page = readme.slice(readme.indexOf("## What is promised"), readme.indexOf("## How a viewer reaches"));
const promises = page.split(/^(?=\d+\. )/m).slice(1);

function testsOf(promise: string): readonly string[] {
  const words = [...promise.replace(/`[^`]*`/g, "").matchAll(/(?<![\w*`])\*(?=\w)([\s\S]+?)(?<!\\)\*(?!\w)/g)]
    .map(([, text = ""]) => text)
    .join(" ");
  return words.match(/(?<![\w./-])[a-z][\w-]*(?:\/(?:[a-z][\w-]*|\\\*))+/g) ?? [];
}

test("each promise names tests that exist", () => {
  const numbers = promises.map((promise) => Number(/^\d+/.exec(promise)?.[0]));
  expect(numbers).toEqual(Array.from({ length: 22 }, (_, index) => index + 1));
  const unheld = promises.filter((promise) => testsOf(promise).length === 0);
  expect(unheld).toEqual([]);
  const missing = promises.flatMap(testsOf).filter((name) => {
    const path = `test/${name}`;
    return name.endsWith("*")
      ? globSync(`${path.replace("\\", "")}.test.ts`).length === 0
      : !existsSync(`${path}.test.ts`) && !existsSync(`${path}.ts`);
  });
  expect(missing).toEqual([]);
});
