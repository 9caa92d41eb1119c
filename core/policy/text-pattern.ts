/**
 * Patterns as administrators write them, compared without case. Time is linear in the text for each pattern:
 * no regular expression is made of what somebody typed.
 */

/** `*` stands for any number of characters; the pattern covers the whole text. */
export function matchesWildcard(pattern: string, text: string): boolean {
  const parts = pattern.toLowerCase().split("*");
  const lower = text.toLowerCase();
  const first = parts[0] ?? "";
  if (parts.length === 1) return lower === first;
  const last = parts.at(-1) ?? "";
  if (!lower.startsWith(first) || !lower.endsWith(last) || lower.length < first.length + last.length)
    return false;
  const end = lower.length - last.length;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = lower.indexOf(part, at);
    if (found < 0 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}

export interface PatternList {
  /** The pattern that matches, as it was written; null: none. */
  find(text: string): string | null;
}

/** `anna@example.com`; `@example.com` or `example.com`: everybody there; `*` anywhere. */
export function addressPatterns(patterns: readonly string[]): PatternList {
  const exact = new Map<string, string>();
  const wildcards: string[] = [];
  for (const pattern of patterns) {
    const key = pattern.trim().toLowerCase();
    if (key === "") continue;
    if (key.includes("*")) wildcards.push(key);
    else exact.set(key.includes("@") ? key : `@${key}`, pattern);
  }
  return {
    find(address) {
      const key = address.toLowerCase();
      const domain = key.slice(Math.max(key.lastIndexOf("@"), 0));
      return (
        exact.get(key) ??
        (domain.startsWith("@") ? exact.get(domain) : undefined) ??
        wildcards.find((pattern) => matchesWildcard(pattern, key)) ??
        null
      );
    },
  };
}

/** Plain text: anywhere in the text. With `*`: the whole text. */
export function textPatterns(patterns: readonly string[]): PatternList {
  const list = patterns.map((pattern) => pattern.trim().toLowerCase()).filter((pattern) => pattern !== "");
  return {
    find(text) {
      const lower = text.toLowerCase();
      const matches = (pattern: string): boolean =>
        pattern.includes("*") ? matchesWildcard(pattern, lower) : lower.includes(pattern);
      return list.find(matches) ?? null;
    },
  };
}
