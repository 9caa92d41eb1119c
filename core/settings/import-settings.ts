/**
 * Settings from JSON text, as `efs import` and the API take them. Pure but for the `Secrets`.
 *
 * 1. Either settings that can be saved at once, every password sealed, or all the problems; never a part.
 * 2. A password in clear is sealed.
 * 3. A sealed one is taken when it can be opened here (a copy of our own settings.json).
 * 4. `{"scheme": "stored", "value": ""}`, which an export without secrets writes, keeps the password that is
 *    stored for the same account (or mail server) *and* the same host and user name: settings from elsewhere
 *    cannot send a stored password to another server.
 */
import type { Secrets } from "../model/ports.ts";
import type { SettingProblem } from "../model/setting-problems.ts";
import type { Settings } from "../model/settings.ts";
import { parseSettings, SETTINGS_VERSION } from "./parse-settings.ts";
import { isStoredMark, mapPasswords, sealPasswords, storedPasswords } from "./passwords.ts";
import { isWebPasswordHash } from "./web-password.ts";

export type ImportResult =
  | { readonly kind: "settings"; readonly settings: Settings }
  | { readonly kind: "invalid"; readonly problems: readonly SettingProblem[] };

export function newerVersion(version: number): SettingProblem {
  return {
    path: "version",
    message: `is ${version}, from a newer program; this one knows ${SETTINGS_VERSION}`,
  };
}

/** `stored`: the settings in force, for rule 4; null: there are none. */
export function importSettings(
  content: string | Buffer,
  secrets: Secrets,
  stored: Settings | null,
): ImportResult {
  const parsed = parseSettings(content);
  if (parsed.kind === "invalid") return parsed;
  if (parsed.kind === "newer") return { kind: "invalid", problems: [newerVersion(parsed.version)] };
  const kept = storedPasswords(stored);
  const problems: SettingProblem[] = [];
  const settings = mapPasswords(parsed.settings, ({ path, key, password, hashed }) => {
    if (password === null || typeof password === "string") return password;
    if (isStoredMark(password)) {
      const found = kept.get(key);
      if (found !== undefined) return found;
      const message =
        hashed === true
          ? "no password is stored for the pages; write it here, or null"
          : "no password is stored for this host and user name; write it here";
      problems.push({ path, message });
    } else if (hashed === true ? !isWebPasswordHash(password) : secrets.open(password) === null) {
      const message = "was encrypted on another computer and cannot be opened here; write it in clear";
      problems.push({ path, message });
    }
    return password;
  });
  if (problems.length > 0) return { kind: "invalid", problems };
  return { kind: "settings", settings: sealPasswords(settings, secrets) };
}
