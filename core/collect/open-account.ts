import type { Clock, Tap } from "../model/ports.ts";
import type { CollectorAccount } from "./collector.ts";
import { Pop3Client } from "./pop3-client.ts";

export interface OpenAccountOptions {
  readonly clock: Clock;
  readonly tap?: Tap;
  readonly signal?: AbortSignal;
}

/** A connection to an account's server as its settings say, up to the greeting. Rejects with `Pop3Error`. */
export function openAccount(account: CollectorAccount, options: OpenAccountOptions): Promise<Pop3Client> {
  const { acceptedCertificate, host, id, name, port, security, timeoutSeconds } = account;
  const { clock, signal, tap } = options;
  return Pop3Client.open({
    accountId: id,
    accountName: name,
    host,
    port,
    security,
    timeoutSeconds,
    acceptedCertificate,
    clock,
    ...(tap === undefined ? {} : { tap }),
    ...(signal === undefined ? {} : { signal }),
  });
}
