/** What browsers are told on every answer. Pure. */
const NOTHING = ["default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"];

export const commonHeaders: Readonly<Record<string, string>> = {
  "content-security-policy": [...NOTHING, "form-action 'none'"].join("; "),
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy":
    "camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=(), clipboard-read=(), clipboard-write=(self)",
  "cache-control": "no-store",
};

/**
 * Of the pages. Mantine puts style elements into the page (they carry the nonce) and style attributes on its parts. The
 * frame is the preview of a message, `srcdoc` and sandboxed; it inherits all this, so that nothing remote is loaded.
 */
export function pagePolicy(nonce: string): string {
  return [
    ...NOTHING,
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "frame-src 'self'",
    "form-action 'self'",
  ].join("; ");
}

/** Of our own small pages, which have no script. */
export function plainPagePolicy(nonce: string): string {
  return [...NOTHING, `style-src 'nonce-${nonce}'`, "form-action 'self'"].join("; ");
}
