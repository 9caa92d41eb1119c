/**
 * Preloaded into a process that is measured: at its end it writes its peak memory, in octets, to the file named by
 * EFS_TEST_PEAK.
 *
 * VmHWM is this process's own; `maxRSS` (where there is no /proc) may begin with what the parent had.
 */
import { readFileSync, writeFileSync } from "node:fs";

const path = process.env["EFS_TEST_PEAK"];

function peak(): number {
  try {
    const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
    if (kilobytes !== undefined) return Number(kilobytes) * 1_024;
  } catch {
    // Not Linux.
  }
  return process.resourceUsage().maxRSS * 1_024;
}

if (path !== undefined) process.on("exit", () => writeFileSync(path, String(peak())));
