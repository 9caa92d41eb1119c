/** As much of a program's output as a log bears. */
const MOST_LINES = 200;
const LONGEST_LINE = 500;

/** Cuts what a program prints, on several streams, into lines; long ones and too many are cut off. */
export class LogLines {
  readonly #say: (line: string) => void;
  readonly #begun = new Map<number, string>();
  #lines = 0;

  constructor(say: (line: string) => void) {
    this.#say = say;
  }

  add(stream: number, chunk: Buffer): void {
    if (this.#lines > MOST_LINES) return;
    const parts = chunk.toString("utf8").split(/\r\n|\r|\n/);
    const last = parts.pop() ?? "";
    for (const part of parts) {
      this.#line((this.#begun.get(stream) ?? "") + part);
      this.#begun.delete(stream);
    }
    this.#begun.set(stream, ((this.#begun.get(stream) ?? "") + last).slice(0, LONGEST_LINE + 1));
  }

  /** The lines that had no end. */
  end(): void {
    for (const text of this.#begun.values()) this.#line(text);
    this.#begun.clear();
  }

  #line(text: string): void {
    if (text.trim() === "") return;
    this.#lines += 1;
    if (this.#lines <= MOST_LINES) {
      this.#say(text.length > LONGEST_LINE ? `${text.slice(0, LONGEST_LINE)} ...` : text);
    } else if (this.#lines === MOST_LINES + 1) {
      this.#say("(it printed more, which is left out here)");
    }
  }
}
