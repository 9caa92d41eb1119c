/** One workload: everybody in turns, and the table of it. */
import type { Bed } from "./bed.ts";
import { cpuPerThousand, fastest, measuredOf, rate, ratioOf } from "./figures.ts";
import { type Run, type Turn, takeTurns } from "./moving.ts";
import { formatCount, formatFigure, formatRatio, type Section } from "./section.ts";
import { judge, PEERS } from "./targets.ts";
import type { Tool } from "./tools.ts";
import type { Workload } from "./workloads.ts";

export interface MovingOptions {
  readonly tools: readonly Tool[];
  readonly rounds: number;
  /** At most so many messages for each. */
  readonly most: number;
  /** Everybody gets as many as the gateway. */
  readonly full: boolean;
}

const HEAD = [
  "",
  "messages",
  "messages/s",
  "least to most",
  "MB/s",
  "CPU s/1,000",
  "peak MB",
  "speed to best peer",
  "CPU",
  "memory",
  "speed to fetchmail as shipped",
];

export async function measureMoving(
  bed: Bed,
  workload: Workload,
  options: MovingOptions,
  tell: (run: Run) => void,
): Promise<Section> {
  const turns = turnsOf(workload, options);
  const runs = await takeTurns(bed, turns, options.rounds, tell);
  return movingSection(workload, options.tools, runs);
}

export function turnsOf(workload: Workload, { tools, most, full }: MovingOptions): Turn[] {
  return tools.flatMap((tool) => {
    const own = workload.messages[tool.id];
    if (own === undefined) return [];
    const messages = Math.min(most, full ? (workload.messages.efs ?? own) : own);
    const { profile, roundTrip } = workload;
    return [{ what: tool.id, tool, load: { profile, roundTrip, messages } }];
  });
}

export function movingSection(workload: Workload, tools: readonly Tool[], runs: readonly Run[]): Section {
  const measured = measuredOf(runs);
  const best = fastest(measured, PEERS);
  const titles = new Map<string, string>(tools.map(({ id, title }) => [id, title]));
  // In the order of the list, whoever began.
  const order = [...titles.keys()];
  const sorted = measured.toSorted((a, b) => order.indexOf(a.what) - order.indexOf(b.what));
  const ratios = sorted.map(({ what }) => ({
    what,
    speedToBest: ratioOf(runs, what, best, rate),
    cpuToBest: ratioOf(runs, what, best, cpuPerThousand),
    peakToBest: ratioOf(runs, what, best, ({ peak }) => peak),
    speedToShipped: ratioOf(runs, what, "fetchmail", rate),
  }));
  return {
    name: workload.name,
    title: workload.title,
    head: HEAD,
    rows: sorted.map((row, index) => [
      titles.get(row.what) ?? row.what,
      formatCount(row.messages),
      formatFigure(row.messagesPerSecond.median),
      `${formatFigure(row.messagesPerSecond.least)} to ${formatFigure(row.messagesPerSecond.most)}`,
      formatFigure(row.megabytesPerSecond.median),
      formatFigure(row.cpuPerThousand.median),
      formatFigure(row.peak.median / 1e6),
      formatRatio(ratios[index]?.speedToBest ?? null),
      formatRatio(ratios[index]?.cpuToBest ?? null),
      formatRatio(ratios[index]?.peakToBest ?? null),
      formatRatio(ratios[index]?.speedToShipped ?? null),
    ]),
    notes: best === null ? [] : [`Best peer: ${titles.get(best) ?? best}.`],
    verdicts: judge(workload.name, runs),
    faults: faultsOf(runs),
    failed: hasFailed(runs),
    figures: { measured: sorted, ratios, runs },
  };
}

export function faultsOf(runs: readonly Run[]): string[] {
  return runs.flatMap(({ what, round, fault }) =>
    fault === null ? [] : [`${what}, round ${round + 1}: ${fault}`],
  );
}

/** A peer may fail now and then by its own fault; whoever never gets through is set up wrongly. */
export function hasFailed(runs: readonly Run[]): boolean {
  const peers: readonly string[] = PEERS;
  const good = new Set(runs.filter(({ fault }) => fault === null).map(({ what }) => what));
  return runs.some(({ what, fault }) => fault !== null && (!peers.includes(what) || !good.has(what)));
}
