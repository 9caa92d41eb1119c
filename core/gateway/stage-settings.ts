/** What delivering and the spool need of the settings, in their own terms. */
import type { DeliverySettings } from "../deliver/dispatcher.ts";
import { smtpServer } from "../deliver/smtp-server.ts";
import type { Secrets } from "../model/ports.ts";
import type { Settings } from "../model/settings.ts";
import type { SpoolPolicy } from "../spool/spool-context.ts";

const DAY = 86_400_000;
/** What asks a mail program to tell the sender that a message was read. */
const READ_RECEIPT_FIELDS = ["Disposition-Notification-To", "Return-Receipt-To", "X-Confirm-Reading-To"];

export interface DeliveryFacts {
  /** What we call ourselves in EHLO. */
  readonly helo: string;
  readonly secrets: Pick<Secrets, "open">;
  readonly installationId: string;
}

export function deliverySettings(
  { smtp, retry, control }: Settings,
  { helo, secrets, installationId }: DeliveryFacts,
): DeliverySettings {
  return {
    server: smtpServer(smtp, helo, secrets),
    fallback: smtp.fallback === null ? null : smtpServer(smtp.fallback, helo, secrets),
    connections: smtp.connections,
    messagesPerConnection: smtp.messagesPerConnection,
    forward: smtp.forward,
    expireMs: retry.expireDays * DAY,
    trace: { enabled: control.traceHeader, helo, installationId },
    withoutFields: control.stripReadReceipts ? READ_RECEIPT_FIELDS : [],
  };
}

export function spoolPolicy({ antivirus, duplicates, retention, backup }: Settings): SpoolPolicy {
  return {
    duplicateDays: duplicates.days,
    realtimeAntivirus: antivirus.realtime,
    sendingDelay: (size) =>
      1_000 * (antivirus.delaySeconds + Math.ceil((antivirus.perMegabyteSeconds * size) / 1_048_576)),
    reportedDays: retention.reportedDays,
    junkDays: retention.junkDays,
    backupDays: backup.days,
    historyDays: retention.historyDays,
  };
}
