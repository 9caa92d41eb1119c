import type { AliasTable } from "../envelope/aliases.ts";
import { duplicateKey } from "../envelope/duplicate-key.ts";
import { resolveEnvelope } from "../envelope/resolve.ts";
import { summarize } from "../envelope/summary.ts";
import type { Resolution } from "../model/envelope.ts";
import type { AcceptOrder, MessageSource, MessageSummary, ReceivedBody, Verdict } from "../model/message.ts";
import type { AccountSettings, Settings } from "../model/settings.ts";
import { applyPolicy } from "../policy/apply-policy.ts";
import { type HeaderBlock, parseHeaderBlock } from "../wire/header-block.ts";
import { isOwnReport } from "../wire/report-header.ts";

/** What a message is judged by; one snapshot for the whole of one message. */
export interface ExamineContext {
  readonly settings: Settings;
  readonly account: Pick<
    AccountSettings,
    "trustedReceivedLines" | "mailboxAddresses" | "username" | "addressing" | "headers" | "maxMessageBytes"
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
  headers: { custom: null, ignore: null },
  maxMessageBytes: null,
};

/** What `judge` says of a message. */
export interface Judgement {
  readonly summary: MessageSummary;
  readonly resolution: Resolution;
  readonly verdict: Verdict;
}

/** Envelope and policy: who gets it, and may it pass. Pure. `size` in octets, of the whole message. */
export function judge(header: HeaderBlock, size: number, context: ExamineContext): Judgement {
  const { settings, account, installationId } = context;
  const { control } = settings;
  const resolution = resolveEnvelope(header, context);
  return {
    summary: summarize(header),
    resolution,
    verdict: applyPolicy({
      header,
      resolution,
      size,
      maxMessageBytes: account.maxMessageBytes ?? control.maxMessageBytes,
      blocked: control.blocked,
      installationId,
    }),
  };
}

/** What a message is taken over with, but for where it came from. */
export type Examined = Omit<AcceptOrder, "source" | "hashDecides">;

/** A complete message, judged. Pure. */
export function examine(body: ReceivedBody, context: ExamineContext): Examined {
  const { installationId } = context;
  const header = parseHeaderBlock(body.header);
  return {
    kind: "mail",
    body,
    ...judge(header, body.size, context),
    duplicateKey: duplicateKey(header, body.bodyHash),
    reportOf: null,
    reportForm: null,
    neverReported: isOwnReport(header, installationId),
  };
}

export function orderOf(examined: Examined, source: MessageSource): AcceptOrder {
  return { ...examined, source, hashDecides: source.hashDecides ?? false };
}
