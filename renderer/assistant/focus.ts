/** Where the keyboard goes: a person never has to look for it. All wait until what is to be focused is drawn. */

export function focusFirstError(): void {
  soon(() => document.querySelector<HTMLElement>("[aria-invalid='true']")?.focus());
}

/** A field by its path, with its text selected for typing anew; else the outcome that has to be read. */
export function focusField(path: string | null): void {
  soon(() => {
    const field = path === null ? null : document.querySelector<HTMLElement>(`[data-path="${path}"]`);
    const input = field?.matches("input") ? field : (field?.querySelector<HTMLElement>("input") ?? null);
    const target = input ?? document.querySelector<HTMLElement>("[data-outcome]");
    target?.focus();
    if (input instanceof HTMLInputElement) input.select();
  });
}

/** Of a step that was just shown: its first field, or where there is none its button "Next". */
export function focusStep(card: HTMLElement | null): void {
  soon(() => {
    const first =
      card?.querySelector<HTMLElement>(
        "[data-fields] :is(input, textarea):not([type='hidden']):not(:disabled)",
      ) ?? card?.querySelector<HTMLElement>("[type='submit']");
    first?.focus();
  });
}

function soon(work: () => void): void {
  requestAnimationFrame(() => requestAnimationFrame(work));
}
