/**
 * The buttons "Test", "IP" and "Find the right header", with settings that need not be saved. The same checks and the
 * same connections as those of the whole checklist; what they showed on the way is kept for the page.
 */
import { accountTitle, checkAccount } from "../diagnose/account.ts";
import { examineSubject, type Subject } from "../diagnose/diagnose.ts";
import { computerPorts, namePorts } from "../diagnose/node-ports.ts";
import type { DiagnosisPorts, Mailbox, MailServer, Opened } from "../diagnose/ports.ts";
import { checkServer, examinedServer } from "../diagnose/server.ts";
import { within } from "../diagnose/within.ts";
import { explain } from "../explain/explain.ts";
import type { AddressListsInForce } from "../model/address-lists.ts";
import type { DiagnosisCheck } from "../model/diagnosis.ts";
import type { Clock, Secrets, Tap } from "../model/ports.ts";
import { type Problem, ProblemError } from "../model/problem.ts";
import { escapeUnprintable } from "../model/reply.ts";
import type { AccountSettings, Settings } from "../model/settings.ts";
import type { TlsFacts } from "../model/tls-facts.ts";
import type { ConnectionTest, MailboxFacts, Trials } from "../model/trials.ts";
import { accountNamed } from "../settings/account-named.ts";
import {
  accountKey,
  isStoredMark,
  type Password,
  serverKey,
  storedPasswords,
} from "../settings/passwords.ts";
import { errorCode } from "../util/file-system.ts";
import { Running } from "../util/running.ts";
import { HEADERS_LOOKED_AT } from "./addressing.ts";
import { openMailbox, openMailServer } from "./diagnosis.ts";
import { findHeaders } from "./find-headers.ts";

const LOOK_UP = 10_000;

export interface TrialsParts {
  readonly clock: Clock;
  readonly tap: Tap;
  readonly secrets: Pick<Secrets, "open">;
  /** In force; null: none yet. */
  readonly settings: () => Settings | null;
  readonly lists: () => AddressListsInForce;
  /** What we call ourselves in EHLO. */
  readonly helo: (settings: Settings) => string;
  /** A mailbox has one session at a time: after the run that is under way. */
  readonly alone: <Result>(work: (signal: AbortSignal) => Promise<Result>) => Promise<Result>;
  readonly lookUp?: DiagnosisPorts["lookUp"];
  readonly onFault: (error: unknown, doing: string) => void;
}

export interface RunningTrials extends Trials {
  /** Ends what runs; resolves when it has ended. */
  stop(): Promise<void>;
}

/** What the connections showed. */
interface Seen {
  tls: TlsFacts | null;
  status: { readonly messages: number; readonly octets: number } | null;
  capabilities: ReadonlySet<string> | null;
}

export function createTrials(parts: TrialsParts): RunningTrials {
  const { clock, tap, secrets, settings: inForce } = parts;
  const lookUp = parts.lookUp ?? namePorts.lookUp;
  const stopping = new AbortController();
  const running = new Running();
  let sessions = 0;

  const ended = (signal: AbortSignal | undefined): AbortSignal =>
    signal === undefined ? stopping.signal : AbortSignal.any([signal, stopping.signal]);

  const portsFor = (helo: () => string, seen: Seen): DiagnosisPorts => ({
    ...computerPorts(clock),
    ...namePorts,
    lookUp,
    async openMailbox(account, ends) {
      const opened = await openMailbox(account, parts, ends);
      seen.tls = shown(opened) ?? seen.tls;
      return opened.kind === "open" ? { kind: "open", connection: watched(opened.connection, seen) } : opened;
    },
    async openServer(server, ends) {
      sessions += 1;
      const opened = await openMailServer(
        server,
        `smtp-test-${sessions}`,
        { clock, tap, secrets, helo },
        ends,
      );
      seen.tls = shown(opened) ?? seen.tls;
      return opened;
    },
    openPassword: (password) => (typeof password === "string" ? password : secrets.open(password)),
    explain,
    newestMessageAt: () => null,
    listedAliases: () => parts.lists().aliases,
    onFault: parts.onFault,
  });

  const test = (
    subject: Subject,
    signal: AbortSignal | undefined,
    helo: () => string = () => "",
  ): Promise<ConnectionTest> =>
    running.track(
      (async () => {
        const seen: Seen = { tls: null, status: null, capabilities: null };
        const checks: DiagnosisCheck[] = [];
        const order = { ports: portsFor(helo, seen), signal: ended(signal) };
        await examineSubject(subject, order, (check) => checks.push(check));
        return { checks, tls: seen.tls, mailbox: mailboxFacts(seen) };
      })(),
    );

  /** The marker of a stored password becomes that password, for the same server and user only. */
  const known = (password: Password, keys: readonly string[]): Password => {
    if (!isStoredMark(password)) return password;
    const stored = storedPasswords(inForce());
    return keys.flatMap((key) => stored.get(key) ?? [])[0] ?? password;
  };
  const withPassword = (account: AccountSettings): AccountSettings => ({
    ...account,
    password: known(account.password, [accountKey(account)]),
  });

  return {
    testAccount(account, signal) {
      const tried = { ...withPassword(account), enabled: true };
      return test(
        {
          id: `account:${account.id}`,
          title: accountTitle(account),
          examine: (context) => checkAccount(tried, 0, context),
        },
        signal,
      );
    },
    testServer(server, settings, signal) {
      const { password } = server;
      const keys = [serverKey("smtp", server), serverKey("fallback", server)];
      const tried = password === null ? server : { ...server, password: known(password, keys) };
      const which = settings.smtp.fallback === server ? "second-server" : "server";
      const examined = examinedServer(which, tried);
      return test(
        {
          id: which,
          title: examined.title,
          examine: (context) => checkServer(examined, { ...context, settings }),
        },
        signal,
        () => parts.helo(settings),
      );
    },
    async lookUp(host) {
      try {
        const addresses = await within(clock, LOOK_UP, lookUp(host));
        if (addresses.length === 0) throw Object.assign(new Error("no address"), { code: "ENODATA" });
        return { host, addresses: [...new Set(addresses)] };
      } catch (error) {
        throw new ProblemError(unknownName(host, error), { cause: error });
      }
    },
    findHeaders(settings, accountId, { count = HEADERS_LOOKED_AT, signal } = {}) {
      const account = withPassword(accountNamed(settings, accountId));
      return running.track(
        parts.alone((alone) =>
          findHeaders({
            account,
            settings,
            count,
            secrets: parts.secrets,
            clock,
            tap,
            signal: AbortSignal.any([alone, ended(signal)]),
          }),
        ),
      );
    },
    async stop() {
      stopping.abort();
      await running.ended();
    },
  };
}

function shown(opened: Opened<Mailbox | MailServer>): TlsFacts | null {
  return opened.kind === "open" ? opened.connection.tls : opened.tls;
}

/** What the checks ask it is kept; nothing is asked twice. */
function watched(mailbox: Mailbox, seen: Seen): Mailbox {
  return {
    ...mailbox,
    async capabilities() {
      seen.capabilities = await mailbox.capabilities();
      return seen.capabilities;
    },
    async status() {
      seen.status = await mailbox.status();
      return seen.status;
    },
  };
}

function mailboxFacts({ status, capabilities }: Seen): MailboxFacts | null {
  if (status === null) return null;
  return { messages: status.messages, size: status.octets, capabilities: [...(capabilities ?? [])] };
}

function unknownName(host: string, error: unknown): Problem {
  const code = errorCode(error);
  const nobody = code === "ENOTFOUND" || code === "ENODATA";
  return {
    code: "name-unknown",
    what: nobody
      ? `No server of the name "${escapeUnprintable(host)}" is known here.`
      : `The name "${escapeUnprintable(host)}" could not be looked up.`,
    cure: nobody
      ? "Check the spelling of the name, or enter the server's IP address instead."
      : "Check this computer's network connection and its DNS servers.",
    quote: escapeUnprintable(error instanceof Error ? error.message : String(error)),
  };
}
