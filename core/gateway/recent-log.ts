import type { LogLine } from "../model/event.ts";

export const RECENT_LINES = 500;
const SHOWN = 5;

/** What was logged last, for the pages; and for the alerts the last lines that belong to a cause. */
export class RecentLog {
  #lines: LogLine[] = [];

  add(line: LogLine): void {
    this.#lines.push(line);
    if (this.#lines.length >= 2 * RECENT_LINES) this.#lines = this.#lines.slice(-RECENT_LINES);
  }

  /** Of an earlier process: they come before all that is there. */
  addEarlier(lines: readonly LogLine[]): void {
    this.#lines = [...lines, ...this.#lines].slice(-RECENT_LINES);
  }

  /** Oldest first. */
  last(most: number): readonly LogLine[] {
    return this.#lines.slice(-Math.min(Math.max(most, 1), RECENT_LINES));
  }

  /** A cause is `kind`, or `kind:account` (what is behind that says which message it is about). */
  about(cause: string): readonly LogLine[] {
    const [kind = "", subject = ""] = cause.split(":");
    const belongs = kind.startsWith("route") || kind.startsWith("guard") ? ofSource("smtp") : naming(subject);
    const found = this.#last(belongs);
    return found.length > 0 ? found : this.#last(() => true);
  }

  #last(belongs: (line: LogLine) => boolean): readonly LogLine[] {
    const found: LogLine[] = [];
    for (let index = this.#lines.length - 1; index >= 0 && found.length < SHOWN; index -= 1) {
      const line = this.#lines[index];
      if (line !== undefined && belongs(line)) found.unshift(line);
    }
    return found;
  }
}

function ofSource(source: string): (line: LogLine) => boolean {
  return (line) => line.source === source;
}

/** Lines about an account begin with its id or have it in quotes. */
function naming(subject: string): (line: LogLine) => boolean {
  if (subject === "") return () => true;
  return ({ source, text }) =>
    source === "pop3" && (text.startsWith(`${subject}: `) || text.includes(`"${subject}"`));
}
