/**
 * Where protocol code hands over what it says and hears. The line is numbered, stamped, bounded and made
 * harmless; secrets were masked by the caller, at the source. Never blocks, never throws.
 */
import type { Clock, Tap } from "../model/ports.ts";
import { escapeUnprintable } from "../model/reply.ts";
import type { TranscriptEntry } from "../model/transcript-entry.ts";

/** Characters of one line that are kept; servers may send more. */
const LONGEST = 2_000;

export function createTap(clock: Clock, publish: (entry: TranscriptEntry) => void): Tap {
  let sequence = 0;
  return (line) => {
    sequence += 1;
    const cut = line.text.length > LONGEST ? `${line.text.slice(0, LONGEST)}...` : line.text;
    publish({ ...line, text: escapeUnprintable(cut), sequence, at: clock.now() });
  };
}

/** Where nobody listens. */
export const silentTap: Tap = () => undefined;
