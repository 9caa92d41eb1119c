import type { Problem } from "../model/problem.ts";
import { escapeUnprintable } from "../model/reply.ts";
import type { missingForOutside } from "../model/web-outside.ts";
import { errorCode } from "../util/file-system.ts";
import { hostInUrl } from "../util/loopback.ts";

export function tooOften(seconds: number): Problem {
  return {
    code: "too-many-tries",
    what: "There were too many wrong tries from this address.",
    cure: `Wait ${seconds} seconds, then try again.`,
  };
}

export function signInNeeded(): Problem {
  return {
    code: "sign-in-needed",
    what: "You are not signed in here (any more).",
    cure: "Load the page again; it says how to sign in.",
  };
}

export function stoppingProblem(): Problem {
  return { code: "owner-stopping", what: "The gateway is just stopping.", cure: "Try again in a moment." };
}

const MISSING: Readonly<Record<ReturnType<typeof missingForOutside>[number], string>> = {
  password: "a password (efs web-password)",
  certificate: "a certificate (web.certificate, a PEM file)",
  key: "the certificate's key (web.key, a PEM file)",
};

function listed(missing: ReturnType<typeof missingForOutside>): string {
  const words = missing.map((name) => MISSING[name]);
  return [words.slice(0, -1).join(", "), ...words.slice(-1)].filter((part) => part !== "").join(" and ");
}

export function notForOutside(host: string, missing: ReturnType<typeof missingForOutside>): Problem {
  return {
    code: "usage-host",
    what: `The gateway does not listen on ${escapeUnprintable(host)}, where other computers can reach it: the settings lack ${listed(missing)}.`,
    cure: "Add what is missing to the settings, or use --host 127.0.0.1 for this computer only.",
  };
}

export function halfKeyPair(missing: ReturnType<typeof missingForOutside>): Problem {
  return {
    code: "settings-web",
    what: `The pages cannot be encrypted: the settings lack ${listed(missing)}.`,
    cure: "Give both, the certificate and its key, or neither.",
  };
}

export function badCertificate(certificate: string, key: string, error: unknown): Problem {
  return {
    code: "settings-web-certificate",
    what: `The certificate ${escapeUnprintable(certificate)} with the key ${escapeUnprintable(key)} cannot be used.`,
    cure: "Give a certificate and the key that belongs to it, both as PEM files, the key without a password.",
    quote: words(error),
  };
}

export function listenProblem(host: string, port: number, error: unknown): Problem {
  const inUse = errorCode(error) === "EADDRINUSE";
  const notHere = errorCode(error) === "EADDRNOTAVAIL";
  const why = inUse ? ": another program does" : notHere ? ": this computer has no such address" : "";
  return {
    code: inUse ? "port-in-use" : "api-failed",
    what: `The gateway cannot listen on ${hostInUrl(host)}:${port}${why}.`,
    cure: notHere
      ? "Choose an address of this computer with --host, or 127.0.0.1."
      : "Choose another port with --port, or 0 for any that is free.",
    ...(inUse || notHere ? {} : { quote: words(error) }),
  };
}

function words(error: unknown): string {
  return escapeUnprintable(error instanceof Error ? error.message : String(error));
}
