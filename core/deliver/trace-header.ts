import { addressKey } from "../model/address.ts";
import type { QueuedMessage, QueuedRecipient } from "../model/message.ts";
import { formatTraceHeader } from "../wire/trace-header.ts";

/** Who writes the trace header. `enabled` is Control's "trace header". */
export interface TraceIdentity {
  readonly enabled: boolean;
  readonly helo: string;
  readonly installationId: string;
}

/** The header of this attempt, or null when it is switched off. */
export function traceHeader(
  message: QueuedMessage,
  recipients: readonly QueuedRecipient[],
  identity: TraceIdentity,
  now: number,
): Buffer | null {
  if (!identity.enabled) return null;
  // `for` only for a message that has one recipient at all: the others may be in another transaction.
  const only = message.recipients.length === 1 ? message.recipients[0] : undefined;
  const same = recipients[0];
  return formatTraceHeader({
    from: message.kind === "mail" ? message.source.server : null,
    by: identity.helo,
    installationId: identity.installationId,
    queueId: message.queueId,
    recipient:
      only !== undefined && same !== undefined && addressKey(only.address) === addressKey(same.address)
        ? only.address
        : null,
    at: now,
  });
}
