/** In this browser; one that stores nothing begins anew each time. */
import { type Kept, keptText, readKept } from "./kept-draft.ts";

const STORED_AT = "efs.assistant";

export function loadKept(): Kept | null {
  try {
    return readKept(localStorage.getItem(STORED_AT));
  } catch {
    return null;
  }
}

export function storeKept(kept: Kept): void {
  try {
    localStorage.setItem(STORED_AT, keptText(kept));
  } catch {
    // Full, or not allowed.
  }
}

export function forgetKept(): void {
  try {
    localStorage.removeItem(STORED_AT);
  } catch {
    // Then there is nothing to forget.
  }
}
