/** Whether what was tested is still what stands in the form. Pure. */
export interface ConnectionSettings {
  readonly host: string;
  readonly port: unknown;
  readonly security: string;
  readonly acceptedCertificate: string | null;
  readonly username: string | null;
  /** Typed, the mark of a stored one, or none. */
  readonly password: unknown;
}

const COMPARED = ["host", "port", "security", "acceptedCertificate", "username"] as const;

export function isSameConnection(tested: ConnectionSettings, now: ConnectionSettings): boolean {
  if (COMPARED.some((name) => tested[name] !== now[name])) return false;
  // A typed password that is not there any more has been saved: it is the stored one.
  if (typeof tested.password === "string" && isStored(now.password)) return true;
  return tested.password === now.password || (isStored(tested.password) && isStored(now.password));
}

function isStored(password: unknown): boolean {
  return typeof password === "object" && password !== null;
}
