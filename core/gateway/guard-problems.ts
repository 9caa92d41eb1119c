/** What the guard tells: what is held, and what is usually behind it. */
import type { GuardSubject } from "../model/guard.ts";
import type { Problem } from "../model/problem.ts";
import { escapeUnprintable } from "../model/reply.ts";
import type { Settings } from "../model/settings.ts";
import { assertNever } from "../util/assert-never.ts";

const DOMAINS_SHOWN = 5;

export interface GuardFacts {
  readonly settings: Settings;
  /** For an account: the domains that its messages named, with how many of them. */
  readonly seen: Readonly<Record<string, number>>;
  /** The server's last refusal, in its own words. */
  readonly quote: string | null;
}

export function guardProblem(subject: GuardSubject, { settings, seen, quote }: GuardFacts): Problem {
  const server = `${settings.smtp.host}:${settings.smtp.port}`;
  const quoted = quote === null ? {} : { quote };
  switch (subject.kind) {
    case "domain": {
      const domain = escapeUnprintable(subject.domain);
      const { virtualAlias } = settings.domains;
      const bccAll = settings.headers.bccAll;
      const causes = [
        virtualAlias !== null && virtualAlias.toLowerCase() === subject.domain
          ? `the virtual domain alias ${domain} is misspelt in the settings, or unknown to the server`
          : `the domain ${domain} is misspelt in the settings, or on the server`,
        `${server} is not the right server or port`,
        "its anti-relay settings do not know this computer",
        "a firewall or antivirus program answers in its place",
        ...(bccAll === null ? [] : [`the copies to ${escapeUnprintable(bccAll)} are not wanted there`]),
      ];
      return {
        code: "guard-domain",
        what: `The local mail server ${server} refuses every message for ${domain}, so mail for that domain is held in Inbox; nothing is lost, and nobody was told of errors.`,
        cure: `Usual causes: ${causes.join("; ")}. When it is put right the mail goes on by itself.`,
        ...quoted,
      };
    }
    case "postmaster":
      return {
        code: "guard-postmaster",
        what: `The local mail server ${server} refuses the postmaster's address ${escapeUnprintable(settings.postmaster.address)}, so reports about errors wait; other mail goes on.`,
        cure: "Correct the postmaster's address in the settings, or make that mailbox on the server; then the reports are sent by themselves.",
        ...quoted,
      };
    case "bcc-all":
      return {
        code: "guard-bcc-all",
        what: `The local mail server ${server} refuses the copies to ${escapeUnprintable(settings.headers.bccAll ?? "")} ("BCC all messages to"), so no more copies are made; the mail itself goes on.`,
        cure: "Correct that address in the settings, or make the mailbox on the server; copies are made again as soon as it is accepted.",
        ...quoted,
      };
    case "account": {
      const named = Object.entries(seen)
        .sort(([, one], [, other]) => other - one)
        .slice(0, DOMAINS_SHOWN)
        .map(([domain]) => escapeUnprintable(domain));
      return {
        code: "guard-account",
        what: `Ten messages in a row of account "${subject.accountId}" were for none of the domains in the settings (primary: ${settings.domains.primary}); such messages are held in Inbox. They name ${named.length === 0 ? "no domain at all" : named.join(", ")}.`,
        cure: "Check the spelling of the domains in the settings, and add those that are missing. The next message of that account for one of the domains sends the held ones on.",
      };
    }
    default:
      return assertNever(subject);
  }
}

/** Equal subjects, equal words: for alerts and the log. */
export function subjectName(subject: GuardSubject): string {
  switch (subject.kind) {
    case "domain":
      return subject.domain;
    case "account":
      return `account ${subject.accountId}`;
    default:
      return subject.kind;
  }
}
