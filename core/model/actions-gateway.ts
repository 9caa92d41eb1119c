/** The part of the gateway that is about what people do to messages. */
import type { Readable } from "node:stream";
import type { ActionOrder, ActionResult, MessageFileFacts } from "./action.ts";
import type { GuardSubject } from "./guard.ts";

export interface ActionsGateway {
  /**
   * Carries it out for each message; one answer for each, in their order. What is sent leaves with the next run (a
   * schedule begins it by itself). Rejects only for what concerns all of them.
   */
  act(order: ActionOrder): Promise<readonly ActionResult[]>;
  /** "Send anyway" for all that the guard holds for this subject. Rejects with ProblemError (the disk). */
  sendAnyway(subject: GuardSubject): Promise<void>;
  /** Where the file is now. Throws ProblemError `message-unknown`, `message-gone`. */
  locateMessage(queueId: string): MessageFileFacts;
  /** The message as it was received; the caller destroys the stream. Rejects as `locateMessage`. */
  openMessage(queueId: string): Promise<MessageFileFacts & { readonly content: Readable }>;
}
