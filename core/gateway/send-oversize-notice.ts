import { randomUUID } from "node:crypto";
import type { OversizeNotice } from "../collect/oversize-headers.ts";
import { summarize } from "../envelope/summary.ts";
import type { BodyStore } from "../model/ports.ts";
import type { AlertMailContext } from "../outcome/alert-mail.ts";
import { composeOversizeNotice, oversizeSubject } from "../outcome/oversize-notice.ts";
import { parseHeaderBlock } from "../wire/header-block.ts";
import { spoolOwnMessage } from "./own-message.ts";

/** The headers of a message that is too large become a message to the postmaster. Rejects with ProblemError. */
export async function spoolOversizeNotice(
  notice: OversizeNotice,
  bodies: BodyStore,
  context: AlertMailContext,
): Promise<void> {
  const message = { ...notice, summary: summarize(parseHeaderBlock(notice.header)) };
  const { now, postmaster, primaryDomain } = context;
  const messageId = `<${randomUUID()}.oversize@${primaryDomain}>`;
  await spoolOwnMessage(
    {
      accountId: notice.accountId,
      stream: composeOversizeNotice(message, context, messageId),
      subject: oversizeSubject(message),
      messageId,
      date: now,
      primaryDomain,
      postmaster,
    },
    bodies,
  );
}
