/** What a TLS handshake showed, for people who have to judge it. Text is the other side's, escaped. */
export interface TlsFacts {
  /** `TLSv1.3` */
  readonly protocol: string;
  readonly cipher: string;
  /** Whom the certificate names; "" when none was shown. */
  readonly subject: string;
  readonly issuer: string;
  /** ms since 1970; null where the certificate has no date that can be read. */
  readonly validUntil: number | null;
  /** SHA-256, lower-case hex; null: no certificate was shown. */
  readonly fingerprint: string | null;
  /** Chain, dates and host name are right. */
  readonly verified: boolean;
}
