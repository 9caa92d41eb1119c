/** What the checks ask, and of whom. `gateway.ts` supplies collecting's and delivering's own connections. */
import type { AliasSource } from "../model/address-lists.ts";
import type { OnCheck } from "../model/diagnosis.ts";
import type { Explain } from "../model/explanation.ts";
import type { Clock, SealedSecret } from "../model/ports.ts";
import type { Problem } from "../model/problem.ts";
import type { SmtpReply } from "../model/reply.ts";
import type { AccountSettings, Settings, SmtpServerSettings } from "../model/settings.ts";
import type { TlsFacts } from "../model/tls-facts.ts";

/** Where setting up a connection ended. */
export type OpeningStep = "connection" | "encryption" | "greeting" | "login";

export type Opened<Connection> =
  | { readonly kind: "open"; readonly connection: Connection }
  | {
      readonly kind: "failed";
      readonly step: OpeningStep;
      readonly problem: Problem;
      /** Where a handshake was finished: what it showed. */
      readonly tls: TlsFacts | null;
    };

/** An open connection to a mailbox. Its promises reject with ProblemError. */
export interface Mailbox {
  /** The greeting's text, escaped. */
  readonly greeting: string;
  readonly tls: TlsFacts | null;
  /** Upper-case tags; null: the server has no list of them. */
  capabilities(): Promise<ReadonlySet<string> | null>;
  logIn(username: string, password: string): Promise<void>;
  status(): Promise<{ readonly messages: number; readonly octets: number }>;
  /** How many unique ids it lists; null: it has none. */
  uniqueIds(): Promise<number | null>;
  /** The polite end; never rejects. */
  quit(): Promise<void>;
}

/** What a server said to MAIL and RCPT; a trial ends with RSET, never with DATA. */
export type TrialAnswer =
  | { readonly kind: "accepted"; readonly reply: SmtpReply }
  | { readonly kind: "refused"; readonly command: "mail" | "rcpt"; readonly reply: SmtpReply }
  | { readonly kind: "unanswered"; readonly problem: Problem };

/** An open connection to a mail server, logged in where the settings say so. */
export interface MailServer {
  /** The whole first line, escaped; "" where it is not known. */
  readonly greeting: string;
  readonly tls: TlsFacts | null;
  /** EHLO keywords in upper case with their parameters; empty where only HELO was understood. */
  readonly extensions: ReadonlyMap<string, string>;
  readonly usable: boolean;
  /** Never rejects. */
  trial(sender: string, recipient: string): Promise<TrialAnswer>;
  quit(): Promise<void>;
}

/** The computer that the gateway runs on. */
export interface ComputerPorts {
  readonly clock: Clock;
  /** Octets that this program may still write on the disk of a folder. Rejects with a system error. */
  freeBytes(folder: string): Promise<number>;
  /** Makes a small file in the folder and removes it again. Rejects with a system error. */
  tryWriting(folder: string): Promise<void>;
  /** IANA name and minutes ahead of UTC. */
  timeZone(at: number): { readonly name: string; readonly minutes: number };
}

export interface NetworkPorts {
  /** Addresses of a host, by the system's own means (hosts file included). Rejects with a system error. */
  lookUp(host: string): Promise<readonly string[]>;
  /** Names of the domain's mail exchangers (MX). Rejects with a system error. */
  mailExchangers(domain: string): Promise<readonly string[]>;
  /** `signal` ends what is open, too. Never rejects for what the other side does. */
  openMailbox(account: AccountSettings, signal: AbortSignal): Promise<Opened<Mailbox>>;
  openServer(server: SmtpServerSettings, signal: AbortSignal): Promise<Opened<MailServer>>;
}

export interface DiagnosisPorts extends ComputerPorts, NetworkPorts {
  /** null: it cannot be opened on this computer. */
  openPassword(password: string | SealedSecret): string | null;
  readonly explain: Explain;
  /** When the last message was taken over, ms since 1970; null: never. */
  newestMessageAt(): number | null;
  /** Those of efsalias.txt that are in force; the settings have others. */
  listedAliases(): AliasSource;
  /** A local part that nobody has. */
  unlikelyName(): string;
  /** A bug in a check; the others go on. */
  onFault(error: unknown, doing: string): void;
}

/** A folder of the data directory. */
export interface ExaminedFolder {
  readonly name: string;
  readonly path: string;
}

export interface ExaminedFolders {
  readonly dataDirectory: string;
  readonly folders: readonly ExaminedFolder[];
}

/** What every check gets. */
export interface CheckContext extends SubjectContext {
  readonly settings: Settings;
}

export interface SubjectContext {
  readonly ports: DiagnosisPorts;
  readonly report: OnCheck;
  /** Ends what is open: the time for this subject is over, or somebody has stopped it all. */
  readonly signal: AbortSignal;
}
