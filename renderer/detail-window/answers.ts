/** What a line of a server says by its first characters, and the whole answer that it belongs to. Pure. */
import type { TranscriptEntry } from "../../core/model/transcript-entry.ts";
import type { TranscriptRow } from "./transcript-lines.ts";

/** `good`: 2xx, 3xx, +OK. `later`: 4xx. `refused`: 5xx, -ERR. */
export type AnswerClass = "good" | "later" | "refused";

/** null: not an answer, or one without a class. */
export function answerClass({ direction, protocol, text }: TranscriptEntry): AnswerClass | null {
  if (direction !== "server") return null;
  if (protocol === "pop3") {
    if (/^\+OK\b/i.test(text)) return "good";
    return /^-ERR\b/i.test(text) ? "refused" : null;
  }
  switch (/^([2-5])\d\d(?:[ -]|$)/.exec(text)?.[1]) {
    case "2":
    case "3":
      return "good";
    case "4":
      return "later";
    case "5":
      return "refused";
    default:
      return null;
  }
}

/** The code that the badge shows: `550`, `+OK`, `-ERR`. */
export function answerCode({ text }: Pick<TranscriptEntry, "text">): string {
  return /^(?:\d{3}|\+OK|-ERR)/i.exec(text)?.[0] ?? "";
}

/** All lines of the answer that the row is one of, joined; lines of other sessions between them are passed over. */
export function wholeAnswer(rows: readonly TranscriptRow[], index: number): string {
  const row = rows[index];
  if (row?.kind !== "entry") return "";
  const { session, text } = row.entry;
  const lines = [text];
  for (let at = index - 1; at >= 0; at -= 1) {
    const before = ofSession(rows[at], session);
    if (before === null) continue;
    if (before.direction !== "server" || !isContinued(before.text)) break;
    lines.unshift(before.text);
  }
  for (let at = index + 1, last = text; at < rows.length && isContinued(last); at += 1) {
    const next = ofSession(rows[at], session);
    if (next === null) continue;
    if (next.direction !== "server") break;
    lines.push(next.text);
    last = next.text;
  }
  return lines.join("\n");
}

function ofSession(row: TranscriptRow | undefined, session: string): TranscriptEntry | null {
  return row?.kind === "entry" && row.entry.session === session ? row.entry : null;
}

function isContinued(text: string): boolean {
  return /^\d{3}-/.test(text);
}

/** One of six hues, the same for a session as long as it lives. */
export function sessionHue(session: string): number {
  const number = Number(/(\d+)$/.exec(session)?.[1] ?? Number.NaN);
  // The two servers of one run often have the same number.
  if (Number.isSafeInteger(number)) return (2 * number + (session.startsWith("pop3") ? 0 : 1)) % 6;
  return [...session].reduce((sum, character) => sum + character.charCodeAt(0), 0) % 6;
}

const ARROWS = { client: "->", server: "<-", note: " ·" } as const;

/** As it is copied and saved: `2026-11-20T15:20:36.123Z smtp-3 <- 250 OK`. */
export function lineText(row: TranscriptRow, gapText: (missed: number) => string): string {
  if (row.kind === "gap") return `--- ${gapText(row.missed)} ---`;
  const { at, session, direction, text } = row.entry;
  return `${new Date(at).toISOString()} ${session} ${ARROWS[direction]} ${text}`;
}
