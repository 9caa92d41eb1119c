import { app } from "electron";
import { chooseWords, type Words } from "./texts/texts.ts";

/** In the system's language. */
export function currentWords(): Words {
  return chooseWords(app.getPreferredSystemLanguages());
}
