/** Where the pages are once these settings are in force. Pure. */
import type { WebSettings } from "../../../core/model/settings.ts";
import { missingForOutside } from "../../../core/model/web-outside.ts";

const WILDCARDS = new Set(["0.0.0.0", "::"]);

export function pagesAddress({
  host,
  port,
  names,
  certificate,
}: Pick<WebSettings, "host" | "port" | "names" | "certificate">): string {
  const everywhere = WILDCARDS.has(host);
  const name = isOnlyHere(host) ? host : (names[0] ?? (everywhere ? "..." : host));
  return `${certificate === null ? "http" : "https"}://${name.includes(":") ? `[${name}]` : name}:${port}/`;
}

/** Nobody outside this computer reaches such an address: it needs nothing to be safe. */
export function isOnlyHere(host: string): boolean {
  return missingForOutside({ host, password: null, certificate: null, key: null }).length === 0;
}
