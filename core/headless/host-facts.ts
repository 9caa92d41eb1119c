import { hostname } from "node:os";
import { join } from "node:path";
import type { HostFacts } from "../model/gateway-host.ts";

/** What viewers are told of this host. */
export function hostFacts({
  dataDirectory,
  version,
}: {
  readonly dataDirectory: string;
  readonly version: string;
}): HostFacts {
  return {
    version,
    host: "headless",
    dataDirectory,
    mailFolder: join(dataDirectory, "mail"),
    hostName: hostname(),
  };
}
