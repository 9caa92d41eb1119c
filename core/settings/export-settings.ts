/**
 * Settings as JSON text that `efs import` takes back.
 *
 * Without secrets each password is `{"scheme": "stored", "value": ""}`: importing it where the password is
 * stored keeps it, elsewhere it is asked for. With secrets passwords are in clear; one that cannot be opened
 * is written as without secrets and named in `unopened`. That of the pages is a hash, which goes along as it is.
 */
import type { Secrets } from "../model/ports.ts";
import type { Settings } from "../model/settings.ts";
import { mapPasswords, STORED } from "./passwords.ts";

export interface ExportedSettings {
  readonly settings: Settings;
  /** Paths of the passwords that could not be opened. */
  readonly unopened: readonly string[];
}

/** `secrets` null: without secrets. */
export function exportSettings(settings: Settings, secrets: Secrets | null): ExportedSettings {
  const unopened: string[] = [];
  const exported = mapPasswords(settings, ({ path, password, hashed }) => {
    if (password === null) return null;
    if (secrets === null) return STORED;
    if (hashed === true) return password;
    const clear = typeof password === "string" ? password : secrets.open(password);
    if (clear === null) unopened.push(path);
    return clear ?? STORED;
  });
  return { settings: exported, unopened };
}
