/** What is said about an encrypted connection and its certificate. */
import type { TlsFacts } from "../model/tls-facts.ts";
import type { Checklist, Finding } from "./checklist.ts";

const DAY = 86_400_000;
/** A certificate that ends sooner should have been renewed. */
const SOON = 14 * DAY;

/** The handshake was made and the certificate accepted, in one way or another. */
export function reportEncryption(
  list: Checklist,
  facts: TlsFacts,
  { opportunistic, now, place }: { opportunistic: boolean; now: number; place: string },
): void {
  const trust = facts.verified
    ? "verified"
    : opportunistic
      ? "not verified, as the setting says"
      : "accepted by its fingerprint, as the settings say";
  const cause = `Encrypted with ${facts.protocol} (${facts.cipher}); ${describeCertificate(facts)}, ${trust}.`;
  const left = facts.validUntil === null ? Number.POSITIVE_INFINITY : facts.validUntil - now;
  if (facts.verified && left < SOON) {
    const days = Math.max(0, Math.floor(left / DAY));
    list.warn("encryption", {
      cause: `${cause} It ends in ${days} ${days === 1 ? "day" : "days"}.`,
      cure: "Let whoever runs that server renew its certificate: after that day it is not trusted any more.",
      place,
    });
    return;
  }
  list.pass("encryption", { cause, place });
}

/** Adds to a failure what the server showed: its fingerprint is needed to accept it. */
export function withFacts(finding: Finding, facts: TlsFacts | null): Finding {
  return facts === null
    ? finding
    : { ...finding, cause: `${finding.cause} It showed the ${describeCertificate(facts)}.` };
}

export function describeCertificate(facts: TlsFacts): string {
  if (facts.fingerprint === null) return "no certificate";
  const until = facts.validUntil === null ? "" : `, valid until ${day(facts.validUntil)}`;
  return `certificate of "${facts.subject}", issued by "${facts.issuer}"${until}, SHA-256 ${facts.fingerprint}`;
}

function day(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
