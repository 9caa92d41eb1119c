/** The cookie of a session. Pure. */
import { IDLE_DAYS } from "./web-sessions.ts";

export interface SessionCookie {
  readonly name: string;
  /** For `Set-Cookie`. */
  value(secret: string, maxAgeSeconds?: number): string;
}

/** Cookies do not know ports: two gateways on one computer would take each other's. */
export function sessionCookie(port: number, encrypted: boolean): SessionCookie {
  const name = `${encrypted ? "__Host-" : ""}efs-session-${port}`;
  const attributes = ["Path=/", "HttpOnly", "SameSite=Strict", ...(encrypted ? ["Secure"] : [])];
  return {
    name,
    value: (secret, maxAge = IDLE_DAYS * 86_400) =>
      [`${name}=${secret}`, `Max-Age=${maxAge}`, ...attributes].join("; "),
  };
}

export function clearedCookie(cookie: SessionCookie): string {
  return cookie.value("", 0);
}

/** All of that name: another program on this computer may have set one too. */
export function readCookies(header: string | undefined, name: string): readonly string[] {
  return (header ?? "")
    .split(";")
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1))
    .filter((secret) => /^[\w-]{20,100}$/.test(secret))
    .slice(0, 5);
}
