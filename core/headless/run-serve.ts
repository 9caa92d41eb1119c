/**
 * `efs serve`: the gateway with its schedule, and the local API for viewers. Without settings it is the set-up that runs,
 * until somebody has finished it in the pages.
 *
 * 1. One line when it is ready, with an address that signs in once. Alerts, those of the start too, go to stderr: a
 *    service's journal has them. Nothing else is said.
 * 2. SIGTERM or SIGINT: no new commands, what is in flight is finished, the data is given back; exit 0.
 */
import { createDispatch } from "../api/commands.ts";
import { openGatewayHost } from "../api/gateway-host.ts";
import { createStreams } from "../api/streams.ts";
import type { HostedGateway } from "../model/gateway-host.ts";
import { type WebSettings, webSchema } from "../model/settings.ts";
import { type ApiServer, startApiServer } from "./api-server.ts";
import type { CommandContext } from "./command-context.ts";
import { type ExitCode, exitCode } from "./exit-code.ts";
import { hostFacts } from "./host-facts.ts";

/** Left out: as the settings say. */
export interface ServeOptions {
  readonly host?: string;
  readonly port?: number;
}

export async function runServe(context: CommandContext, options: ServeOptions): Promise<ExitCode> {
  const { dataDirectory, clock, version, output, onFault, signal } = context;
  const secrets = context.openSecrets(dataDirectory);
  const host = await openGatewayHost({
    openGateway: context.openGateway,
    openSetUp: context.openSetUp,
    options: { dataDirectory, secrets, clock, version, secondThread: true },
    facts: hostFacts({ dataDirectory, version }),
  });
  // What was found while it was opened is told first.
  const unsubscribe = host.subscribe((event) => {
    if (event.kind === "alert") output.problem(event.alert.problem);
  });
  const streams = createStreams({ clock });
  streams.follow(host);
  let server: ApiServer | null = null;
  try {
    server = await startApiServer({
      ...options,
      dataDirectory,
      version,
      clock,
      streams,
      web: () => webOf(host.current()),
      onFault,
      dispatch: createDispatch({ host, secrets, onFault }),
    });
    host.startSchedule();
    const state = host.current().kind;
    const open = server.issueAddress();
    if (context.json) output.json({ address: server.address, open, pid: process.pid, dataDirectory, state });
    else output.line(`EFS Mail Gateway ${version} is running at ${open} (data in ${dataDirectory})`);
    if (state === "set-up")
      output.note("There are no settings yet: open the address in a browser, or efs import FILE.");
    await aborted(signal);
  } finally {
    await server?.refuse();
    // The gateway first: a check that a viewer waits for ends with its answer.
    try {
      await host.close();
    } finally {
      unsubscribe();
      await server?.close();
    }
  }
  return exitCode.done;
}

function webOf(held: HostedGateway): WebSettings {
  return held.kind === "ready" ? held.gateway.settings().web : webSchema.parse({});
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
