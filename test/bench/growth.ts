/**
 * Does a message cost more when more of them are waiting? Mailboxes of different sizes in turns, and an empty one, whose
 * time is taken off: a program's start must not make the small ones look dear and so hide that the large ones are.
 */
import type { Bed } from "./bed.ts";
import { type Run, takeTurns } from "./moving.ts";
import { faultsOf, hasFailed } from "./moving-section.ts";
import { formatCount, formatFigure, type Section } from "./section.ts";
import { median } from "./statistics.ts";
import type { Tool } from "./tools.ts";

const SIZES = [1_000, 10_000, 50_000];
const MOST_GROWTH = 0.1;
/** Of fewer, the engine's warming up is most of the cost. */
const FEWEST = 500;

/** The largest mailbox has at most so many, the others in proportion. */
export function growthSizes(most: number): number[] {
  const share = Math.min(1, most / 50_000);
  return SIZES.map((size) => Math.max(1, Math.round(size * share)));
}

export async function measureGrowth(
  bed: Bed,
  tool: Tool,
  options: { readonly rounds: number; readonly most: number },
  tell: (run: Run) => void,
): Promise<Section> {
  const sizes = growthSizes(options.most);
  const turns = [0, ...sizes].map((messages) => ({
    what: String(messages),
    tool,
    load: { profile: "small", messages, roundTrip: 0 } as const,
  }));
  return growthSection(sizes, await takeTurns(bed, turns, options.rounds, tell));
}

export interface Cost {
  readonly size: number;
  /** Milliseconds for one message. */
  readonly wall: number;
  readonly cpu: number;
  readonly peak: number;
}

/** One cost for each run; what an empty mailbox takes, by the median of all rounds, is taken off. */
function costsOf(size: number, runs: readonly Run[]): Cost[] {
  const good = runs.filter(({ fault }) => fault === null);
  const empty = good.filter(({ messages }) => messages === 0);
  const start = { wall: median(empty.map(({ wall }) => wall)), cpu: median(empty.map(({ cpu }) => cpu)) };
  return good
    .filter(({ messages }) => messages === size)
    .map(({ wall, cpu, peak }) => ({
      size,
      wall: (1_000 * (wall - start.wall)) / size,
      cpu: (1_000 * (cpu - start.cpu)) / size,
      peak,
    }));
}

export function growthSection(sizes: readonly number[], runs: readonly Run[]): Section {
  const costs = sizes.map((size) => costsOf(size, runs));
  const [first = []] = costs;
  const growth = (of: readonly Cost[], key: "wall" | "cpu"): number => {
    const base = median(first.map((cost) => cost[key]));
    // So few messages, or so busy a machine, that they cannot be told from nothing.
    return base > 0 ? median(of.map((cost) => cost[key])) / base - 1 : Number.NaN;
  };
  const last = costs.at(-1) ?? [];
  const judged = (sizes[0] ?? 0) >= FEWEST;
  const worst = growth(last, "wall");
  const percent = (share: number): string => (Number.isFinite(share) ? `${(share * 100).toFixed(1)} %` : "-");
  return {
    name: "growth",
    title: "what one message costs, with the time of an empty mailbox taken off",
    head: ["messages in the mailbox", "ms each", "CPU ms each", "growth", "CPU growth", "peak MB"],
    rows: costs.map((of, index) => [
      formatCount(sizes[index] ?? 0),
      formatFigure(median(of.map(({ wall }) => wall))),
      formatFigure(median(of.map(({ cpu }) => cpu))),
      percent(growth(of, "wall")),
      percent(growth(of, "cpu")),
      formatFigure(median(of.map(({ peak }) => peak)) / 1e6),
    ]),
    notes: [
      ...(judged ? [] : [`No verdict: the smallest mailbox has fewer than ${FEWEST} messages.`]),
      ...(Number.isFinite(worst) ? [] : ["What a message costs could not be told from the program's start."]),
    ],
    verdicts:
      judged && Number.isFinite(worst)
        ? [
            {
              target: `the cost of a message grows by less than ${percent(MOST_GROWTH)}`,
              value: percent(worst),
              met: worst < MOST_GROWTH,
            },
          ]
        : [],
    faults: faultsOf(runs),
    failed: hasFailed(runs),
    figures: { costs, runs },
  };
}
