/** What each part of the bench hands over: figures for the JSON, words for the reader. */

export interface Verdict {
  readonly target: string;
  readonly value: string;
  readonly met: boolean;
}

export interface Section {
  readonly name: string;
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Said below the table. */
  readonly notes: readonly string[];
  readonly verdicts: readonly Verdict[];
  /** Runs that were broken and do not count. */
  readonly faults: readonly string[];
  /** Ours among them, or so many that somebody has none that counts: the bench fails. */
  readonly failed: boolean;
  readonly figures: unknown;
}

/** `12,345`, `98.7`, `1.30`; "-" for what there is not. */
export function formatFigure(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return "-";
  const size = Math.abs(value);
  if (size >= 1_000) return Math.round(value).toLocaleString("en-US");
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2);
}

export function formatCount(value: number): string {
  return value.toLocaleString("en-US");
}

export function formatRatio(value: number | null): string {
  return value === null ? "-" : `${formatFigure(value)} x`;
}

/** In Markdown, aligned for a terminal too: the first column to the left, figures to the right. */
export function formatTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((cell, column) =>
    Math.max(3, cell.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, column) => pad(cells[column] ?? "", width, column)).join(" | ")} |`;
  const rule = widths.map((width, column) =>
    column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`,
  );
  return [line(head), line(rule), ...rows.map(line)].join("\n");
}

function pad(cell: string, width: number, column: number): string {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width);
}

export function formatSection({ name, title, head, rows, notes, verdicts, faults }: Section): string {
  return [
    `\n## ${name}: ${title}\n`,
    formatTable(head, rows),
    ...(notes.length + verdicts.length + faults.length > 0 ? [""] : []),
    ...notes,
    ...verdicts.map(({ target, value, met }) => `${met ? "met    " : "NOT met"}  ${target}: ${value}`),
    ...faults.map((fault) => `BROKEN   ${fault}`),
  ].join("\n");
}
