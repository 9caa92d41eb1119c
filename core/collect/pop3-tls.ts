/**
 * Encryption of a POP3 connection, from the first octet or after STLS (RFC 2595 4, RFC 8314 3).
 *
 * 1. A certificate is accepted when it is verified (chain, dates, host name), or when its SHA-256 fingerprint is
 *    the one the account has accepted. There is no other way round.
 * 2. Nothing is sent or read before that was decided.
 */
import { isIP, type Socket } from "node:net";
import { connect, type TLSSocket } from "node:tls";
import { certificateUntrusted, type Pop3Error, type Pop3Place, tlsFailed } from "./pop3-problem.ts";

/** Starts the handshake on a connected socket; the caller listens for `secureConnect` and errors. */
export function startTls(socket: Socket, host: string): TLSSocket {
  return connect({
    socket,
    host,
    // RFC 6066 3: no IP addresses here; the address itself is still compared with the certificate.
    servername: isIP(host) === 0 ? host : "",
    // The verdict is judged in `judgeCertificate`, which can name the fingerprint.
    rejectUnauthorized: false,
  });
}

/** After `secureConnect`. null: go on. */
export function judgeCertificate(
  socket: TLSSocket,
  acceptedCertificate: string | null,
  place: Pop3Place,
): Pop3Error | null {
  if (socket.authorized) return null;
  const fingerprint = shownFingerprint(socket);
  if (fingerprint === null) return tlsFailed(place, "no certificate was shown");
  if (acceptedCertificate !== null && fingerprint === acceptedCertificate.replaceAll(":", "").toLowerCase())
    return null;
  const reason = socket.authorizationError as Error | string | null;
  const text = reason instanceof Error ? reason.message : (reason ?? "not verified");
  return certificateUntrusted(place, fingerprint, text, acceptedCertificate !== null);
}

/** SHA-256, lower-case hex, of the certificate that the server showed. */
export function shownFingerprint(socket: TLSSocket): string | null {
  const fingerprint = socket.getPeerX509Certificate()?.fingerprint256;
  return fingerprint === undefined ? null : fingerprint.replaceAll(":", "").toLowerCase();
}
