/** What the guard against a wrong configuration holds back now (PRODUCT section 5, "Every message failing?"). */
export type GuardSubject =
  /** Mail for one domain, as it is after VdA. */
  | { readonly kind: "domain"; readonly domain: string }
  /** Reports: the postmaster's address alone is refused. */
  | { readonly kind: "postmaster" }
  /** Copies of "BCC all messages to": none are made. */
  | { readonly kind: "bcc-all" }
  /** Mail of one account that is for no domain of ours. */
  | { readonly kind: "account"; readonly accountId: string };

export interface GuardHold {
  readonly subject: GuardSubject;
  /** ms since 1970 */
  readonly since: number;
  /** When the server is asked again; null: the next message of the account decides. */
  readonly nextTryAt: number | null;
}
