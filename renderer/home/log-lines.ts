/** The last lines of the log: those that were asked for, then what comes. Pure. */
import type { StreamItem } from "../../core/api/contract.ts";
import type { LogLine } from "../../core/model/event.ts";

export const SHOWN_LINES = 500;

export interface NumberedLine {
  /** Stable while it is shown. */
  readonly key: number;
  readonly line: LogLine;
}

/** New lines at the end, the oldest go. */
export function appendLines(
  shown: readonly NumberedLine[],
  items: readonly StreamItem<"events">[],
): readonly NumberedLine[] {
  const come = items.flatMap((item): NumberedLine[] =>
    "entry" in item && item.entry.kind === "log" ? [{ key: item.sequence, line: item.entry.line }] : [],
  );
  return come.length === 0 ? shown : [...shown, ...come].slice(-SHOWN_LINES);
}

/** Those from before the subscription get keys below every sequence number. */
export function numberLines(lines: readonly LogLine[]): readonly NumberedLine[] {
  return lines.slice(-SHOWN_LINES).map((line, index, all) => ({ key: index - all.length, line }));
}
