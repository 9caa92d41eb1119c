/** What the gateway wants to reach when it moves mail, and whether it did. */
import { fastest, measuredOf, medianPeak, rate, ratioOf } from "./figures.ts";
import type { Run } from "./moving.ts";
import { formatFigure, formatRatio, type Verdict } from "./section.ts";
import { type ToolId, tools } from "./tools.ts";
import type { Workload } from "./workloads.ts";

export const PEERS: readonly ToolId[] = tools.filter(({ role }) => role === "peer").map(({ id }) => id);
const FETCHMAIL_CURED: readonly ToolId[] = ["fetchmail-qa", "fetchmail-nd"];

interface SpeedTarget {
  readonly than: string;
  readonly among: readonly ToolId[];
  readonly least: number;
  /** What one would like. */
  readonly aim?: number;
}

const SPEED: Readonly<Record<Workload["name"], readonly SpeedTarget[]>> = {
  small: [
    { than: "the best peer", among: PEERS, least: 1, aim: 1.3 },
    { than: "fetchmail as shipped", among: ["fetchmail"], least: 50 },
  ],
  office: [{ than: "the best peer", among: PEERS, least: 2, aim: 3 }],
  big: [{ than: "the best peer", among: PEERS, least: 2 }],
  rtt20: [{ than: "fetchmail without its stall", among: FETCHMAIL_CURED, least: 20 }],
};

const MOST_MEMORY: Readonly<Partial<Record<Workload["name"], number>>> = { big: 150_000_000 };

/** Only for what was measured. */
export function judge(workload: Workload["name"], runs: readonly Run[]): Verdict[] {
  const measured = measuredOf(runs);
  const speeds = SPEED[workload].flatMap(({ than, among, least, aim }) => {
    const ratio = ratioOf(runs, "efs", fastest(measured, among), rate);
    if (ratio === null) return [];
    const wish = aim === undefined ? "" : ` (aim: ${formatRatio(aim)})`;
    const target = `at least ${formatRatio(least)} ${than}${wish}`;
    return [{ target, value: formatRatio(ratio), met: ratio >= least }];
  });
  const most = MOST_MEMORY[workload];
  const peak = medianPeak(runs, "efs");
  if (most === undefined || peak === null) return speeds;
  const megabytes = (octets: number): string => `${formatFigure(octets / 1e6)} MB`;
  return [
    ...speeds,
    { target: `peak RSS below ${megabytes(most)}`, value: megabytes(peak), met: peak < most },
  ];
}
