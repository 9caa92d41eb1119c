import type { PeerCertificate, TLSSocket } from "node:tls";
import { escapeUnprintable } from "../model/reply.ts";
import type { TlsFacts } from "../model/tls-facts.ts";

const NAME_LENGTH = 200;

/** After `secureConnect`. */
export function readTlsFacts(socket: TLSSocket): TlsFacts {
  // An empty object where no certificate was shown.
  const shown: Partial<PeerCertificate> = socket.getPeerCertificate();
  const until = Date.parse(shown.valid_to ?? "");
  return {
    protocol: socket.getProtocol() ?? "TLS",
    cipher: socket.getCipher().standardName,
    subject: nameOf(shown.subject),
    issuer: nameOf(shown.issuer),
    validUntil: Number.isNaN(until) ? null : until,
    fingerprint: shown.fingerprint256?.replaceAll(":", "").toLowerCase() ?? null,
    verified: socket.authorized,
  };
}

function nameOf(entity: Partial<PeerCertificate["subject"]> | undefined): string {
  const found: unknown = entity?.CN ?? entity?.O ?? "";
  // A name that is there several times is a list.
  const text = Array.isArray(found) ? String(found[0]) : String(found);
  return escapeUnprintable(text).slice(0, NAME_LENGTH);
}
