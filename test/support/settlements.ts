import type {
  DeliveryOutcome,
  Disposition,
  QueuedMessage,
  RecipientState,
  Settlement,
} from "../../core/model/message.ts";

export const OK = { code: 250, enhanced: "2.0.0", text: "queued" } as const;
export const NO = {
  scope: "recipient",
  permanent: true,
  phase: "rcpt",
  reply: { code: 550, enhanced: "5.1.1", text: "no such user" },
  problem: null,
} as const;

/** What an attempt came to for one recipient. */
export type Step = "delivered" | "failed" | "expired" | "deferred" | "held" | "not-tried";

function after(
  step: Step,
  now: number,
): { readonly outcome: DeliveryOutcome; readonly next: RecipientState } {
  const refused: DeliveryOutcome = { kind: "refused", failure: NO };
  switch (step) {
    case "delivered":
      return {
        outcome: { kind: step, reply: OK },
        next: { kind: step, at: now, reply: OK, relay: "mail:25" },
      };
    case "failed":
      return { outcome: refused, next: { kind: step, at: now, failure: NO } };
    case "expired":
      return { outcome: refused, next: { kind: step, at: now, failure: null } };
    case "deferred":
      return {
        outcome: refused,
        next: { kind: step, nextAt: now + 60_000, failure: { ...NO, permanent: false } },
      };
    case "held":
      return { outcome: refused, next: { kind: step, since: now, reason: "guard", failure: NO } };
    case "not-tried":
      return { outcome: { kind: step }, next: { kind: "queued" } };
  }
}

/** An attempt on a message, `steps` for its recipients in their order; the others were not tried. */
export function settlementAt(
  now: number,
  message: QueuedMessage,
  steps: readonly Step[],
  disposition: Disposition,
  report: Settlement["report"] = null,
): Settlement {
  return {
    result: {
      message,
      startedAt: now - 5,
      endedAt: now,
      relay: "mail:25",
      session: "smtp-1",
      delays: [1, 2, 3, 4],
      recipients: message.recipients.map((recipient, index) => ({
        recipient,
        ...after(steps[index] ?? "not-tried", now),
        tries: recipient.tries + 1,
        unknownTries: 0,
      })),
    },
    disposition,
    report,
  };
}
