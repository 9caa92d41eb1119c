import { de } from "./de.ts";
import { en, type Texts } from "./en.ts";

export type { Texts } from "./en.ts";

export interface Words {
  readonly texts: Texts;
  /** Of the system; times are written as it does. */
  readonly language: string;
}

/** `languages`: the system's, the preferred one first. */
export function chooseWords(languages: readonly string[]): Words {
  for (const language of languages) {
    const base = language.slice(0, 2).toLowerCase();
    if (base === "de") return { texts: de, language };
    if (base === "en") return { texts: en, language };
  }
  return { texts: en, language: "en" };
}
