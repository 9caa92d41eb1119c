/** `efs check` with nothing to do: from its start to its exit, ten times on one data folder. */
import { type Bed, USER } from "./bed.ts";
import { runMeasured } from "./measured-run.ts";
import { efsCommand } from "./peer-commands.ts";
import { formatFigure, type Section } from "./section.ts";
import { spread } from "./statistics.ts";

const MOST_MILLISECONDS = 500;

export async function measureCold(bed: Bed, times: number): Promise<Section> {
  bed.dovecot.link(USER, "", []);
  const folder = bed.freshFolder();
  const { port: pop3 } = bed.dovecot;
  const command = await efsCommand({
    folder,
    pop3,
    smtp: bed.sink.port,
    password: bed.dovecot.password,
  });
  const faults: string[] = [];
  const runs = [];
  // The first one makes the data folder's files and does not count.
  for (let index = 0; index <= times; index += 1) {
    const run = await runMeasured(command, folder);
    if (run.exit !== 0) faults.push(`run ${index}: exit ${run.exit}: ${run.said}`);
    if (index > 0) runs.push(run);
  }
  bed.drop(folder);
  const wall = spread(runs.map((run) => run.wall * 1_000));
  const cpu = spread(runs.map((run) => run.cpu * 1_000));
  const peak = spread(runs.map((run) => run.peak / 1e6));
  const row = (name: string, { median, least, most }: typeof wall): string[] => [
    name,
    ...[median, least, most].map(formatFigure),
  ];
  return {
    name: "cold",
    title: `efs check with nothing to do, ${times} times`,
    head: ["", "median", "least", "most"],
    rows: [row("ms from start to exit", wall), row("CPU ms", cpu), row("peak MB", peak)],
    notes: [],
    verdicts: [
      {
        target: `less than ${MOST_MILLISECONDS} ms`,
        value: `${formatFigure(wall.median)} ms`,
        met: wall.median < MOST_MILLISECONDS,
      },
    ],
    faults,
    failed: faults.length > 0,
    figures: { wall, cpu, peak },
  };
}
