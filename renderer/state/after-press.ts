/**
 * A press of the mouse takes the focus from a field first. An error line that appears then would push the button
 * away from under the pointer, and the click would be lost: what may move the page waits until the press is over.
 */
let pressed = false;
const waiting = new Map<string, () => void>();

function released(): void {
  pressed = false;
  // The click comes right after; then it is time.
  setTimeout(() => {
    const all = [...waiting.values()];
    waiting.clear();
    for (const action of all) action();
  });
}

window.addEventListener("pointerdown", () => (pressed = true), { capture: true });
for (const end of ["pointerup", "pointercancel", "dragend"] as const) {
  window.addEventListener(end, released, { capture: true });
}

/** At once, or after the press that is under way; of one `key` only the last. */
export function afterPress(key: string, action: () => void): void {
  if (pressed) waiting.set(key, action);
  else action();
}
