/** What POP3's status lines and capability lists say (RFC 1939, 2449, 3206). Pure. */

export type StatusLine =
  | { readonly kind: "ok"; readonly text: string }
  | { readonly kind: "error"; readonly text: string; readonly responseCode: string | null }
  /** `+ ...`: the server wants more (RFC 5034). */
  | { readonly kind: "continue"; readonly text: string }
  | { readonly kind: "odd" };

/** `line` without its line end. Case is ignored, as servers write `+Ok` too. */
export function parseStatusLine(line: string): StatusLine {
  const ok = /^\+OK(?:[ \t]+(.*))?$/is.exec(line);
  if (ok !== null) return { kind: "ok", text: (ok[1] ?? "").trimEnd() };
  const error = /^-ERR(?:[ \t]+(.*))?$/is.exec(line);
  if (error !== null) {
    const text = (error[1] ?? "").trimEnd();
    const code = /^\[([A-Za-z0-9/.-]{1,64})\]/.exec(text)?.[1] ?? null;
    return { kind: "error", text, responseCode: code === null ? null : code.toUpperCase() };
  }
  const more = /^\+(?: (.*))?$/s.exec(line);
  return more === null ? { kind: "odd" } : { kind: "continue", text: more[1] ?? "" };
}

/** The time stamp of a greeting (RFC 1939 7), with its brackets; null: the server has no APOP. */
export function apopTimestamp(greeting: string): string | null {
  return /<[\x21-\x3b\x3d\x3f\x41-\x7e]+@[\x21-\x3b\x3d\x3f-\x7e]*>/.exec(greeting)?.[0] ?? null;
}

export interface Pop3Capabilities {
  /** Upper-case tag -> its arguments, as announced. */
  readonly tags: ReadonlyMap<string, readonly string[]>;
  readonly pipelining: boolean;
  readonly starttls: boolean;
  readonly uidl: boolean;
  readonly top: boolean;
  /** The USER tag: USER and PASS are possible here. */
  readonly user: boolean;
}

export function parseCapabilities(lines: readonly string[]): Pop3Capabilities {
  const tags = new Map<string, readonly string[]>();
  for (const line of lines) {
    const [tag, ...rest] = line.trim().split(/\s+/);
    if (tag !== undefined && tag !== "") tags.set(tag.toUpperCase(), rest);
  }
  return {
    tags,
    pipelining: tags.has("PIPELINING"),
    starttls: tags.has("STLS"),
    uidl: tags.has("UIDL"),
    top: tags.has("TOP"),
    user: tags.has("USER"),
  };
}

export interface MailboxStatus {
  readonly messages: number;
  /** Octets of all messages, as the server counts. */
  readonly octets: number;
}

/** STAT's `2 320`; null when it is something else. */
export function parseMailboxStatus(text: string): MailboxStatus | null {
  const found = /^(\d{1,15})[ \t]+(\d{1,15})(?:[ \t]|$)/.exec(text);
  return found === null ? null : { messages: Number(found[1]), octets: Number(found[2]) };
}
