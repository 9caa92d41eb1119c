import type { QueuedMessage } from "../model/message.ts";
import { formatTraceHeader } from "../wire/trace-header.ts";

/** Who writes the trace header. `enabled` is Control's "trace header". */
export interface TraceIdentity {
  readonly enabled: boolean;
  readonly helo: string;
  readonly installationId: string;
}

/** The header of this attempt, or null when it is switched off. */
export function traceHeader(message: QueuedMessage, identity: TraceIdentity, now: number): Buffer | null {
  if (!identity.enabled) return null;
  // `for` only for a message that has one recipient at all: the others may be in another transaction.
  const [first, second] = message.recipients;
  return formatTraceHeader({
    from: message.kind === "mail" ? message.source.server : null,
    by: identity.helo,
    installationId: identity.installationId,
    queueId: message.queueId,
    recipient: first !== undefined && second === undefined ? first.address : null,
    at: now,
  });
}
