/** The mask for secrets in transcript, problems and history. */
const STARS = "•••";

/** A command of the login: the mechanism stays, whatever follows goes (RFC 4954 4). */
export function maskCommand(line: string): string {
  const verb = /^(?:AUTH +[A-Za-z0-9_-]+|QUIT|RSET)/i.exec(line)?.[0];
  if (verb === undefined) return STARS;
  return verb.length === line.length ? line : `${verb} ${STARS}`;
}

/** Hides a password where a server's text repeats it, in clear or in base64. */
export class SecretMask {
  readonly #secrets: string[] = [];

  hide(username: string, password: string): void {
    const base64 = (text: string): string => Buffer.from(text, "utf8").toString("base64");
    this.#secrets.push(base64(`\0${username}\0${password}`));
    // Shorter ones would blot out ordinary words.
    if (password.length >= 4) this.#secrets.push(password, base64(password));
  }

  apply(text: string): string {
    return this.#secrets.reduce((masked, secret) => masked.replaceAll(secret, STARS), text);
  }
}
