import type { Failure } from "../model/failure.ts";
import type { SmtpReply } from "../model/reply.ts";
import { ANOTHER_TRANSACTION, classifyLoss, classifyReply, unsendableAddress } from "./classify.ts";
import { type Answer, isLoss } from "./loss.ts";
import { sendable, type TransactionContext } from "./transaction.ts";

export type ProbeResult =
  | { readonly kind: "accepted"; readonly reply: SmtpReply }
  | { readonly kind: "refused"; readonly failure: Failure };

/** MAIL, RCPT, RSET as single commands: would the server take this recipient? Nothing is sent. */
export async function probeRecipient(
  context: TransactionContext,
  sender: string,
  recipient: string,
): Promise<ProbeResult> {
  const { connection, server } = context;
  if (!sendable(sender)) return refused(unsendableAddress("mail", sender));
  if (!sendable(recipient)) return refused(unsendableAddress("rcpt", recipient));
  const first = !context.mailSent;
  context.mailSent = true;
  const judge = (phase: "mail" | "rcpt", answer: Answer): ProbeResult => {
    if (isLoss(answer)) {
      return refused(classifyLoss(answer, { server, mailSent: !first, terminatorOut: false }));
    }
    if (answer.code >= 200 && answer.code < 300) return { kind: "accepted", reply: answer };
    const judged = classifyReply(phase, answer, { server, accepted: 0, storageRefusals: 0 });
    if (judged === ANOTHER_TRANSACTION) throw new Error("nobody was accepted before");
    return refused(judged);
  };
  const mail = judge("mail", await connection.command(`MAIL FROM:<${sender}>`, "mail"));
  if (mail.kind === "refused") return mail;
  const result = judge("rcpt", await connection.command(`RCPT TO:<${recipient}>`, "rcpt"));
  const reset = await connection.command("RSET", "mail");
  if (!isLoss(reset) && reset.code !== 250) {
    connection.fail({ cause: "protocol", phase: "mail", code: null, reply: reset });
  }
  return result;
}

function refused(failure: Failure): ProbeResult {
  return { kind: "refused", failure };
}
