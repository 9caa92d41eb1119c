import type { BodyStore } from "../model/ports.ts";
import {
  type AlertMailContext,
  alertMailSubject,
  alertMessageId,
  composeAlertMail,
} from "../outcome/alert-mail.ts";
import type { AlertDesk } from "./alert-desk.ts";
import { spoolOwnMessage } from "./own-message.ts";

export interface AlertParts {
  readonly desk: AlertDesk;
  readonly bodies: BodyStore;
  /** The settings may ask for none; then nothing waits any more. */
  readonly wanted: boolean;
  readonly context: AlertMailContext;
}

/** What waits becomes one mail in the spool. True: there is one to be sent. Rejects with ProblemError. */
export async function spoolAlerts({ desk, bodies, wanted, context }: AlertParts): Promise<boolean> {
  const alerts = desk.waiting();
  if (alerts.length === 0) return false;
  if (wanted) {
    const { now, primaryDomain, postmaster } = context;
    await spoolOwnMessage(
      {
        accountId: "_alert",
        stream: composeAlertMail(alerts, context),
        subject: alertMailSubject(alerts),
        messageId: alertMessageId(context),
        date: now,
        primaryDomain,
        postmaster,
      },
      bodies,
    );
  }
  desk.done(alerts);
  return wanted;
}
