/** Measures who moves a mailbox how fast, in turns; each run is checked. */
import type { SampleProfile } from "../support/sample-messages.ts";
import { type Bed, USER } from "./bed.ts";
import { cachedMail } from "./mail-cache.ts";
import { runMeasured } from "./measured-run.ts";
import { rotate } from "./statistics.ts";
import type { Tool } from "./tools.ts";

export interface Load {
  readonly profile: SampleProfile;
  readonly messages: number;
  readonly roundTrip: number;
}

export interface Run {
  /** Of what: a tool's id, or a tool and a size. */
  readonly what: string;
  readonly round: number;
  readonly messages: number;
  /** On the wire. */
  readonly octets: number;
  /** Seconds. */
  readonly wall: number;
  readonly cpu: number;
  /** Octets of the largest process. */
  readonly peak: number;
  /** Why it does not count; null: all is as it should be. */
  readonly fault: string | null;
}

export interface Turn {
  readonly what: string;
  readonly tool: Tool;
  readonly load: Load;
}

/** Every turn once a round, each time another one first. A peer whose run was broken has a second try. */
export async function takeTurns(
  bed: Bed,
  turns: readonly Turn[],
  rounds: number,
  tell: (run: Run) => void,
): Promise<Run[]> {
  // All mail is there before the first run: making it is work for the disk.
  for (const { load } of turns) cachedMail(load.profile, load.messages);
  const runs: Run[] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const { what, tool, load } of rotate(turns, round)) {
      const once = async (): Promise<Run> => {
        const run = { what, round, ...(await move(bed, tool, load)) };
        runs.push(run);
        tell(run);
        return run;
      };
      const { fault } = await once();
      // A peer's own fault is not to cost its row; ours is what the bench is to show.
      if (fault !== null && tool.role === "peer") await once();
    }
  }
  return runs;
}

async function move(bed: Bed, tool: Tool, load: Load): Promise<Omit<Run, "what" | "round">> {
  const mail = cachedMail(load.profile, load.messages);
  bed.dovecot.link(USER, mail.folder, mail.names);
  const sink = tool.cure === "quick-ack" && bed.quickSink !== null ? bed.quickSink : bed.sink;
  const folder = bed.freshFolder();
  try {
    const { environment, ...command } = await tool.command({
      folder,
      password: bed.dovecot.password,
      pop3: await bed.pop3Port(load.roundTrip),
      smtp: sink.port,
    });
    const preload =
      tool.cure === "no-delay" && typeof bed.shims !== "string" ? { LD_PRELOAD: bed.shims.noDelay } : {};
    const before = sink.count();
    const run = await runMeasured({ ...command, environment: { ...environment, ...preload } }, folder);
    const left = bed.left();
    const arrived = sink.count() - before;
    const good = run.exit === 0 && left === 0 && arrived === load.messages;
    const { wall, cpu, peak } = run;
    return {
      messages: load.messages,
      octets: mail.octets,
      wall,
      cpu,
      peak,
      fault: good
        ? null
        : `exit ${run.exit ?? "too late"}, ${left} left, ${arrived} of ${load.messages} arrived: ${run.said}`,
    };
  } finally {
    bed.drop(folder);
  }
}
