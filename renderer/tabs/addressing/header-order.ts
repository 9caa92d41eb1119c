/** The order in which headers are looked at, as the page explains it. A test holds it to the gateway's. Pure. */
export const BUILT_IN_HEADERS = [
  { name: "X-Original-To", text: "xOriginalTo" },
  { name: "Envelope-To", text: "envelopeTo" },
  { name: "X-Envelope-To", text: "xEnvelopeTo" },
  { name: "X-RCPT-TO", text: "xRcptTo" },
  { name: "X-Delivered-To", text: "xDeliveredTo" },
  { name: "Delivered-To", text: "deliveredTo" },
] as const;

/** The ticks "ignore", in the order of the steps. */
export const IGNORABLE = ["received-for", "to", "cc", "bcc", "resent"] as const;

export type Ignorable = (typeof IGNORABLE)[number];

/** Why a name cannot be a custom header, or null. `Received` is no list of addresses: it has a step of its own. */
export function headerNameFault(
  name: string,
  others: readonly string[],
): "empty" | "invalid" | "received" | "twice" | null {
  if (name === "") return "empty";
  if (!/^[\x21-\x39\x3b-\x7e]{1,78}$/.test(name)) return "invalid";
  const lower = name.toLowerCase();
  if (lower === "received") return "received";
  if (others.some((other) => other.toLowerCase() === lower)) return "twice";
  return null;
}

/** `list` with the entry at `from` moved to `to`. */
export function moved<T>(list: readonly T[], from: number, to: number): readonly T[] {
  const rest = list.filter((_, index) => index !== from);
  const [entry] = list.slice(from, from + 1);
  return entry === undefined || to < 0 || to >= list.length ? list : rest.toSpliced(to, 0, entry);
}
