/**
 * Gives a command the gateway: that of the process which owns the data, or one of its own.
 *
 * 1. An owner that answers is asked; nothing is taken over from it.
 * 2. Without one this process becomes the owner for as long as the command runs.
 * 3. An owner that cannot be asked (`efs check` is at work, `efs serve` is just starting or ending) is waited
 *    for two seconds; then ProblemError `data-directory-in-use`.
 */
import { createCall } from "../api/commands.ts";
import type { Call } from "../api/contract.ts";
import { hostOf } from "../api/gateway-host.ts";
import type { Gateway } from "../model/gateway.ts";
import type { Clock } from "../model/ports.ts";
import { ProblemError } from "../model/problem.ts";
import { connectOwner } from "./api-client.ts";
import type { CommandContext } from "./command-context.ts";
import type { Endpoint } from "./endpoint-file.ts";
import { hostFacts } from "./host-facts.ts";

const PATIENCE = 2_000;
const PAUSE = 100;

export interface GatewayAccess {
  readonly call: Call;
  /** Our own; null: the owner's is asked. */
  readonly gateway: Gateway | null;
  readonly owner: Endpoint | null;
}

export async function withGateway<Result>(
  context: CommandContext,
  use: (access: GatewayAccess) => Promise<Result>,
): Promise<Result> {
  return askOwnerOr(context, use, async () => {
    const { dataDirectory, clock, version, onFault, signal } = context;
    const secrets = context.openSecrets(dataDirectory);
    const gateway = await context.openGateway({
      dataDirectory,
      secrets,
      clock,
      version,
      secondThread: true,
      transcript: false,
    });
    return async () => {
      try {
        const host = hostOf(gateway, hostFacts({ dataDirectory, version }));
        return await use({ call: createCall({ host, secrets, onFault, signal }), gateway, owner: null });
      } finally {
        await gateway.close();
      }
    };
  });
}

/**
 * `own` takes the data directory and gives what is to be done then; it rejects with
 * `data-directory-in-use` while somebody else has it.
 */
export async function askOwnerOr<Result>(
  context: CommandContext,
  ask: (access: GatewayAccess) => Promise<Result>,
  own: () => Promise<() => Promise<Result>>,
): Promise<Result> {
  const { clock, dataDirectory, signal } = context;
  const giveUpAt = clock.now() + PATIENCE;
  for (;;) {
    const owner = await connectOwner(dataDirectory, { signal });
    if (owner !== null) return ask({ call: owner.call, gateway: null, owner: owner.endpoint });
    let work: () => Promise<Result>;
    try {
      work = await own();
    } catch (error) {
      const inUse = error instanceof ProblemError && error.problem.code === "data-directory-in-use";
      if (!inUse || clock.now() >= giveUpAt) throw error;
      await wait(clock, PAUSE);
      continue;
    }
    return work();
  }
}

function wait(clock: Clock, milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(milliseconds, resolve);
  });
}
