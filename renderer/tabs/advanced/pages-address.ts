/** Where the pages are once these settings are in force. Pure. */
import type { WebSettings } from "../../../core/model/settings.ts";

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

/** As the gateway judges it: nobody outside this computer reaches such an address. */
export function isOnlyHere(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(?:\.\d{1,3}){3}$/.test(host);
}
