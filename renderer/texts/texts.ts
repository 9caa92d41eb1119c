/**
 * Every word of the pages, by language. English is the reference: its keys are the type of all keys, and what another
 * language does not have is shown in English. The gateway's own sentences (problems, explanations) come in English.
 */
import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { setRegions } from "../state/format.ts";
import de from "./de.json" with { type: "json" };
import en from "./en.json" with { type: "json" };

export const LANGUAGES = ["en", "de"] as const;
export type Language = (typeof LANGUAGES)[number];

const STORED_AT = "efs.language";

export function startTexts(language: Language = chosenLanguage()): void {
  void i18next.use(initReactI18next).init({
    resources: { en: { translation: en }, de: { translation: de } },
    lng: language,
    fallbackLng: "en",
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  setRegions(navigator.languages);
  document.documentElement.lang = language;
}

export function chooseLanguage(language: Language): void {
  try {
    localStorage.setItem(STORED_AT, language);
  } catch {
    // A browser that stores nothing: chosen for this visit.
  }
  document.documentElement.lang = language;
  void i18next.changeLanguage(language);
}

/** The one chosen before, else the first of the browser's that there is. */
export function chosenLanguage(): Language {
  const wanted = [storedLanguage(), ...navigator.languages.map((tag) => tag.slice(0, 2))];
  return LANGUAGES.find((language) => wanted.find(isKnown) === language) ?? "en";
}

function storedLanguage(): string {
  try {
    return localStorage.getItem(STORED_AT) ?? "";
  } catch {
    return "";
  }
}

function isKnown(tag: string): boolean {
  return (LANGUAGES as readonly string[]).includes(tag);
}
