/**
 * Reports of what is in Errors become messages in the spool. What cannot be composed now stays due. A report that
 * our program cannot make never stops those of the others; a disk that takes nothing stops them all.
 */
import { once } from "node:events";
import type { MessageSource, ReceivedBody, ReportForm, ReportOrder } from "../model/message.ts";
import type { BodyStore, Clock, Log, OutcomeStore } from "../model/ports.ts";
import { describeProblem, ProblemError } from "../model/problem.ts";
import { escapeUnprintable } from "../model/reply.ts";
import type { Settings } from "../model/settings.ts";
import { composeReport, ownSender, type ReportContext } from "../outcome/postmaster-report.ts";

/** Reports composed before they are sent; bounds the time until the first one leaves. */
const BATCH = 50;

export interface ReportParts {
  readonly bodies: BodyStore;
  readonly outcomes: OutcomeStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: () => Settings;
  readonly context: () => ReportContext;
}

/** Puts every due report into the spool, up to a batch. Gives their number. */
export async function spoolDueReports(parts: ReportParts): Promise<number> {
  if (!parts.settings().postmaster.sendErrors) return 0;
  let made = 0;
  for (const order of parts.outcomes.reportsDue(BATCH, parts.clock.now())) {
    try {
      await spoolReport(order, parts);
      made += 1;
    } catch (error) {
      if (error instanceof ProblemError) {
        parts.log({
          source: "gateway",
          level: "warning",
          text: describeProblem(error.problem),
          queueId: order.queueId,
        });
        return made;
      }
      const reason = error instanceof Error ? error.message : String(error);
      parts.log({
        source: "gateway",
        level: "error",
        text: `The report could not be made because of a fault in this program: ${escapeUnprintable(reason)}`,
        queueId: order.queueId,
      });
    }
  }
  return made;
}

async function spoolReport(order: ReportOrder, parts: ReportParts): Promise<void> {
  const source: MessageSource = { accountId: order.accountId, uid: null, server: "", announcedSize: null };
  const context = parts.context();
  const { body, form } = await receiveReport(order, source, context, parts);
  const sender = ownSender(context.primaryDomain);
  await parts.bodies.accept({
    kind: "report",
    source,
    body,
    summary: {
      from: `EFS Mail Gateway <${sender}>`,
      subject: `Could not be delivered: ${order.summary.subject}`,
      messageId: `<${order.queueId}.${context.now}.report@${context.primaryDomain}>`,
      date: context.now,
    },
    resolution: {
      kind: "addressed",
      sender,
      recipients: [{ address: context.postmaster, role: "postmaster", duplicatesChecked: false }],
      trail: [],
    },
    verdict: { kind: "pass" },
    duplicateKey: null,
    reportOf: order.id,
    reportForm: form,
    hashDecides: false,
  });
}

/** The original may be gone (deleted by hand or by other software) or unreadable: the report is made without it. */
async function receiveReport(
  order: ReportOrder,
  source: MessageSource,
  context: ReportContext,
  parts: ReportParts,
): Promise<{ readonly body: ReceivedBody; readonly form: ReportForm }> {
  try {
    return { body: await receive(order, source, context, parts), form: order.form };
  } catch (error) {
    if (error instanceof ProblemError || order.form === "without-content") throw error;
    const plain: ReportOrder = { ...order, form: "without-content", unreadable: true };
    return { body: await receive(plain, source, context, parts), form: plain.form };
  }
}

async function receive(
  order: ReportOrder,
  source: MessageSource,
  context: ReportContext,
  { bodies }: ReportParts,
): Promise<ReceivedBody> {
  const receiving = await bodies.receive(source);
  const stream = composeReport(order, context);
  try {
    for await (const chunk of stream) await receiving.write(Buffer.from(chunk));
    return await receiving.complete();
  } catch (error) {
    await receiving.abort();
    throw error;
  } finally {
    stream.destroy();
    if (!stream.closed) await once(stream, "close").catch(() => undefined);
  }
}
