/**
 * The gateway against its peers and against the ceiling, on this computer alone: `npm run bench`. README.md beside it says
 * what is measured and how. Exit 1 when a run was broken or nothing could be measured; a target that is not met is a
 * figure, not a failure.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { whyNoBench } from "../servers/real-servers.ts";
import { optionsOrExit } from "../support/script-options.ts";
import { type Bed, openBed } from "./bed.ts";
import { type BenchOptions, parseBenchOptions, type SectionName, USAGE } from "./bench-options.ts";
import { measureCold } from "./cold.ts";
import { measureFirstPage } from "./first-page.ts";
import { measureGrowth } from "./growth.ts";
import { measureIdle } from "./idle.ts";
import { describeMachine, formatMachine } from "./machine.ts";
import type { Run } from "./moving.ts";
import { measureMoving } from "./moving-section.ts";
import { installForBench, presentTools } from "./packages.ts";
import { formatSection, type Section } from "./section.ts";
import { type Tool, tools } from "./tools.ts";
import { workloads } from "./workloads.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
process.exit(await bench(optionsOrExit("bench", USAGE, parseBenchOptions(process.argv.slice(2)))));

async function bench(chosen: BenchOptions): Promise<number> {
  const wanted = tools.filter(({ id }) => chosen.tools.includes(id));
  if (chosen.install) installForBench(wanted);
  const reason = whyNoBench();
  if (reason !== null) {
    console.error(`bench: It cannot be run here: ${reason}. Debian, as root, is what it needs.`);
    return 1;
  }
  if (spawnSync("npm", ["run", "-s", "prepare"], { cwd: root, stdio: "inherit" }).status !== 0) return 1;
  const machine = describeMachine();
  console.log(formatMachine(machine));
  const bed = await openBed();
  // Ctrl+C: the servers end with this process, what they wrote goes here.
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => void bed.close().finally(() => process.exit(1)));
  }
  try {
    const present = presentTools(wanted, typeof bed.shims === "string" ? bed.shims : null);
    for (const line of present.leftOut) console.log(line);
    const sections: Section[] = [];
    for (const name of chosen.only) {
      const section = await measure(name, bed, present.tools, chosen);
      if (section === null) continue;
      sections.push(section);
      console.log(formatSection(section));
      // After each part: whoever stops it halfway has what was measured.
      save(chosen.out, {
        at: new Date().toISOString(),
        machine,
        options: chosen,
        leftOut: present.leftOut,
        sections,
      });
    }
    console.log(`\nAll figures: ${chosen.out}`);
    return sections.length > 0 && sections.every(({ failed }) => !failed) ? 0 : 1;
  } finally {
    await bed.close();
  }
}

async function measure(
  name: SectionName,
  bed: Bed,
  present: readonly Tool[],
  { rounds, most, full, times, idleSeconds }: BenchOptions,
): Promise<Section | null> {
  const tell = (run: Run): void => console.log(formatRun(name, run));
  switch (name) {
    case "growth": {
      const ours = present.find(({ role }) => role === "ours");
      return ours === undefined ? null : measureGrowth(bed, ours, { rounds, most }, tell);
    }
    case "idle":
      return measureIdle(bed, idleSeconds);
    case "cold":
      return measureCold(bed, times);
    case "page":
      return measureFirstPage(bed, times);
    default: {
      const workload = workloads.find((each) => each.name === name);
      if (workload === undefined) return null;
      return measureMoving(bed, workload, { tools: present, rounds, most, full }, tell);
    }
  }
}

function formatRun(name: SectionName, { what, round, messages, wall, fault }: Run): string {
  const end = fault === null ? `${messages} messages in ${wall.toFixed(2)} s` : `BROKEN: ${fault}`;
  return `${name}, round ${round + 1}: ${what}: ${end}`;
}

function save(file: string, report: unknown): void {
  const path = resolve(root, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(report, null, 1)}\n`);
}
