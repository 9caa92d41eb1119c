/**
 * What is refused before anything else is looked at. Pure.
 *
 * 1. A Host that is no name of ours: a page that lets its own name point at this computer (DNS rebinding) gets nothing.
 * 2. An Origin that is not the address itself: no other page, and no other program's page on another port.
 */
import { isIP } from "node:net";
import type { Problem } from "../model/problem.ts";
import { hostInUrl } from "../util/loopback.ts";

export interface Refusal {
  readonly status: number;
  readonly problem: Problem;
}

export interface GuardedRequest {
  readonly host: string | undefined;
  readonly origin: string | undefined;
  readonly encrypted: boolean;
  /** Our end of the connection. */
  readonly localAddress: string;
  readonly localPort: number;
}

export function refuseRequest(request: GuardedRequest, names: readonly string[]): Refusal | null {
  const { origin, encrypted } = request;
  const host = request.host?.toLowerCase();
  if (host === undefined || !ownHosts(request, names).includes(host)) {
    return { status: 421, problem: denied("The request was for another host.") };
  }
  if (origin !== undefined && origin.toLowerCase() !== `${encrypted ? "https" : "http"}://${host}`) {
    return { status: 403, problem: denied("The request came from a page of another origin.") };
  }
  return null;
}

/** As they stand in a Host header; the scheme's own port is left out there. */
function ownHosts({ localAddress, localPort, encrypted }: GuardedRequest, names: readonly string[]) {
  // The address that was really reached cannot be another's name. IPv4 may be shown in its IPv6 form.
  const address = localAddress.replace(/^::ffff:(?=\d+\.)/, "");
  const hosts = [...names, ...(isIP(address) === 0 ? [] : [address])].map((name) =>
    hostInUrl(name.toLowerCase()),
  );
  const withPort = hosts.map((host) => `${host}:${localPort}`);
  return localPort === (encrypted ? 443 : 80) ? [...withPort, ...hosts] : withPort;
}

export function denied(what: string): Problem {
  return { code: "request-denied", what, cure: "Use a viewer of the same version, on this computer." };
}
