/**
 * How much may be on its way to the disk at once: `limits.pop3.intakeWindow` messages and about 32 MB. A larger
 * message goes alone. Whoever has to wait keeps the server waiting.
 */
import { limits } from "../model/limits.ts";

const MOST_OCTETS = 32 * 1_048_576;

export class IntakeWindow {
  #messages = 0;
  #octets = 0;
  readonly #queue: { readonly octets: number; readonly enter: () => void }[] = [];

  /** A promise where there is no room yet, kept in the order of the calls. The function gives it back, once. */
  enter(octets: number): (() => void) | Promise<() => void> {
    if (this.#queue.length === 0 && this.#fits(octets)) {
      this.#take(octets);
      return this.#wayOut(octets);
    }
    return new Promise((resolve) => {
      this.#queue.push({ octets, enter: () => resolve(this.#wayOut(octets)) });
    });
  }

  #wayOut(octets: number): () => void {
    let inside = true;
    return () => {
      if (!inside) return;
      inside = false;
      this.#messages -= 1;
      this.#octets -= octets;
      for (let next = this.#queue[0]; next !== undefined && this.#fits(next.octets); next = this.#queue[0]) {
        this.#queue.shift();
        this.#take(next.octets);
        next.enter();
      }
    };
  }

  #fits(octets: number): boolean {
    return (
      this.#messages === 0 ||
      (this.#messages < limits.pop3.intakeWindow && this.#octets + octets <= MOST_OCTETS)
    );
  }

  #take(octets: number): void {
    this.#messages += 1;
    this.#octets += octets;
  }
}
