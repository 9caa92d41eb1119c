/**
 * Every way in which collecting can fail, as a `Problem` for an office's administrator, and as the `Trouble`
 * that the caller's back-off goes by.
 *
 * 1. login: wrong user or password; the account is backed off (5, 15, 60 minutes), lock-out protection.
 * 2. busy: the server asks for patience: [IN-USE], [LOGIN-DELAY] (RFC 2449 8), [SYS/TEMP] (RFC 3206 3), or
 *    says so in words; the next check tries again.
 * 3. connect, timeout, tls, protocol: the way to the server or the server itself.
 * 4. local: our own disk or folder; nothing is deleted from the server.
 */

import { type Problem, ProblemError } from "../model/problem.ts";
import { escapeUnprintable } from "../model/reply.ts";
import { assertNever } from "../util/assert-never.ts";

export type Trouble = "login" | "busy" | "connect" | "timeout" | "tls" | "protocol" | "local";

/** Where a connection stands; named in time-outs. */
export type OpeningPhase = "look-up" | "connect" | "tls" | "greeting" | "starttls";

/** Which account and server a sentence speaks of. */
export interface Pop3Place {
  /** The account's name, or its id where it has none. */
  readonly account: string;
  readonly host: string;
  readonly port: number;
}

export interface Pop3ErrorDetails {
  /** RFC 2449 8, upper case, without brackets: `IN-USE`, `SYS/TEMP`, ... */
  readonly responseCode?: string | null;
  /** The connection cannot be used any more. */
  readonly connectionLost?: boolean;
}

export class Pop3Error extends ProblemError {
  readonly trouble: Trouble;
  readonly responseCode: string | null;
  readonly connectionLost: boolean;
  constructor(problem: Problem, trouble: Trouble, details: Pop3ErrorDetails = {}) {
    super(problem);
    this.trouble = trouble;
    this.responseCode = details.responseCode ?? null;
    this.connectionLost = details.connectionLost ?? false;
  }
}

/** A lost connection, as its later victims see it: their own command was never answered. */
export class Pop3NotAnswered extends Pop3Error {
  constructor(cause: Pop3Error) {
    super(cause.problem, cause.trouble, { responseCode: cause.responseCode, connectionLost: true });
  }
}

const lost = { connectionLost: true } as const;

export function placeText(place: Pop3Place): string {
  return `POP3 server ${place.host} (port ${place.port}) of account "${place.account}"`;
}

/** Quotes are short: a hostile server's 8 kB line stays readable. */
export function quoteText(text: string): string {
  const escaped = escapeUnprintable(text.trim());
  return escaped.length > 500 ? `${escaped.slice(0, 500)}...` : escaped;
}

// --- the connection --------------------------------------------------------------------------------------

/** The socket's own error, while opening (`phase`) or later (null). */
export function socketError(
  place: Pop3Place,
  error: NodeJS.ErrnoException,
  phase: OpeningPhase | null,
): Pop3Error {
  const { host, port } = place;
  const about = `account "${place.account}"`;
  const quote = quoteText(error.message === "" ? (error.code ?? "no reason given") : error.message);
  switch (error.code) {
    case "ENOTFOUND":
    case "ENODATA":
      return new Pop3Error(
        {
          code: "pop3-host-unknown",
          what: `The POP3 server name "${host}" of ${about} does not exist.`,
          cure: "Check the spelling of the server name in the account's settings.",
          quote,
        },
        "connect",
        lost,
      );
    case "EAI_AGAIN":
      return new Pop3Error(
        {
          code: "pop3-name-look-up-failed",
          what: `The POP3 server name "${host}" of ${about} could not be looked up.`,
          cure: "Check this computer's Internet connection and its DNS servers; it is tried again at the next check.",
          quote,
        },
        "connect",
        lost,
      );
    case "ECONNREFUSED":
      return new Pop3Error(
        {
          code: "pop3-connection-refused",
          what: `The server ${host} of ${about} refuses connections on port ${port}.`,
          cure: "Check server name and port (110, or 995 for TLS) in the account's settings, and whether a firewall is in between.",
          quote,
        },
        "connect",
        lost,
      );
    case "EHOSTUNREACH":
    case "ENETUNREACH":
    case "EADDRNOTAVAIL":
    case "EACCES":
    case "EPERM":
      return new Pop3Error(
        {
          code: "pop3-unreachable",
          what: `The ${placeText(place)} cannot be reached.`,
          cure: "Check this computer's network connection and its firewall; it is tried again at the next check.",
          quote,
        },
        "connect",
        lost,
      );
    case "ETIMEDOUT":
      return phase === null ? connectionLost(place, null, quote) : openingTimeout(place, phase, null);
    default:
      return phase === "tls" || phase === "starttls"
        ? tlsFailed(place, quote)
        : connectionLost(place, null, quote);
  }
}

export function openingTimeout(place: Pop3Place, phase: OpeningPhase, seconds: number | null): Pop3Error {
  const within = seconds === null ? "in time" : `within ${seconds} seconds`;
  return new Pop3Error(
    {
      code: "pop3-time-out",
      what: `Connecting to the ${placeText(place)} was not done ${within}: ${phaseText(phase)}.`,
      cure: phaseCure(phase),
    },
    "timeout",
    lost,
  );
}

function phaseText(phase: OpeningPhase): string {
  switch (phase) {
    case "look-up":
      return "its name was still being looked up";
    case "connect":
      return "it did not accept the connection";
    case "tls":
      return "the encryption (TLS) was not set up";
    case "greeting":
      return "it did not send its greeting";
    case "starttls":
      return "the encryption (STLS) was not set up";
    default:
      return assertNever(phase);
  }
}

function phaseCure(phase: OpeningPhase): string {
  switch (phase) {
    case "look-up":
      return "Check this computer's DNS servers; it is tried again at the next check.";
    case "connect":
      return "Check server name and port and whether a firewall is in between; it is tried again at the next check.";
    case "tls":
      return "Check that the port speaks TLS from the start (995); port 110 needs the security STARTTLS or none.";
    case "greeting":
      return "Check that the port is a POP3 port (port 995 needs the security TLS); it is tried again at the next check.";
    case "starttls":
      return "It is tried again at the next check; if it stays so, ask your provider about TLS on port 995.";
    default:
      return assertNever(phase);
  }
}

/** No octet came for as long as the account's time-out while `waitingFor` was due. */
export function silenceTimeout(place: Pop3Place, waitingFor: string, seconds: number): Pop3Error {
  return new Pop3Error(
    {
      code: "pop3-time-out",
      what: `The ${placeText(place)} sent nothing for ${seconds} seconds while ${waitingFor} was awaited.`,
      cure: "It is tried again at the next check; if it stays so, raise the account's time-out or ask your provider.",
    },
    "timeout",
    lost,
  );
}

export function tooSlow(place: Pop3Place, waitingFor: string, octets: number, seconds: number): Pop3Error {
  return new Pop3Error(
    {
      code: "pop3-time-out",
      what: `The ${placeText(place)} sent only ${octets.toLocaleString("en")} octets in ${seconds} seconds while ${waitingFor} was awaited.`,
      cure: "It is tried again at the next check; if it stays so, raise the account's time-out or ask your provider.",
    },
    "timeout",
    lost,
  );
}

export function connectionLost(place: Pop3Place, during: string | null, quote?: string): Pop3Error {
  const when = during === null ? "" : ` while ${during} was awaited`;
  return new Pop3Error(
    {
      code: "pop3-connection-lost",
      what: `The connection to the ${placeText(place)} was lost${when}.`,
      cure: "Nothing is lost, what is missing is collected again at the next check; if it stays so, ask your provider.",
      ...(quote === undefined ? {} : { quote }),
    },
    "connect",
    lost,
  );
}

/** The connection was ended by us: Stop, or a problem of our own. */
export function connectionClosed(place: Pop3Place): Pop3Error {
  return new Pop3Error(
    {
      code: "pop3-connection-closed",
      what: `The connection to the ${placeText(place)} has been closed.`,
      cure: "Nothing has to be done; what is missing is collected at the next check.",
    },
    "connect",
    lost,
  );
}

// --- encryption -------------------------------------------------------------------------------------------

export function tlsFailed(place: Pop3Place, quote: string): Pop3Error {
  return new Pop3Error(
    {
      code: "pop3-tls-failed",
      what: `No encrypted connection (TLS) could be made with the ${placeText(place)}.`,
      cure: "Check port and security in the account's settings: TLS belongs to port 995, STARTTLS and none to port 110.",
      quote,
    },
    "tls",
    lost,
  );
}

/** `fingerprint`: SHA-256, lower-case hex, of the certificate that was shown. */
export function certificateUntrusted(
  place: Pop3Place,
  fingerprint: string,
  reason: string,
  pinned: boolean,
): Pop3Error {
  const other = pinned ? "; it is not the certificate that was accepted before" : "";
  return new Pop3Error(
    {
      code: "pop3-certificate-untrusted",
      what: `The certificate of the ${placeText(place)} is not trusted${other}; its SHA-256 fingerprint is ${fingerprint}.`,
      cure: 'Ask your provider whether this is its certificate; if it is, accept it with Test on the page POP3, or set "acceptedCertificate" of the account to this fingerprint.',
      quote: quoteText(reason),
    },
    "tls",
    lost,
  );
}

export function starttlsNotOffered(place: Pop3Place, text: string): Pop3Error {
  return new Pop3Error(
    {
      code: "pop3-starttls-not-offered",
      what: `The ${placeText(place)} does not offer encryption on this port (STLS refused); no password was sent.`,
      cure: "Set the account's security to TLS with port 995, or to none if your provider has nothing better.",
      quote: quoteText(text),
    },
    "tls",
    lost,
  );
}

export function plaintextAfterStarttls(place: Pop3Place): Pop3Error {
  return new Pop3Error(
    {
      code: "pop3-starttls-injection",
      what: `The ${placeText(place)} sent unencrypted data behind its answer to STLS, as somebody tampering with the line would; the connection was closed and no password was sent.`,
      cure: "Set the account's security to TLS with port 995, and tell your provider.",
    },
    "tls",
    lost,
  );
}

// --- the conversation ---------------------------------------------------------------------------------------

export function protocolBroken(place: Pop3Place, why: string, quote?: string): Pop3Error {
  return new Pop3Error(
    {
      code: "pop3-protocol",
      what: `The ${placeText(place)} does not answer as a POP3 server: ${why}.`,
      cure: "Check that server and port are those of POP3 (110, or 995 for TLS), and look at the conversation in the detail window.",
      ...(quote === undefined ? {} : { quote: quoteText(quote) }),
    },
    "protocol",
    lost,
  );
}

export function greetingRefused(place: Pop3Place, text: string, responseCode: string | null): Pop3Error {
  return new Pop3Error(
    {
      code: "pop3-greeting-refused",
      what: `The ${placeText(place)} turned the connection away with its greeting.`,
      cure: "It is tried again at the next check; if it stays so, ask your provider.",
      quote: quoteText(text),
    },
    saysBusy(text, responseCode) ? "busy" : "connect",
    { responseCode, connectionLost: true },
  );
}

/** -ERR to USER, PASS or APOP. */
export function loginRefused(
  place: Pop3Place,
  username: string,
  text: string,
  responseCode: string | null,
): Pop3Error {
  const quote = quoteText(text);
  if (saysBusy(text, responseCode)) {
    return new Pop3Error(
      {
        code: "pop3-mailbox-busy",
        what: `The ${placeText(place)} does not let user "${escapeUnprintable(username)}" in at the moment.`,
        cure: "Another program may have the mailbox open, or the server asks for a pause; it is tried again at the next check.",
        quote,
      },
      "busy",
      { responseCode },
    );
  }
  if (responseCode === "SYS/PERM") {
    return new Pop3Error(
      {
        code: "pop3-mailbox-broken",
        what: `The ${placeText(place)} cannot open the mailbox of user "${escapeUnprintable(username)}".`,
        cure: "Ask your provider to look at the mailbox; the password is not the reason.",
        quote,
      },
      "protocol",
      { responseCode },
    );
  }
  return new Pop3Error(
    {
      code: "pop3-login-refused",
      what: `The ${placeText(place)} refused the login of user "${escapeUnprintable(username)}".`,
      cure: "Enter user name and password again in the account's settings.",
      quote,
    },
    "login",
    { responseCode },
  );
}

/** APOP was asked for, the greeting has no time stamp. */
export function apopNotOffered(place: Pop3Place, greeting: string): Pop3Error {
  return new Pop3Error(
    {
      code: "pop3-apop-not-offered",
      what: `The ${placeText(place)} does not offer the login method APOP.`,
      cure: "Use the ordinary login, with TLS or STARTTLS where the provider has it.",
      quote: quoteText(greeting),
    },
    "protocol",
  );
}

/** -ERR to any other command: that command failed, the connection goes on. */
export function commandRefused(
  place: Pop3Place,
  command: string,
  text: string,
  responseCode: string | null,
): Pop3Error {
  return new Pop3Error(
    {
      code: "pop3-command-refused",
      what: `The ${placeText(place)} refused the command ${escapeUnprintable(command)}.`,
      cure: "It is tried again at the next check; if it stays so, ask your provider.",
      quote: quoteText(text),
    },
    saysBusy(text, responseCode) ? "busy" : "protocol",
    { responseCode },
  );
}

/** CR, LF or NUL in something that was to become part of a command: never sent. */
export function badArgument(place: Pop3Place, command: string): Pop3Error {
  return new Pop3Error(
    {
      code: "pop3-bad-argument",
      what: `What was to be sent to the ${placeText(place)} with ${command} holds a line end or a NUL character, which POP3 cannot carry.`,
      cure: "Enter user name and password again in the account's settings.",
    },
    "login",
  );
}

/** More octets came for one message than the account's maximum, though LIST had said otherwise. */
export function messageTooLarge(place: Pop3Place, maximum: number): Pop3Error {
  return new Pop3Error(
    {
      code: "pop3-message-too-large",
      what: `A message on the ${placeText(place)} turned out larger than the maximum of ${maximum.toLocaleString("en")} octets while it was being received.`,
      cure: "It stays on the server; raise the account's maximum message size to collect it.",
    },
    "protocol",
    lost,
  );
}

const CODES_OF_PATIENCE = new Set(["IN-USE", "LOGIN-DELAY", "SYS/TEMP"]);
const WORDS_OF_PATIENCE =
  /already (?:locked|open|in use)|mail ?(?:box|drop)(?: is)? (?:currently )?(?:locked|in use|busy|open)|(?:in use|locked|opened) by (?:another|other)|another (?:pop3? )?(?:session|client|process)|try (?:again )?later|temporar(?:y|ily)|too many (?:concurrent )?connections/i;
const WORDS_OF_REFUSAL = /password|credential|authenticat|log-?in (?:failed|incorrect)|account|user/i;

/** With a response code it decides; without one only words that cannot mean a wrong password do. */
function saysBusy(text: string, responseCode: string | null): boolean {
  if (responseCode !== null) return CODES_OF_PATIENCE.has(responseCode);
  return WORDS_OF_PATIENCE.test(text) && !WORDS_OF_REFUSAL.test(text);
}
