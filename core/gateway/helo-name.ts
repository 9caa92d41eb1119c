import type { Settings } from "../model/settings.ts";

/** What we call ourselves in EHLO. RFC 5321 4.1.1.1 wants a domain; computers have names that are none. */
export function heloName({ smtp }: Pick<Settings, "smtp">, hostName: string): string {
  if (smtp.helo !== null) return smtp.helo;
  const name = hostName
    .toLowerCase()
    .replace(/[^a-z0-9.-]/g, "-")
    .replace(/^[-.]+|[-.]+$/g, "");
  return name === "" ? "localhost" : name;
}
