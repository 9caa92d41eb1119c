import type { Clock, Tap } from "../model/ports.ts";
import type { TranscriptEntry } from "../model/transcript-entry.ts";
import { Hub } from "./hub.ts";
import { createTap } from "./tap.ts";

/** The live conversation with all servers: one tap in, any number of listeners out. */
export interface Transcript {
  readonly tap: Tap;
  readonly hub: Hub<TranscriptEntry>;
}

/** `capacity`: entries held for those who come later. */
export function createTranscript(clock: Clock, capacity = 10_000): Transcript {
  const hub = new Hub<TranscriptEntry>(capacity);
  return { hub, tap: createTap(clock, (entry) => hub.publish(entry)) };
}
