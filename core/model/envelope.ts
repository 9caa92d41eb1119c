/** Why a message got a recipient, or did not. One line of "Why these recipients" (PRODUCT section 4). */
export interface TrailStep {
  /** The address as found, before this step. */
  readonly address: string;
  /** Header name and its line among the header's fields (0 = topmost), or null when no header was involved. */
  readonly header: string | null;
  readonly headerIndex: number | null;
  readonly verdict: "kept" | "mapped" | "dropped";
  /** For `mapped`: what it became. */
  readonly to?: readonly string[];
  /** Which rule: a closed list, so that pages can translate it. */
  readonly rule: TrailRule;
}

export type TrailRule =
  | "envelope-header"
  | "received-for"
  | "address-header"
  | "single-mailbox"
  | "foreign-domain"
  | "untrusted-header"
  | "mailbox-own-address"
  | "ignored-header"
  | "later-step-not-needed"
  | "alias"
  | "alias-ignore"
  | "virtual-domain"
  | "unknown-user"
  | "tag-stripped"
  | "repeated-recipient"
  | "duplicate-message"
  | "bcc-all"
  | "no-recipient"
  | "by-hand"
  | "unreadable-address";

export interface ResolvedRecipient {
  /** What goes into RCPT TO. */
  readonly address: string;
  /**
   * `addressed`: the mail was for them. `bcc-all`: the copy of "BCC all messages to".
   * `postmaster`: the no-recipient (or unknown-user) rule.
   */
  readonly role: "addressed" | "bcc-all" | "postmaster";
  /** Whether an equal message for the same recipient is a duplicate (not for envelope headers and `for`). */
  readonly duplicatesChecked: boolean;
}

/**
 * Who a message is for. `kind` says what the resolver found; only `addressed` and `postmaster` are delivered.
 * `no-recipient` and `unknown-user` already follow the settings: recipients is empty when Junk is the rule.
 */
export interface Resolution {
  readonly kind: "addressed" | "no-recipient" | "unknown-user" | "ignored-by-alias";
  /** Envelope sender; "" is the null sender. */
  readonly sender: string;
  readonly recipients: readonly ResolvedRecipient[];
  readonly trail: readonly TrailStep[];
}
