/** Where a setting is edited: `accounts[0].host` is on the page POP3. Pure. */
const PAGES: Readonly<Record<string, string>> = {
  accounts: "/pop3",
  antivirus: "/pop3",
  smtp: "/smtp",
  postmaster: "/smtp",
  retry: "/smtp",
  domains: "/domains",
  headers: "/headers",
  allowMalformed: "/headers",
  noRecipient: "/domains",
  duplicates: "/control",
  aliases: "/aliases",
  users: "/users",
  schedule: "/schedule",
  alerts: "/schedule",
  control: "/control",
  backup: "/control",
  preCheck: "/pre-post-check",
  postCheck: "/pre-post-check",
  retention: "/advanced",
  log: "/advanced",
  web: "/advanced",
};

/** null: no page has it. */
export function pageOfSetting(place: string): string | null {
  return PAGES[place.split(/[.[]/)[0] ?? ""] ?? null;
}
