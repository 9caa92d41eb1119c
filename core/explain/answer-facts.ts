/**
 * What rules look at. No more than the first 2,000 characters are read: more is never needed to recognise an
 * answer, and hostile ones stay cheap.
 */
import type { SmtpReply } from "../model/reply.ts";

export const EXPLAINED_CHARACTERS = 2_000;

/** An answer of which perhaps only the text is known, as in a log line. */
export type Answer = Pick<SmtpReply, "enhanced" | "text"> & { readonly code: number | null };

export interface AnswerFacts {
  /** 0: not known. */
  readonly code: number;
  /** The enhanced code without its class, `1.1`; empty: none. */
  readonly detail: string;
  /** Lower case, addresses as `<@>`, links cut to their host, blanks single. */
  readonly text: string;
  /** Lower case, all of it. */
  readonly whole: string;
  readonly permanent: boolean | null;
}

const ADDRESS = /<?[^\s<>@,;:()"'[\]]{1,64}@[^\s<>@,;:()"'[\]]{1,255}>?/g;
const LINK = /\bhttps?:\/\/([a-z0-9.-]{1,253})[^\s<>"')]*/g;
/** As qmail and IronPort have it, `(#5.1.1)`. Not part of an IP address. */
const ENHANCED_WITHIN = /(?:^|[#( ])([245])\.(\d)\.(\d{1,3})(?![.\d])/;

export function answerFacts({ code, enhanced, text: given }: Answer): AnswerFacts {
  const whole = given
    .slice(0, EXPLAINED_CHARACTERS)
    .toLowerCase()
    .replace(/[\u2018\u2019]/g, "'");
  const within = enhanced === null ? ENHANCED_WITHIN.exec(whole) : null;
  const known = enhanced ?? (within === null ? null : `${within[1]}.${within[2]}.${within[3]}`);
  const text = whole.replace(LINK, "$1").replace(ADDRESS, "<@>").replace(/\s+/g, " ").trim();
  const first = code === null ? (known?.charAt(0) ?? "") : String(code).charAt(0);
  return {
    code: code ?? 0,
    detail: known?.slice(2) ?? "",
    text,
    whole,
    permanent: first === "5" ? true : first === "4" ? false : null,
  };
}
