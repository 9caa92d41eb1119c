/** Accounts in the form: new ones, copies, their ids, what the list says about each. Pure. */
import type { Alert } from "../../../core/model/event.ts";
import type { AccountStatus } from "../../../core/model/gateway.ts";
import type { Problem } from "../../../core/model/problem.ts";
import { type AccountSettings, accountSchema } from "../../../core/model/settings.ts";

const ID_LENGTH = 16;
/** Labels of host names that say nothing about whose server it is. */
const PLAIN_LABELS = new Set([
  "pop",
  "pop3",
  "pops",
  "imap",
  "mail",
  "mx",
  "in",
  "incoming",
  "secure",
  "www",
]);

/** From the name, else from the server (`pop.example.net`: `example`); unlike those that are taken. */
export function proposeAccountId(
  { name, host }: { readonly name: string; readonly host: string },
  taken: Iterable<string>,
): string {
  const others = new Set(taken);
  const base = idFrom(name) || idFrom(hostWord(host)) || "account";
  for (let number = 1; ; number += 1) {
    const ending = number === 1 ? "" : `-${number}`;
    const id = `${base.slice(0, ID_LENGTH - ending.length).replace(/-+$/, "")}${ending}`;
    if (!others.has(id)) return id;
  }
}

function idFrom(text: string): string {
  return text
    .normalize("NFKD")
    .toLowerCase()
    .replace(/ß/g, "ss")
    .replace(/\p{M}/gu, "")
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, ID_LENGTH + 1)
    .replace(/^-+|-+$/g, "")
    .slice(0, ID_LENGTH)
    .replace(/-+$/, "");
}

function hostWord(host: string): string {
  if (/^[\d.]+$|:/.test(host)) return host;
  const labels = host.toLowerCase().split(".").filter(Boolean);
  const telling = labels.slice(0, Math.max(1, labels.length - 1)).filter((label) => !PLAIN_LABELS.has(label));
  return telling[0] ?? labels[0] ?? "";
}

/** Nothing leaves the provider's server until somebody says so. */
export function newAccount(taken: Iterable<string>): AccountSettings {
  const id = proposeAccountId({ name: "", host: "" }, taken);
  const defaults = accountSchema.parse({ id, host: "host", username: "user", password: "" });
  return { ...defaults, host: "", username: "", leaveOnServer: true };
}

/** A password is kept for one account only, so that a copy needs it again; its mailbox is another one. */
export function duplicateAccount(account: AccountSettings, taken: Iterable<string>): AccountSettings {
  return {
    ...structuredClone(account),
    id: proposeAccountId(account, taken),
    password: "",
    firstUse: null,
  };
}

/** A stored password is only used for the server and user that it was entered for. */
export function needsPasswordAgain(account: AccountSettings, stored: AccountSettings | undefined): boolean {
  return (
    typeof account.password === "object" &&
    (stored?.id !== account.id || stored.host !== account.host || stored.username !== account.username)
  );
}

export type AccountState =
  /** Not saved yet. */
  | { readonly kind: "new" }
  | { readonly kind: "off" }
  | { readonly kind: "failed"; readonly problem: Problem; readonly pausedUntil: number | null }
  /** Old mail waits for the answer "all, or only new?". */
  | { readonly kind: "asks" }
  | { readonly kind: "checked"; readonly at: number }
  | { readonly kind: "not-yet" };

export function accountState(
  account: Pick<AccountSettings, "id" | "enabled" | "firstUse">,
  status: AccountStatus | undefined,
  alerts: readonly Alert[],
): AccountState {
  if (status === undefined) return { kind: "new" };
  if (!account.enabled) return { kind: "off" };
  if (status.problem !== null) {
    return { kind: "failed", problem: status.problem, pausedUntil: status.pausedUntil };
  }
  const asked = alerts.some(({ cause }) => cause === `pop3-first-use:${account.id}`);
  if (account.firstUse === null && asked) return { kind: "asks" };
  return status.lastCheckAt === null ? { kind: "not-yet" } : { kind: "checked", at: status.lastCheckAt };
}

/** Indices of accounts with a field that is not right, of the form's errors. */
export function wrongAccounts(errors: Iterable<string>): readonly number[] {
  const indices = [...errors].flatMap((path) => {
    const found = /^accounts\.(\d+)(?:\.|$)/.exec(path)?.[1];
    return found === undefined ? [] : [Number(found)];
  });
  return [...new Set(indices)].sort((a, b) => a - b);
}
