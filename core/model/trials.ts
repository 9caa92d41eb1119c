/**
 * Trying things out before they are saved: a mailbox, a mail server, a name, who a message would be for. Nothing is
 * collected, sent or changed, and no gateway is needed: the set-up assistant asks before there is one.
 */
import type { DiagnosisCheck } from "./diagnosis.ts";
import type { HeaderReport } from "./header-report.ts";
import type { AccountSettings, Settings, SmtpServerSettings } from "./settings.ts";
import type { TlsFacts } from "./tls-facts.ts";

/** What the button "Test" gives: a checklist, and the facts worth showing. */
export interface ConnectionTest {
  readonly checks: readonly DiagnosisCheck[];
  /** null: no TLS, or no certificate was shown. One that is not trusted can be accepted by its fingerprint. */
  readonly tls: TlsFacts | null;
  /** Only for a mailbox whose login succeeded. */
  readonly mailbox: MailboxFacts | null;
}

export interface MailboxFacts {
  readonly messages: number;
  /** Octets. */
  readonly size: number;
  /** As the server names them: `UIDL`, `TOP`, `STLS`; empty where it names none. */
  readonly capabilities: readonly string[];
}

/** The button "IP". */
export interface NameLookup {
  readonly host: string;
  readonly addresses: readonly string[];
}

/**
 * Passwords in what is tried may be in clear, sealed, or the marker of a stored one: then that of the settings in force
 * for the same server and user counts.
 */
export interface Trials {
  testAccount(account: AccountSettings, signal?: AbortSignal): Promise<ConnectionTest>;
  /** `settings`: for the domains and the postmaster that are asked for. */
  testServer(server: SmtpServerSettings, settings: Settings, signal?: AbortSignal): Promise<ConnectionTest>;
  /** Rejects with ProblemError `name-unknown`. */
  lookUp(host: string): Promise<NameLookup>;
  /** "Find the right header" of an account as these settings have it; nothing is deleted or marked. */
  findHeaders(
    settings: Settings,
    accountId: string,
    options?: {
      /** How many of the newest messages; default 50. */
      readonly count?: number;
      readonly signal?: AbortSignal;
    },
  ): Promise<HeaderReport>;
}
