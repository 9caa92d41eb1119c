/** Usual ports by security. Pure. */
export type UsualPorts = Readonly<Record<string, number>>;

export const POP3_PORTS: UsualPorts = { none: 110, starttls: 110, tls: 995 };
export const SMTP_PORTS: UsualPorts = { none: 25, opportunistic: 25, starttls: 25, tls: 465 };

/** The port follows the security while it is the usual one; one that somebody chose stays. */
export function portFor(usual: UsualPorts, port: unknown, from: string, to: string): unknown {
  return port === usual[from] ? (usual[to] ?? port) : port;
}
