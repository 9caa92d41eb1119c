/** The pages' own scheme. Pure. */
export const APP_SCHEME = "app";
export const APP_ORIGIN = `${APP_SCHEME}://efs`;

export function pageAddress(path: string): string {
  return `${APP_ORIGIN}${path}`;
}

export function isOurPage(address: string): boolean {
  const url = URL.parse(address);
  return url !== null && url.protocol === `${APP_SCHEME}:` && url.host === "efs";
}

/** What the system's browser may be asked to open. */
export function isExternalLink(address: string): boolean {
  const url = URL.parse(address);
  return url !== null && url.protocol === "https:" && url.username === "" && url.password === "";
}
