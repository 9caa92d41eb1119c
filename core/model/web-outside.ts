import { isLoopback } from "../util/loopback.ts";

/** What the pages still need before another computer may reach them. Pure. */
export function missingForOutside(web: {
  readonly host: string;
  readonly password: unknown;
  readonly certificate: string | null;
  readonly key: string | null;
}): readonly ("password" | "certificate" | "key")[] {
  const needed = isLoopback(web.host)
    ? // Half of a key pair is a mistake anywhere.
      web.certificate === null
      ? web.key === null
        ? []
        : (["certificate"] as const)
      : (["key"] as const)
    : (["password", "certificate", "key"] as const);
  return needed.filter((name) => web[name] === null);
}
