/** Losses and refusals of the whole server in words for whoever looks after the office's mail. */
import type { SmtpPhase } from "../model/failure.ts";
import type { Problem } from "../model/problem.ts";
import { escapeUnprintable, formatReply, type SmtpReply } from "../model/reply.ts";
import { assertNever } from "../util/assert-never.ts";
import type { Loss } from "./loss.ts";

const WAITING: Readonly<Record<SmtpPhase, string>> = {
  connect: "while the connection was made",
  greeting: "before it greeted us",
  ehlo: "while we introduced ourselves (EHLO)",
  starttls: "while the connection was being encrypted",
  auth: "during the login",
  mail: "after we named the sender (MAIL)",
  rcpt: "after we named a recipient (RCPT)",
  data: "after we announced the message (DATA)",
  body: "while the message was being sent",
  "final-reply": "after the message had been sent completely",
  local: "while the message was read",
};

/** `server` is `host:port`. */
export function lossProblem(loss: Loss, server: string): Problem {
  const quoted = quote(loss.reply, loss.code);
  switch (loss.cause) {
    case "unknown-host":
      return {
        code: "smtp-unknown-host",
        what: `The local mail server ${server} was not found: no such name is known on this network.`,
        cure: "Check the server's name on the SMTP tab, or enter its IP address instead.",
        ...quoted,
      };
    case "refused":
      return {
        code: "smtp-refused",
        what: `The local mail server ${server} refused the connection: nothing is listening on that port.`,
        cure: "Check that the mail server is running and that the port on the SMTP tab is right (usually 25).",
        ...quoted,
      };
    case "unreachable":
      return {
        code: "smtp-unreachable",
        what: `The local mail server ${server} cannot be reached over the network.`,
        cure: "Check that the server is switched on, and the network between it and this computer.",
        ...quoted,
      };
    case "timeout":
      return {
        code: "smtp-timeout",
        what: `The local mail server ${server} did not answer in time, ${WAITING[loss.phase]}.`,
        cure:
          loss.phase === "connect"
            ? "Check that the server is switched on, that its address is right and that no firewall blocks the port."
            : "Look at the mail server: it may be overloaded, or antivirus or a firewall may be holding the connection.",
        ...quoted,
      };
    case "closed":
      return {
        code: "smtp-closed",
        what: `The local mail server ${server} ended the connection ${WAITING[loss.phase]}.`,
        cure:
          loss.phase === "greeting"
            ? "Check that it allows connections from this computer's IP address, and look into its log."
            : "Look into the mail server's log for the reason.",
        ...quoted,
      };
    case "protocol":
      return {
        code: "smtp-protocol",
        what: `The local mail server ${server} gave an answer that is not valid SMTP ${WAITING[loss.phase]}.`,
        cure: "Check that the port on the SMTP tab is that of a mail server, and that nothing in between changes the mail traffic.",
        ...quoted,
      };
    case "no-tls":
      return {
        code: "smtp-no-starttls",
        what: `The local mail server ${server} does not offer an encrypted connection (STARTTLS), but the settings require it.`,
        cure: "Switch STARTTLS on at the mail server (it needs a certificate), or choose another security on the SMTP tab.",
        ...quoted,
      };
    case "certificate":
      return {
        code: "smtp-certificate",
        what: `The certificate of the local mail server ${server} cannot be trusted${reason(loss.code)}.`,
        cure: "Install a valid certificate on the server, or accept this certificate explicitly on the SMTP tab.",
        ...quoted,
      };
    case "handshake":
      return {
        code: "smtp-tls-failed",
        what: `No encrypted connection to the local mail server ${server} could be made.`,
        cure: "Check that security and port on the SMTP tab fit together (TLS usually uses port 465, STARTTLS port 25 or 587).",
        ...quoted,
      };
    case "login":
      return {
        code: "smtp-login-refused",
        what: `The local mail server ${server} refused the login.`,
        cure: "Check user name and password on the SMTP tab; a server in the office often needs none at all.",
        ...quoted,
      };
    case "password":
      return {
        code: "smtp-password-missing",
        what: `The password for the local mail server ${server} is missing or cannot be decrypted on this computer.`,
        cure: "Enter the password again on the SMTP tab.",
      };
    case "login-unprotected":
      return {
        code: "smtp-login-unprotected",
        what: `A login at the local mail server ${server} is set, but its connection may be unencrypted (opportunistic).`,
        cure: "Choose required STARTTLS or TLS on the SMTP tab, or remove the user name.",
      };
    case "rejected":
      return {
        code: "smtp-rejected",
        what: `The local mail server ${server} does not accept mail from this computer (it refused the greeting).`,
        cure: "Allow this computer's IP address at the mail server (its receive connector or relay settings), and check the HELO name.",
        ...quoted,
      };
    case "body":
      return {
        code: "message-file-unreadable",
        what: "The file of this message could not be read to its end as it was recorded, so the transfer was broken off.",
        cure: "Check the disk, and whether other software (antivirus) has changed the file in Inbox.",
        ...quoted,
      };
    case "cancelled":
      return {
        code: "smtp-cancelled",
        what: `Sending to the local mail server ${server} was stopped.`,
        cure: "Nothing has to be done: the message is sent again later.",
      };
    case "system":
      return {
        code: "smtp-connection",
        what: `The connection to the local mail server ${server} failed ${WAITING[loss.phase]}.`,
        cure: "Check the network between this computer and the mail server.",
        ...quoted,
      };
    default:
      return assertNever(loss.cause);
  }
}

/** An answer that concerns every message to this server. */
export function routeReplyProblem(phase: SmtpPhase, reply: SmtpReply, server: string): Problem {
  const quoted = { quote: formatReply(reply) };
  if (reply.code === 452) {
    return {
      code: "smtp-server-full",
      what: `The local mail server ${server} has repeatedly refused mail because it lacks space or other resources.`,
      cure: "Free disk space on the mail server.",
      ...quoted,
    };
  }
  if (reply.code === 421) {
    return {
      code: "smtp-closed",
      what: `The local mail server ${server} ended the connection ${WAITING[phase]}.`,
      cure: "Look at the mail server: it may be starting, stopping, or limiting connections from this computer.",
      ...quoted,
    };
  }
  if (reply.code === 500 || reply.code === 502 || reply.code === 503) {
    return {
      code: "smtp-protocol",
      what: `The local mail server ${server} did not accept the MAIL command at all.`,
      cure: "Check that the port on the SMTP tab is that of the mail server, and that no firewall with a mail filter stands in between.",
      ...quoted,
    };
  }
  return {
    code: "smtp-authentication-required",
    what: `The local mail server ${server} wants a login or an encrypted connection before it takes mail.`,
    cure: "Let the server accept mail from this computer's IP address without a login, or set security, user name and password on the SMTP tab.",
    ...quoted,
  };
}

export function tooLargeProblem(octets: number, allowed: number, server: string): Problem {
  return {
    code: "smtp-too-large",
    what: `The message (${octets} octets) is larger than the local mail server ${server} accepts (${allowed} octets); it was not sent.`,
    cure: "Raise the maximum message size at the mail server, and set the maximum size here equal to it.",
  };
}

export function unsendableAddressProblem(address: string): Problem {
  return {
    code: "smtp-unsendable-address",
    what: `The address "${escapeUnprintable(address.slice(0, 200))}" cannot be written into a mail command.`,
    cure: 'Send the message to another address; switch "Allow incorrectly formatted addresses" off.',
  };
}

function quote(reply: SmtpReply | null, code: string | null): { quote?: string } {
  if (reply !== null) return { quote: formatReply(reply) };
  return code === null ? {} : { quote: escapeUnprintable(code) };
}

function reason(code: string | null): string {
  switch (code) {
    case "CERT_HAS_EXPIRED":
      return ": it has expired";
    case "CERT_NOT_YET_VALID":
      return ": it is not valid yet (check this computer's clock)";
    case "DEPTH_ZERO_SELF_SIGNED_CERT":
    case "SELF_SIGNED_CERT_IN_CHAIN":
      return ": it was signed by the server itself";
    case "ERR_TLS_CERT_ALTNAME_INVALID":
      return ": it belongs to another name";
    case "UNABLE_TO_VERIFY_LEAF_SIGNATURE":
    case "UNABLE_TO_GET_ISSUER_CERT":
    case "UNABLE_TO_GET_ISSUER_CERT_LOCALLY":
      return ": its issuer is not known here";
    default:
      return "";
  }
}
