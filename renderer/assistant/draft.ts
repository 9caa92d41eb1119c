/**
 * What the assistant has been told so far, as settings in the making. Pure.
 *
 * 1. Fields are named as in the settings, so that fields, tests and problems of the settings' pages fit here too.
 * 2. A step is judged by the settings' own schema, alone: what is not filled in yet elsewhere does not matter.
 */
import { limits } from "../../core/model/limits.ts";
import { settingProblems } from "../../core/model/setting-problems.ts";
import {
  type AccountSettings,
  domainSchema,
  type Settings,
  type SmtpServerSettings,
  settingsSchema,
} from "../../core/model/settings.ts";
import { splitProblems } from "../state/setting-path.ts";
import { newAccount, proposeAccountId } from "../tabs/pop3/accounts.ts";
import { isOurAddress } from "../tabs/servers/our-domains.ts";
import { POP3_PORTS } from "../tabs/servers/ports.ts";

export const STEPS = ["mailbox", "domain", "header", "server", "postmaster"] as const;

export type Step = (typeof STEPS)[number];

export interface Draft {
  /** One; others are added on the page POP3 later. */
  readonly accounts: readonly [AccountSettings];
  readonly domains: Settings["domains"];
  readonly smtp: SmtpServerSettings;
  readonly postmaster: { readonly address: string };
  /** Of the mail server; without it user and password are not taken over. */
  readonly needsLogin: boolean;
}

export function newDraft(): Draft {
  return {
    accounts: [{ ...newAccount([]), security: "tls", port: POP3_PORTS["tls"] ?? 0 }],
    domains: { primary: "", secondary: [], virtualAlias: null },
    smtp: {
      host: "localhost",
      port: 25,
      security: "none",
      acceptedCertificate: null,
      username: null,
      password: null,
    },
    postmaster: { address: "" },
    needsLogin: false,
  };
}

/** As they are tried, and saved in the end. */
export function settingsOf({ accounts, domains, smtp, postmaster, needsLogin }: Draft) {
  const [account] = accounts;
  return {
    accounts: [{ ...account, id: proposeAccountId(account, []) }],
    domains,
    smtp: needsLogin ? smtp : { ...smtp, username: null, password: null },
    postmaster,
  };
}

export const accountIdOf = (draft: Draft): string => proposeAccountId(draft.accounts[0], []);

export function isCatchAll({ accounts: [account] }: Draft): boolean {
  return account.addressing.mode === "catch-all";
}

/** The steps that these answers lead through: a mailbox of certain people needs no header. */
export function stepsOf(draft: Draft): readonly Step[] {
  return STEPS.filter((step) => step !== "header" || isCatchAll(draft));
}

export function stepBefore(step: Step, draft: Draft): Step | null {
  const steps = stepsOf(draft);
  return steps[steps.indexOf(step) - 1] ?? null;
}

/** null: `step` is the last. `resumeTo`: where somebody left off; what is complete on the way there is passed. */
export function stepAfter(step: Step, draft: Draft, resumeTo: Step | null = null): Step | null {
  const steps = stepsOf(draft);
  const next = steps[steps.indexOf(step) + 1];
  if (next === undefined) return null;
  if (resumeTo === null || STEPS.indexOf(next) >= STEPS.indexOf(resumeTo)) return next;
  const complete = Object.keys(stepProblems(next, draft)).length === 0;
  return complete ? stepAfter(next, draft, resumeTo) : next;
}

export type FieldProblem =
  | { readonly kind: "empty" | "choose" }
  /** In the words of the settings. */
  | { readonly kind: "wrong"; readonly text: string };

/** By field; {}: the step is complete. */
export function stepProblems(
  step: Step,
  draft: Draft,
  /** Whether "all, or only new?" is asked. */
  { asksFirstUse = false } = {},
): Readonly<Record<string, FieldProblem>> {
  const problems: Record<string, FieldProblem> = {};
  const parsed = settingsSchema.safeParse(partOf(step, draft), { reportInput: true });
  if (!parsed.success) {
    const { fields } = splitProblems(settingProblems(parsed.error.issues), SECTIONS);
    for (const [field, text] of Object.entries(fields)) problems[field] = { kind: "wrong", text };
  }
  for (const [field, value] of needed(step, draft)) {
    if (isEmpty(value)) problems[field] = { kind: "empty" };
  }
  if (step === "postmaster" && asksFirstUse && draft.accounts[0].firstUse === null) {
    problems["accounts.0.firstUse"] = { kind: "choose" };
  }
  return problems;
}

const SECTIONS = ["accounts", "domains", "smtp", "postmaster"];

/** For what a step is not about. */
const STAND_INS = {
  accounts: [{ id: "account", host: "localhost", username: "-", password: "" }],
  domains: { primary: "example.invalid" },
  smtp: { host: "localhost" },
  postmaster: { address: "postmaster@example.invalid" },
};

function partOf(step: Step, draft: Draft): unknown {
  const { accounts, domains, smtp, postmaster } = settingsOf(draft);
  const [account] = accounts;
  switch (step) {
    case "mailbox":
      return { ...STAND_INS, accounts: [{ ...account, addressing: { mode: "catch-all" } }] };
    case "domain": {
      const [standIn] = STAND_INS.accounts;
      return { ...STAND_INS, domains, accounts: [{ ...standIn, addressing: account?.addressing }] };
    }
    case "header":
      return STAND_INS;
    case "server":
      return { ...STAND_INS, smtp };
    case "postmaster":
      return { ...STAND_INS, postmaster };
  }
}

function needed(step: Step, draft: Draft): readonly (readonly [field: string, value: unknown])[] {
  const {
    accounts: [account],
    domains,
    smtp,
    postmaster,
    needsLogin,
  } = draft;
  switch (step) {
    case "mailbox":
      return (["host", "port", "username", "password"] as const).map((name) => [
        `accounts.0.${name}`,
        account[name],
      ]);
    case "domain":
      return [
        ["domains.primary", domains.primary],
        ...(account.addressing.mode === "single"
          ? [["accounts.0.addressing.recipients", account.addressing.recipients] as const]
          : []),
      ];
    case "header":
      return [];
    case "server": {
      const names = needsLogin
        ? (["host", "port", "username", "password"] as const)
        : (["host", "port"] as const);
      return names.map((name) => [`smtp.${name}`, smtp[name]]);
    }
    case "postmaster":
      return [["postmaster.address", postmaster.address]];
  }
}

function isEmpty(value: unknown): boolean {
  if (typeof value === "string") return value.trim() === "";
  return value === null || (Array.isArray(value) && value.length === 0);
}

/** Where a field is asked for; for what only the whole of the settings shows. */
export function stepOfField(field: string): Step {
  if (field.startsWith("smtp")) return "server";
  if (field.startsWith("postmaster") || field === "accounts.0.firstUse") return "postmaster";
  if (field.startsWith("domains") || field.startsWith("accounts.0.addressing")) return "domain";
  return "mailbox";
}

// --- proposals -------------------------------------------------------------------------------------------

/** What the answers of a finished step let us propose in later ones. Nothing that was typed is replaced. */
export function withProposals(finished: Step, draft: Draft): Draft {
  switch (finished) {
    case "mailbox": {
      const primary = domainOf(draft.accounts[0].username);
      return draft.domains.primary.trim() === "" && primary !== null
        ? { ...draft, domains: { ...draft.domains, primary } }
        : draft;
    }
    case "domain": {
      const { address } = draft.postmaster;
      const ours = address.trim() !== "" && isOurAddress(address, draft.domains);
      const typed = address.trim() !== "" && !/^postmaster@/i.test(address.trim());
      return ours || typed
        ? draft
        : { ...draft, postmaster: { address: `postmaster@${draft.domains.primary.trim()}` } };
    }
    default:
      return draft;
  }
}

/** As the header finder meets the account: without what was learnt from an earlier look. */
export function withoutLearnt(account: AccountSettings): AccountSettings {
  const [{ headers, trustedReceivedLines, mailboxAddresses }] = newDraft().accounts;
  return { ...account, headers, trustedReceivedLines, mailboxAddresses };
}

/** Of a user name that is an address; null: it is none. */
export function domainOf(username: string): string | null {
  const at = username.lastIndexOf("@");
  if (at < 1) return null;
  const domain = domainSchema.safeParse(username.slice(at + 1));
  return domain.success && domain.data.includes(".") ? domain.data : null;
}

/** A few old messages are simply taken; for many somebody has to decide. */
export function proposedFirstUse(messages: number): AccountSettings["firstUse"] {
  return messages <= limits.firstUseQuestion ? "all" : null;
}
