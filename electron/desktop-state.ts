/** What the app remembers of itself: windows, notices already given. Nothing of the mail; losing it harms nobody. */
import { readFileSync } from "node:fs";
import * as z from "zod";
import { writeDurably } from "../core/util/write-durably.ts";

const boundsSchema = z.object({ x: z.int(), y: z.int(), width: z.int().min(1), height: z.int().min(1) });

const stateSchema = z.object({
  windows: z
    .object({ main: boundsSchema.nullable().catch(null), detail: boundsSchema.nullable().catch(null) })
    .catch({ main: null, detail: null }),
  /** "It goes on in the tray" was said. */
  closeNoticeGiven: z.boolean().catch(false),
  /** "There is no keychain" was said. */
  keychainNoticeGiven: z.boolean().catch(false),
  updates: z
    .object({
      /** Where updates are published (https); null: nobody looks for any. */
      address: z.url({ protocol: /^https$/ }).nullable(),
    })
    .catch({ address: null }),
});

export type DesktopState = z.infer<typeof stateSchema>;

export interface DesktopStateFile {
  current(): DesktopState;
  /** Kept, and written soon; what cannot be written is only forgotten. */
  change(change: Partial<DesktopState>): void;
  saved(): Promise<void>;
}

export function openDesktopState(path: string): DesktopStateFile {
  let state = read(path);
  let writing: Promise<void> = Promise.resolve();
  return {
    current: () => state,
    change(change) {
      state = { ...state, ...change };
      const text = `${JSON.stringify(state, null, 2)}\n`;
      writing = writing.then(() => writeDurably(path, text)).catch(() => undefined);
    },
    saved: () => writing,
  };
}

function read(path: string): DesktopState {
  let content: unknown = {};
  try {
    content = JSON.parse(readFileSync(path, "utf8"));
  } catch {
    // There is none yet, or not one that can be read.
  }
  return stateSchema.catch(() => stateSchema.parse({})).parse(content);
}
