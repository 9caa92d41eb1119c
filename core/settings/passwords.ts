/**
 * The places in the settings that hold a password, and what may be done with all of them at once. Pure but
 * for the `Secrets` that it is given.
 */
import type { SealedSecret, Secrets } from "../model/ports.ts";
import type { Settings, SmtpServerSettings } from "../model/settings.ts";
import { hashWebPassword } from "./web-password.ts";

/** Clear text (only on import), or sealed. */
export type Password = string | SealedSecret;

/** One password and whom it is for: it is only ever kept for the same server and user. */
export interface PasswordPlace {
  /** As in a problem's path. */
  readonly path: string;
  readonly key: string;
  readonly password: Password | null;
  /** It is only ever compared with: a hash is stored, and nothing opens that. */
  readonly hashed?: true;
}

/** In exports, in place of a password that stays where it is. */
export const STORED: SealedSecret = { scheme: "stored", value: "" };

export function isStoredMark(password: Password | null): boolean {
  return typeof password === "object" && password !== null && password.scheme === STORED.scheme;
}

export function passwordPlaces(settings: Settings): readonly PasswordPlace[] {
  const places: PasswordPlace[] = [];
  mapPasswords(settings, (place) => {
    places.push(place);
    return place.password;
  });
  return places;
}

/** A copy of the settings in which each password is what `change` makes of it. */
export function mapPasswords(
  settings: Settings,
  change: (place: PasswordPlace) => Password | null,
): Settings {
  const accounts = settings.accounts.map((account, index) => {
    const password = change({
      path: `accounts[${index}].password`,
      key: accountKey(account),
      password: account.password,
    });
    // An account has to have one; a `change` that takes it away means that it is asked for again.
    return { ...account, password: password ?? "" };
  });
  const { smtp } = settings;
  const password = change({ path: "smtp.password", key: serverKey("smtp", smtp), password: smtp.password });
  const fallback =
    smtp.fallback === null
      ? null
      : {
          ...smtp.fallback,
          password: change({
            path: "smtp.fallback.password",
            key: serverKey("fallback", smtp.fallback),
            password: smtp.fallback.password,
          }),
        };
  const web = {
    ...settings.web,
    password: change({ path: "web.password", key: "web", password: settings.web.password, hashed: true }),
  };
  return { ...settings, accounts, smtp: { ...smtp, password, fallback }, web };
}

/** Of each place that has one, by its key. */
export function storedPasswords(settings: Settings | null): ReadonlyMap<string, Password> {
  const places = settings === null ? [] : passwordPlaces(settings);
  return new Map(
    places.flatMap(({ key, password }) => (password === null ? [] : [[key, password] as const])),
  );
}

export function accountKey(account: { id: string; host: string; username: string }): string {
  return placeKey(`account ${account.id}`, account);
}

export function serverKey(which: "smtp" | "fallback", server: SmtpServerSettings): string {
  return placeKey(which, server);
}

function placeKey(name: string, server: { host: string; username: string | null }): string {
  return JSON.stringify([name, server.host.toLowerCase(), server.username]);
}

/** Clear passwords sealed (or hashed); what is sealed already stays as it is. */
export function sealPasswords(settings: Settings, secrets: Secrets): Settings {
  return mapPasswords(settings, ({ password, hashed }) => {
    if (typeof password !== "string") return password;
    return hashed === true ? hashWebPassword(password) : secrets.seal(password);
  });
}

export function hasClearPasswords(settings: Settings): boolean {
  return passwordPlaces(settings).some(({ password }) => typeof password === "string");
}
