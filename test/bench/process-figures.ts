/** What Linux knows of a process that runs. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

let ticks = 0;

/** Seconds of CPU that it has used so far, in steps of a tick (10 ms). */
export function cpuSeconds(pid: number): number {
  ticks ||= Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));
  // Its name, in parentheses, may hold blanks.
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / ticks;
}

/** Octets: now, and the most so far. */
export function residentMemory(pid: number): { readonly now: number; readonly peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const of = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(status)?.[1] ?? Number.NaN) * 1_024;
  return { now: of("VmRSS"), peak: of("VmHWM") };
}
