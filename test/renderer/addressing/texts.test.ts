import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Resolution, TrailRule } from "../../../core/model/envelope.ts";
import { resolutionSentence, trailSentence } from "../../../core/model/trail-sentence.ts";
import { resolutionKey, trailKey } from "../../../renderer/components/try-it/trail-texts.ts";

interface Texts {
  readonly [key: string]: string | Texts;
}

const area = (language: string): Texts => ({
  addressing: JSON.parse(
    readFileSync(
      new URL(`../../../renderer/texts/areas/addressing.${language}.json`, import.meta.url),
      "utf8",
    ),
  ) as Texts,
});
const flat = (texts: Texts, before = ""): ReadonlyMap<string, string> =>
  new Map(
    Object.entries(texts).flatMap(([key, value]) =>
      typeof value === "string" ? [[`${before}${key}`, value]] : [...flat(value, `${before}${key}.`)],
    ),
  );
const english = flat(area("en"));
const german = flat(area("de"));

test("German has every text of the area, with the same values in it", () => {
  const values = (text: string): readonly string[] => [...new Set(text.match(/\{\{\w+\}\}/g))].sort();
  const shape = (texts: ReadonlyMap<string, string>) =>
    [...texts].map(([key, text]) => `${key} ${values(text).join(" ")}`).sort();
  expect(shape(german)).toEqual(shape(english));
});

test("every text is used", () => {
  const folders = ["../../../renderer/tabs/", "../../../renderer/components/"];
  const sources = folders
    .flatMap((folder) => {
      const root = new URL(folder, import.meta.url);
      return readdirSync(root, { recursive: true, encoding: "utf8" })
        .filter((name) => /\.tsx?$/.test(name))
        .map((name) => readFileSync(new URL(name, root), "utf8"));
    })
    .join("\n");
  // A part of a key that is put in at run time stands for any one.
  const patterns = [...sources.matchAll(/["`](addressing\.[^"`\s]+)["`]/g)].map(
    ([, key = ""]) =>
      new RegExp(
        `^${key.replaceAll(".", "\\.").replace(/\$\{[^}]*\}/g, "[^.]+")}(?:_one|_other|\\.(?:label|hint|placeholder)|\\.options\\..+)?$`,
      ),
  );
  expect([...english.keys()].filter((key) => !patterns.some((pattern) => pattern.test(key)))).toEqual([]);
});

test("the sentences of a trail are those of the command line", () => {
  const rules = [...english.keys()].flatMap((key) => /^addressing\.trail\.(.+)$/.exec(key)?.[1] ?? []);
  for (const rule of rules.filter((name) => name !== "unknown-user-postmaster") as TrailRule[]) {
    for (const verdict of ["kept", "mapped", "dropped"] as const) {
      expect(english.get(trailKey({ rule, verdict }))).toBe(trailSentence({ rule, verdict }));
    }
  }
  expect(rules).toHaveLength(21);
});

test("what it comes to as well", () => {
  const somebody = [{ address: "a@x.test", role: "postmaster", duplicatesChecked: true }] as const;
  for (const kind of ["addressed", "no-recipient", "unknown-user", "ignored-by-alias"] as const) {
    for (const recipients of [[], somebody]) {
      const resolution: Resolution = { kind, recipients, sender: "", trail: [] };
      expect(english.get(resolutionKey(resolution))).toBe(resolutionSentence(resolution));
    }
  }
});
