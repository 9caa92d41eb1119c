import type { Resolution } from "./envelope.ts";
import type { MessageSummary, Verdict } from "./message.ts";

/** What would become of a message ("Why these recipients", `efs resolve FILE`, the panel "Try it"). */
export interface ResolvedMessage {
  /** As mail of this account; null: of none (put into Inbox by hand). */
  readonly accountId: string | null;
  readonly summary: MessageSummary;
  readonly resolution: Resolution;
  readonly verdict: Verdict;
}
