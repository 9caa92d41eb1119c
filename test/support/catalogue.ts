import { readFileSync } from "node:fs";

interface Texts {
  readonly [key: string]: string | Texts;
}

/** The pages' texts of a language, by their keys: `home.log.title`. */
export function catalogue(language: "en" | "de"): ReadonlyMap<string, string> {
  const file = new URL(`../../renderer/texts/${language}.json`, import.meta.url);
  return flat(JSON.parse(readFileSync(file, "utf8")) as Texts);
}

function flat(texts: Texts, before = ""): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(texts).flatMap(([key, value]) =>
      typeof value === "string" ? [[`${before}${key}`, value]] : [...flat(value, `${before}${key}.`)],
    ),
  );
}
