/**
 * `efs serve`: the gateway with its schedule, and the local API for viewers.
 *
 * 1. One line with the address when it is ready. Alerts, those of the start too, go to stderr: a service's journal
 *    has them. Nothing else is said.
 * 2. SIGTERM or SIGINT: no new commands, what is in flight is finished, the data is given back; exit 0.
 */
import { createDispatch } from "../api/commands.ts";
import { hostOf } from "../api/gateway-host.ts";
import { type ApiServer, startApiServer } from "./api-server.ts";
import type { CommandContext } from "./command-context.ts";
import { type ExitCode, exitCode } from "./exit-code.ts";
import { hostFacts } from "./host-facts.ts";
import { openKeyFileSecrets } from "./key-file-secrets.ts";

export interface ServeOptions {
  readonly host: string;
  readonly port: number;
}

export async function runServe(context: CommandContext, options: ServeOptions): Promise<ExitCode> {
  const { dataDirectory, clock, version, output, onFault, signal } = context;
  const secrets = openKeyFileSecrets(dataDirectory);
  const gateway = await context.openGateway({ dataDirectory, secrets, clock, version });
  // What was found while it was opened is told first.
  const unsubscribe = gateway.subscribe((event) => {
    if (event.kind === "alert") output.problem(event.alert.problem);
  });
  const host = hostOf(gateway, hostFacts({ dataDirectory, version }));
  let server: ApiServer | null = null;
  try {
    server = await startApiServer({
      ...options,
      dataDirectory,
      version,
      onFault,
      dispatch: createDispatch({ host, secrets, onFault }),
    });
    gateway.startSchedule();
    if (context.json) output.json({ address: server.address, pid: process.pid, dataDirectory });
    else
      output.line(`EFS Mail Gateway ${version} is running at ${server.address} (data in ${dataDirectory})`);
    await aborted(signal);
  } finally {
    server?.refuse();
    // The gateway first: a check that a viewer waits for ends with its answer.
    try {
      await gateway.close();
    } finally {
      unsubscribe();
      await server?.close();
    }
  }
  return exitCode.done;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
