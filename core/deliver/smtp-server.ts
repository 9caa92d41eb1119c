import type { Secrets } from "../model/ports.ts";
import type { SmtpServerSettings } from "../model/settings.ts";

/** A server to deliver to, with its password opened. */
export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  readonly security: SmtpServerSettings["security"];
  /** SHA-256, lower-case hex: accepted although it does not verify. */
  readonly acceptedCertificate: string | null;
  readonly username: string | null;
  /** null: none, or one that cannot be opened here; with a user name no connection is then tried. */
  readonly password: string | null;
  /** What we call ourselves in EHLO. */
  readonly helo: string;
}

/** The settings' server; a sealed password is opened. */
export function smtpServer(
  settings: SmtpServerSettings,
  helo: string,
  secrets: Pick<Secrets, "open">,
): SmtpServer {
  const { password } = settings;
  return {
    host: settings.host,
    port: settings.port,
    security: settings.security,
    acceptedCertificate: settings.acceptedCertificate,
    username: settings.username === "" ? null : settings.username,
    password: password === null || typeof password === "string" ? password : secrets.open(password),
    helo,
  };
}

/** `mail.office.lan:25`, as problems name it. */
export function serverName(server: Pick<SmtpServer, "host" | "port">): string {
  return server.host.includes(":") ? `[${server.host}]:${server.port}` : `${server.host}:${server.port}`;
}
