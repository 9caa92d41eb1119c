import { isLoopback } from "../util/loopback.ts";

/** What the pages still need before other computers may reach them; half of a key pair is a mistake anywhere. Pure. */
export function missingForOutside(web: {
  readonly host: string;
  readonly password: unknown;
  readonly certificate: string | null;
  readonly key: string | null;
}): readonly ("password" | "certificate" | "key")[] {
  if (!isLoopback(web.host)) return (["password", "certificate", "key"] as const).filter(isMissing);
  if (web.certificate === null && web.key === null) return [];
  return (["certificate", "key"] as const).filter(isMissing);

  function isMissing(name: "password" | "certificate" | "key"): boolean {
    return web[name] === null;
  }
}
