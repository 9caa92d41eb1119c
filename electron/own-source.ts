/** This app's own gateway, or the set-up as long as there are no settings. */
import { hostname } from "node:os";
import { join } from "node:path";
import { createCall, createDispatch } from "../core/api/commands.ts";
import { openGatewayHost } from "../core/api/gateway-host.ts";
import { createStreams } from "../core/api/streams.ts";
import { createViewerSession } from "../core/api/viewer-session.ts";
import { openGateway } from "../core/gateway.ts";
import type { Clock, Secrets } from "../core/model/ports.ts";
import { openSetUp } from "../core/set-up.ts";
import type { GatewaySource } from "./gateway-source.ts";

export interface OwnSourceOptions {
  readonly dataDirectory: string;
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly version: string;
  readonly onFault: (error: unknown, doing: string) => void;
}

/** Rejects with ProblemError. The schedule runs when it resolves. */
export async function openOwnSource(options: OwnSourceOptions): Promise<GatewaySource> {
  const { dataDirectory, secrets, clock, version, onFault } = options;
  const host = await openGatewayHost({
    openGateway,
    openSetUp,
    options: { dataDirectory, secrets, clock, version, secondThread: true },
    facts: {
      version,
      host: "desktop",
      dataDirectory,
      mailFolder: join(dataDirectory, "mail"),
      hostName: hostname(),
    },
  });
  const streams = createStreams({ clock });
  streams.follow(host);
  const dispatch = createDispatch({ host, secrets, onFault });
  host.startSchedule();
  return {
    kind: "own",
    dataDirectory,
    call: createCall({ host, secrets, onFault }),
    listen: (listener) =>
      host.subscribe((event) => {
        if (event.kind !== "transcript") listener(event);
      }),
    openViewer: (port) => createViewerSession({ dispatch, streams, clock, ...port }),
    connection: { current: () => "open", onChange: () => () => undefined },
    close: () => host.close(),
  };
}
