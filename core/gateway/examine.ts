import type { AliasTable } from "../envelope/aliases.ts";
import { duplicateKey } from "../envelope/duplicate-key.ts";
import { resolveEnvelope } from "../envelope/resolve.ts";
import { summarize } from "../envelope/summary.ts";
import type { AcceptOrder, MessageSource, ReceivedBody } from "../model/message.ts";
import type { AccountSettings, Settings } from "../model/settings.ts";
import { applyPolicy } from "../policy/apply-policy.ts";
import { parseHeaderBlock } from "../wire/header-block.ts";
import { isOwnReport } from "../wire/report-header.ts";

/** What a message is judged by; one snapshot for the whole of one message. */
export interface ExamineContext {
  readonly settings: Settings;
  readonly account: Pick<
    AccountSettings,
    "trustedReceivedLines" | "mailboxAddresses" | "username" | "addressing" | "maxMessageBytes"
  >;
  readonly aliasTable: AliasTable;
  readonly users: ReadonlySet<string> | null;
  readonly installationId: string;
}

/** Mail that belongs to no account (put into Inbox by hand) is catch-all mail with EFS's usual trust. */
export const handAccount: ExamineContext["account"] = {
  trustedReceivedLines: 2,
  mailboxAddresses: [],
  username: "",
  addressing: { mode: "catch-all" },
  maxMessageBytes: null,
};

/** Envelope and policy of one complete message: who gets it, and may it pass. Pure. */
export function examine(body: ReceivedBody, source: MessageSource, context: ExamineContext): AcceptOrder {
  const { settings, account, installationId } = context;
  const { control } = settings;
  const header = parseHeaderBlock(body.header);
  const resolution = resolveEnvelope(header, context);
  return {
    kind: "mail",
    source,
    body,
    summary: summarize(header),
    resolution,
    verdict: applyPolicy({
      header,
      resolution,
      size: body.size,
      maxMessageBytes: account.maxMessageBytes ?? control.maxMessageBytes,
      blocked: control.blocked,
      installationId,
    }),
    duplicateKey: duplicateKey(header, body.bodyHash),
    reportOf: null,
    reportForm: null,
    neverReported: isOwnReport(header, installationId),
    hashDecides: source.hashDecides ?? false,
  };
}
