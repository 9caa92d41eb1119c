import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { catalogue } from "../../support/catalogue.ts";

const renderer = new URL("../../../renderer/", import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, renderer), "utf8");
const english = catalogue("en");
const german = catalogue("de");
const sources = readdirSync(renderer, { recursive: true, encoding: "utf8" })
  .filter((name) => /\.tsx?$/.test(name))
  .map(read)
  .join("\n");

test("German has every text, with the same values in it", () => {
  const values = (text: string): readonly string[] => [...new Set(text.match(/\{\{\w+\}\}/g))].sort();
  const shape = (texts: ReadonlyMap<string, string>) =>
    [...texts].map(([key, text]) => `${key} ${values(text).join(" ")}`).sort();
  expect(shape(german)).toEqual(shape(english));
});

test("no text is empty, shouts, or ends with a blank", () => {
  const odd = [...english, ...german].filter(
    ([, text]) => text === "" || text !== text.trim() || /!(?:\s|$)/.test(text),
  );
  expect(odd).toEqual([]);
});

test("every text is used", () => {
  const named = [...sources.matchAll(/["`]((?:[a-zA-Z]+|\$\{[^}]*\})\.[^"`\s]+)["`]/g)].map(
    ([, key = ""]) => key,
  );
  const patterns = named
    // Only its end is known; nothing at all would fit everything.
    .filter((key) => !key.startsWith("${") || !key.slice(2).includes("${"))
    .map((key) => {
      // A part that is put in at run time stands for any one; at the beginning for any place.
      const parts = key
        .replaceAll(".", "\\.")
        .replace(/^\$\{[^}]*\}/, ".+")
        .replace(/\$\{[^}]*\}/g, "[^.]+");
      return new RegExp(
        `^${parts}(?:_one|_other|\\.(?:label|hint|placeholder|title|text|confirm)|\\.(?:options|risk)\\..+)?$`,
      );
    });
  const unused = [...english.keys()].filter((key) => !patterns.some((pattern) => pattern.test(key)));
  expect(unused).toEqual([]);
  expect(patterns.some((pattern) => pattern.test("history.columns.nothing"))).toBe(false);
});

test("every field has its label and one line about it, or about each choice", () => {
  const named = [...sources.matchAll(/\btext="([\w.]+)"/g)].map(([, key = ""]) => key);
  // Some name a group, whose fields are named below it.
  const fields = named.filter((key) => [...english.keys()].some((known) => known === `${key}.label`));
  const told = (key: string): boolean =>
    english.has(`${key}.hint`) || [...english.keys()].some((known) => known.startsWith(`${key}.options.`));
  expect([fields.length > 40, fields.filter((key) => !told(key))]).toEqual([true, []]);
});
