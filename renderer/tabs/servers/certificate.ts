/** Of a certificate that was shown: whether somebody has to judge it, and its fingerprint for reading. Pure. */
import type { TlsFacts } from "../../../core/model/tls-facts.ts";

/** `accepted`: not trusted by itself, but it is the one that was accepted. */
export type CertificateTrust = "none" | "verified" | "accepted" | "untrusted";

export function certificateTrust(tls: TlsFacts | null, accepted: string | null): CertificateTrust {
  if (tls === null || tls.fingerprint === null) return "none";
  if (accepted === tls.fingerprint) return tls.verified ? "verified" : "accepted";
  return tls.verified ? "verified" : "untrusted";
}

/** `AB:CD:...`, as other programs show it. */
export function shownFingerprint(fingerprint: string): string {
  return (fingerprint.match(/../g) ?? []).join(":").toUpperCase();
}
