/**
 * One message over one connection: MAIL, RCPT, DATA, the message, the final dot (RFC 5321 3.3).
 *
 * 1. MAIL, all RCPT and DATA leave in one write where the server announces PIPELINING (RFC 2920), one by one
 *    otherwise. Each answer counts for what it answers.
 * 2. Only 354 starts the message, only 2xx behind the final dot is success.
 * 3. A message larger than an announced SIZE (RFC 1870) is not offered. SIZE= counts what we send, trace header
 *    included; header fields that are left out on the way are counted too. BODY=8BITMIME (RFC 6152) and SMTPUTF8 (RFC 6531) are asked for where needed and offered; where not
 *    offered the message goes as it is, and the server judges.
 * 4. The file must give exactly the recorded octets, else the connection is destroyed before the final dot.
 * 5. Told to stop: destroyed, unless the final dot has left; then the answer is waited for.
 * 6. A refused transaction is followed by RSET. An answer too many, or a 354 in answer to RSET, says that answers
 *    and commands got out of step, and then no refusal of this transaction is believed for good.
 */
import type { Failure } from "../model/failure.ts";
import type { DeliveryOutcome, QueuedMessage, QueuedRecipient } from "../model/message.ts";
import type { SmtpReply } from "../model/reply.ts";
import { DataEncoder } from "../wire/data-encoder.ts";
import { HeaderFieldFilter } from "../wire/header-field-filter.ts";
import {
  ANOTHER_TRANSACTION,
  classifyLoss,
  classifyReply,
  isStorageRefusal,
  tooLarge,
  unsendableAddress,
} from "./classify.ts";
import { type Answer, isLoss, type Loss } from "./loss.ts";
import { type MessageFile, openMessageFile } from "./message-file.ts";
import type { CommandLine, SmtpConnection } from "./smtp-connection.ts";
import { socketsRead } from "./sockets-read.ts";

export interface TransactionContext {
  readonly connection: SmtpConnection;
  readonly extensions: ReadonlyMap<string, string>;
  /** `host:port` */
  readonly server: string;
  readonly note: (text: string) => void;
  readonly storageRefusals: { count: number };
  /** Header fields that collected mail goes without (Control's read-receipt stripping). */
  readonly withoutFields: readonly string[];
  /** A MAIL command has left on this connection. */
  mailSent: boolean;
  /** A transaction was finished on it. */
  proved: boolean;
  /** One is under way: there is something to be cancelled. */
  underway: boolean;
}

export type Transaction =
  | {
      readonly kind: "ended";
      /** One for each recipient, in their order. */
      readonly outcomes: readonly DeliveryOutcome[];
      /** The server answered for all of it. */
      readonly finished: boolean;
      /** A failure that holds for the message's other recipients too. */
      readonly others: Failure | null;
    }
  /** Nothing was learnt about the message: it is the server. */
  | { readonly kind: "route"; readonly failure: Failure }
  /** The connection was gone before the message had begun, or was not to end yet; on another one it may go at once. */
  | { readonly kind: "not-sent" }
  | { readonly kind: "body-missing" }
  | { readonly kind: "cancelled" };

export interface TransactionControl {
  /** The final dot waits for it; false: the transaction is cancelled. */
  readonly mayEnd?: Promise<boolean> | undefined;
}

interface DataOrder {
  readonly traceHeader: Buffer | null;
  readonly mayEnd: TransactionControl["mayEnd"];
}

const ACCEPTED = "accepted";
const NOTHING = Buffer.alloc(0);

export async function deliverMessage(
  context: TransactionContext,
  message: QueuedMessage,
  recipients: readonly QueuedRecipient[],
  traceHeader: Buffer | null,
  { mayEnd }: TransactionControl = {},
): Promise<Transaction> {
  const { connection, server } = context;
  if (!sendable(message.sender)) return allRefused(recipients, unsendableAddress("mail", message.sender));
  const octets = message.wireSize + (traceHeader?.length ?? 0);
  const allowed = announcedSize(context.extensions);
  if (allowed > 0 && octets > allowed) return allRefused(recipients, tooLarge(octets, allowed, server));
  let body: MessageFile | null = null;
  context.underway = true;
  try {
    const opened = await openMessageFile(message);
    if (opened.kind === "missing") return { kind: "body-missing" };
    if (opened.kind === "unreadable") return allRefused(recipients, opened.failure);
    body = opened.body;
    // What the server sent behind its last answer, a 421 or its end, is mostly seen before MAIL.
    await socketsRead(2);
    return await transact(context, message, recipients, octets, body, { traceHeader, mayEnd });
  } finally {
    context.underway = false;
    connection.settle();
    await body?.close();
  }
}

async function transact(
  context: TransactionContext,
  message: QueuedMessage,
  recipients: readonly QueuedRecipient[],
  octets: number,
  body: MessageFile,
  order: DataOrder,
): Promise<Transaction> {
  const { connection } = context;
  if (connection.lost !== null) return lostBefore(context, connection.lost);
  const outcomes: (DeliveryOutcome | typeof ACCEPTED)[] = [];
  const asked = recipients.filter((recipient) => sendable(recipient.address));
  if (asked.length === 0) {
    return ended(
      recipients.map(({ address }) => refused(unsendableAddress("rcpt", address))),
      true,
    );
  }
  const ask = asker(context, mailCommand(context, message, asked, octets), asked);
  const mail = await ask.mail();
  // The server had enough after the last message: nothing is said of this one by that, which need not wait.
  if (context.proved && isLoss(mail) && mail.cause === "closed" && mail.reply === null) {
    return { kind: "not-sent" };
  }
  const mailFailure = judgeMail(context, mail);
  if (mailFailure !== null) {
    const inStep = await endRefused(context, ask);
    if (isLoss(mail) && mail.cause === "cancelled") return { kind: "cancelled" };
    if (mailFailure.scope === "route") return { kind: "route", failure: mailFailure };
    return allRefused(
      recipients,
      inStep ? mailFailure : outOfStep(context),
      inStep && mailFailure.scope === "message",
    );
  }
  let accepted = 0;
  let loss: Loss | null = null;
  for (const recipient of recipients) {
    if (!sendable(recipient.address)) {
      outcomes.push(refused(unsendableAddress("rcpt", recipient.address)));
      continue;
    }
    const answer: Answer = loss ?? (await ask.recipient(recipient));
    if (isLoss(answer)) loss = answer;
    const outcome = judgeRecipient(context, answer, accepted);
    if (outcome === ACCEPTED) accepted += 1;
    outcomes.push(outcome);
  }
  if (accepted === 0) {
    const inStep = await endRefused(context, ask);
    if (loss?.cause === "cancelled") return { kind: "cancelled" };
    return inStep
      ? ended(complete(outcomes, null), !sessionEnded(outcomes))
      : allRefused(recipients, outOfStep(context));
  }
  const final = loss ?? (await sendData(context, ask, body, order, fieldFilter(context, message)));
  if (final === "not-sent") return { kind: "not-sent" };
  if ("refusal" in final) {
    const inStep = await reset(context);
    if (!inStep) return allRefused(recipients, outOfStep(context));
    return ended(
      complete(outcomes, refused(final.refusal)),
      final.refusal.scope === "message",
      othersToo(final.refusal),
    );
  }
  if (isLoss(final)) {
    if (final.cause === "cancelled") return { kind: "cancelled" };
    if (final.cause === "protocol" && !connection.terminatorOut) {
      return allRefused(recipients, outOfStep(context));
    }
    const failure = classifyLoss(final, {
      server: context.server,
      mailSent: true,
      terminatorOut: connection.terminatorOut,
    });
    return ended(complete(outcomes, refused(failure)), false, othersToo(failure));
  }
  if (isSuccess(final)) {
    context.proved = true;
    return ended(complete(outcomes, { kind: "delivered", reply: final }), true);
  }
  const failure = judge("final-reply", final, context, accepted);
  return ended(complete(outcomes, refused(failure)), failure.scope === "message", othersToo(failure));
}

/** DATA and the message; the answer to the final dot, the refusal of DATA, or the loss. */
async function sendData(
  context: TransactionContext,
  ask: Asker,
  body: MessageFile,
  { traceHeader, mayEnd }: DataOrder,
  filter: HeaderFieldFilter | null,
): Promise<Answer | { readonly refusal: Failure } | "not-sent"> {
  const { connection } = context;
  const data = await ask.data();
  if (isLoss(data)) return data;
  if (data.code !== 354) {
    if (data.code >= 400) return { refusal: judge("data", data, context, 1) };
    connection.fail({ cause: "protocol", phase: "data", code: null, reply: data });
    return connection.lost ?? { cause: "protocol", phase: "data", code: null, reply: data };
  }
  await connection.beginBody();
  const encoder = new DataEncoder();
  let begin = traceHeader === null ? NOTHING : encoder.encode(traceHeader);
  let written = Promise.resolve(true);
  for (;;) {
    const part = await body.next();
    if (part === null) connection.fail({ cause: "body", phase: "body", code: null, reply: null });
    if (!(await written) || part === null || connection.lost !== null) {
      return connection.lost ?? { cause: "closed", phase: "body", code: null, reply: null };
    }
    const encoded = encoder.encode(filter?.pass(part.block) ?? part.block);
    if (part.last) {
      const rest = filter === null ? NOTHING : encoder.encode(filter.end());
      const end = Buffer.concat([begin, encoded, rest, encoder.end()]);
      const over = await waitToEnd(connection, mayEnd);
      if (over !== null) return over;
      context.note(`message: ${encoder.octets} octets`);
      return connection.finish(end);
    }
    written = connection.write(begin.length > 0 ? Buffer.concat([begin, encoded]) : encoded);
    begin = NOTHING;
  }
}

/** null: the end may go out. */
async function waitToEnd(
  connection: SmtpConnection,
  mayEnd: DataOrder["mayEnd"],
): Promise<Loss | "not-sent" | null> {
  if ((await mayEnd) === false) connection.cancel();
  const { lost } = connection;
  return lost === null || lost.cause === "cancelled" ? lost : "not-sent";
}

/** What this gateway wrote itself goes as it is. */
function fieldFilter(
  { withoutFields }: TransactionContext,
  { kind }: QueuedMessage,
): HeaderFieldFilter | null {
  return kind === "mail" && withoutFields.length > 0 ? new HeaderFieldFilter(withoutFields) : null;
}

// --- commands ------------------------------------------------------------------------------------------------

interface Asker {
  mail(): Promise<Answer>;
  recipient(recipient: QueuedRecipient): Promise<Answer>;
  data(): Promise<Answer>;
  /**
   * The rest of a refused transaction's answers. A server that answers 354 although there is nobody to send to
   * is left: no empty message for it.
   */
  drain(): Promise<"left" | "drained">;
}

function asker(context: TransactionContext, mail: string, recipients: readonly QueuedRecipient[]): Asker {
  const { connection } = context;
  const rcpt = (recipient: QueuedRecipient): CommandLine => ({
    line: `RCPT TO:<${recipient.address}>`,
    phase: "rcpt",
  });
  context.mailSent = true;
  if (!context.extensions.has("PIPELINING")) {
    return {
      mail: () => connection.command(mail, "mail"),
      recipient: (recipient) => connection.command(rcpt(recipient).line, "rcpt"),
      data: () => connection.command("DATA", "data"),
      drain: () => Promise.resolve("drained"),
    };
  }
  const answers = connection.group([
    { line: mail, phase: "mail" },
    ...recipients.map(rcpt),
    { line: "DATA", phase: "data" },
  ]);
  const at = (index: number): Promise<Answer> => answers[index] as Promise<Answer>;
  let next = 1;
  return {
    mail: () => at(0),
    recipient: () => at(next++),
    data: () => at(answers.length - 1),
    async drain() {
      const last = await at(answers.length - 1);
      if (isLoss(last) || last.code >= 400) return "drained";
      connection.fail({ cause: "protocol", phase: "data", code: null, reply: last });
      return "left";
    },
  };
}

function mailCommand(
  context: TransactionContext,
  message: QueuedMessage,
  recipients: readonly QueuedRecipient[],
  octets: number,
): string {
  const { extensions } = context;
  const parameters: string[] = [];
  if (extensions.has("SIZE")) parameters.push(`SIZE=${octets}`);
  if ((message.eightBitHeader || message.eightBitBody) && extensions.has("8BITMIME")) {
    parameters.push("BODY=8BITMIME");
  }
  const international = [message.sender, ...recipients.map((recipient) => recipient.address)].some(
    (address) => /[^\x00-\x7f]/.test(address),
  );
  if (international && extensions.has("SMTPUTF8")) parameters.push("SMTPUTF8");
  return [`MAIL FROM:<${message.sender}>`, ...parameters].join(" ");
}

/**
 * Not what would end the command or leave the angle brackets. Anything else goes as it is: whether an odd
 * address is one is the server's to say.
 */
export function sendable(address: string): boolean {
  if (address.length > 1_000 || /[\x00-\x1f\x7f]/.test(address)) return false;
  const unquoted = address.replace(/^"(?:[^"\\]|\\.)*"(?=@|$)/, "");
  return !/[<>]/.test(unquoted);
}

/** After a refusal of the sender or of every recipient. False: answers and commands are out of step. */
async function endRefused(context: TransactionContext, ask: Asker): Promise<boolean> {
  return (await ask.drain()) === "left" || (await reset(context));
}

/** RSET, so that the next message starts clean. False: answers and commands are out of step. */
async function reset(context: TransactionContext): Promise<boolean> {
  const { connection } = context;
  // An answer too many may lie behind the last one.
  await socketsRead(1);
  if (connection.lost !== null) return connection.lost.cause !== "protocol";
  const answer = await connection.command("RSET", "mail");
  if (isLoss(answer)) return answer.cause !== "protocol";
  if (isSuccess(answer)) return true;
  connection.fail({ cause: "protocol", phase: "mail", code: null, reply: answer });
  return answer.code !== 354;
}

// --- answers -------------------------------------------------------------------------------------------------

function judgeMail(context: TransactionContext, answer: Answer): Failure | null {
  const { storageRefusals } = context;
  if (isLoss(answer)) {
    return classifyLoss(answer, { server: context.server, mailSent: true, terminatorOut: false });
  }
  storageRefusals.count = isStorageRefusal(answer) ? storageRefusals.count + 1 : 0;
  return isSuccess(answer) ? null : judge("mail", answer, context, 0);
}

function judgeRecipient(
  context: TransactionContext,
  answer: Answer,
  accepted: number,
): DeliveryOutcome | typeof ACCEPTED {
  if (isLoss(answer)) {
    return refused(classifyLoss(answer, { server: context.server, mailSent: true, terminatorOut: false }));
  }
  if (isSuccess(answer)) return ACCEPTED;
  const { server, storageRefusals } = context;
  const judged = classifyReply("rcpt", answer, { server, accepted, storageRefusals: storageRefusals.count });
  return judged === ANOTHER_TRANSACTION ? { kind: "not-tried" } : refused(judged);
}

function judge(
  phase: "mail" | "data" | "final-reply",
  reply: SmtpReply,
  context: TransactionContext,
  accepted: number,
): Failure {
  const { server, storageRefusals } = context;
  const judged = classifyReply(phase, reply, { server, accepted, storageRefusals: storageRefusals.count });
  if (judged === ANOTHER_TRANSACTION) throw new Error("only a recipient is put off to another transaction");
  return judged;
}

/**
 * The accepted recipients get what became of the message. Those that wait for another transaction go with them
 * when the message itself has to wait.
 */
function complete(
  outcomes: readonly (DeliveryOutcome | typeof ACCEPTED)[],
  final: DeliveryOutcome | null,
): DeliveryOutcome[] {
  const waits = final?.kind === "refused" ? othersToo(final.failure) : null;
  return outcomes.map((outcome) => {
    if (outcome === ACCEPTED) return final ?? { kind: "not-tried" };
    return outcome.kind === "not-tried" && waits !== null ? refused(waits) : outcome;
  });
}

/** Whether a failure of the message holds for recipients that were not part of the transaction. */
function othersToo(failure: Failure): Failure | null {
  if (failure.scope === "unknown-outcome" || failure.scope === "recipient") return null;
  return failure.permanent && failure.phase !== "mail" ? null : failure;
}

function sessionEnded(outcomes: readonly (DeliveryOutcome | typeof ACCEPTED)[]): boolean {
  return outcomes.some(
    (outcome) => outcome !== ACCEPTED && outcome.kind === "refused" && outcome.failure.scope === "session",
  );
}

function lostBefore(context: TransactionContext, loss: Loss): Transaction {
  if (loss.cause === "cancelled") return { kind: "cancelled" };
  if (context.mailSent) return { kind: "not-sent" };
  const failure = classifyLoss(loss, { server: context.server, mailSent: false, terminatorOut: false });
  return { kind: "route", failure };
}

function outOfStep(context: TransactionContext): Failure {
  const loss = context.connection.lost ?? {
    cause: "protocol" as const,
    phase: "mail" as const,
    code: null,
    reply: null,
  };
  return classifyLoss(loss, { server: context.server, mailSent: true, terminatorOut: false });
}

function ended(
  outcomes: readonly DeliveryOutcome[],
  finished: boolean,
  others: Failure | null = null,
): Transaction {
  return { kind: "ended", outcomes, finished, others };
}

function allRefused(recipients: readonly QueuedRecipient[], failure: Failure, finished = false): Transaction {
  return ended(
    recipients.map(() => refused(failure)),
    finished,
    othersToo(failure),
  );
}

function refused(failure: Failure): DeliveryOutcome {
  return { kind: "refused", failure };
}

function isSuccess(reply: SmtpReply): boolean {
  return reply.code >= 200 && reply.code < 300;
}

/** 0: no limit, or none announced (RFC 1870 4). */
function announcedSize(extensions: ReadonlyMap<string, string>): number {
  const size = extensions.get("SIZE")?.trim() ?? "";
  return /^\d{1,15}$/.test(size) ? Number(size) : 0;
}
