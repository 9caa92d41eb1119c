import { expect, test } from "vitest";
import type { TlsFacts } from "../../../../core/model/tls-facts.ts";
import { certificateTrust, shownFingerprint } from "../../../../renderer/tabs/servers/certificate.ts";

const tls: TlsFacts = {
  protocol: "TLSv1.3",
  cipher: "TLS_AES_256_GCM_SHA384",
  subject: "pop.example.net",
  issuer: "pop.example.net",
  validUntil: null,
  fingerprint: "ab01".repeat(16),
  verified: false,
};

test.each([
  ["none", null, null],
  ["none", { ...tls, fingerprint: null }, null],
  ["verified", { ...tls, verified: true }, null],
  ["verified", { ...tls, verified: true }, tls.fingerprint],
  ["untrusted", tls, null],
  ["untrusted", tls, "cd".repeat(32)],
  ["accepted", tls, tls.fingerprint],
] as const)("%s", (trust, facts, accepted) => {
  expect(certificateTrust(facts, accepted)).toBe(trust);
});

test("a fingerprint is shown as other programs show it", () => {
  expect(shownFingerprint("ab01ff")).toBe("AB:01:FF");
});
