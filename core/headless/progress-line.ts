/** `efs check` on a terminal: one line that is rewritten, and gone at the end. */
import type { RunTotals } from "../model/event.ts";
import type { Clock } from "../model/ports.ts";
import type { Terminal } from "./output.ts";

/** Milliseconds between two rewritings. */
const PACE = 100;

export interface ProgressLine {
  show(totals: RunTotals): void;
  clear(): void;
}

export function createProgressLine(terminal: Terminal, clock: Clock): ProgressLine {
  let shownAt = Number.NEGATIVE_INFINITY;
  let shown = "";
  return {
    show(totals) {
      if (clock.now() - shownAt < PACE) return;
      shownAt = clock.now();
      shown = formatProgress(totals).slice(0, Math.max(0, terminal.columns - 1));
      terminal.write(`\r${shown}\x1b[K`);
    },
    clear() {
      if (shown !== "") terminal.write("\r\x1b[K");
      shown = "";
    },
  };
}

/** `collected 12 of 300 (1.2 MB), delivered 10 (1.0 MB), deferred 1` */
export function formatProgress(totals: RunTotals): string {
  const { collected, toCollect, collectedBytes, delivered, deliveredBytes, deferred, errors } = totals;
  const of = toCollect > 0 ? ` of ${toCollect}` : "";
  const parts = [
    `collected ${collected}${of} (${formatBytes(collectedBytes)})`,
    `delivered ${delivered} (${formatBytes(deliveredBytes)})`,
    ...(deferred > 0 ? [`deferred ${deferred}`] : []),
    ...(errors > 0 ? [`errors ${errors}`] : []),
  ];
  return parts.join(", ");
}

const UNITS = ["KB", "MB", "GB", "TB"];

/** `999 B`, `1.2 MB`; powers of 1024. */
export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  let value = bytes;
  let unit = "B";
  for (const next of UNITS) {
    if (value < 999.5) break;
    value /= 1_024;
    unit = next;
  }
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${unit}`;
}
