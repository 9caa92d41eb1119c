/** Where figures come from: they mean little without it. */
import { spawnSync } from "node:child_process";
import { statfsSync } from "node:fs";
import { availableParallelism, cpus, loadavg, release, tmpdir, totalmem } from "node:os";

export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memory: number;
  readonly kernel: string;
  readonly node: string;
  /** Of the temporary folder, where mail, mailbox and data folder are. */
  readonly fileSystem: string;
  /** Processes that wanted to run in the minute before. */
  readonly load: number;
  /** Debian's versions, by package. */
  readonly packages: Readonly<Record<string, string>>;
}

const PACKAGES = ["dovecot-core", "postfix", "fetchmail", "mpop", "getmail6", "msmtp"];
/** From Linux's magic.h. */
const FILE_SYSTEMS: Readonly<Record<number, string>> = {
  16914836: "tmpfs",
  61267: "ext4",
  1481003842: "xfs",
  2435016766: "btrfs",
  2035054128: "overlayfs",
};

export function describeMachine(): Machine {
  const { type } = statfsSync(tmpdir());
  const { stdout } = spawnSync("dpkg-query", ["-W", ...PACKAGES], { encoding: "utf8" });
  const lines = (stdout ?? "").split("\n").map((line) => line.split("\t"));
  return {
    processor: cpus()[0]?.model ?? "unknown",
    cores: availableParallelism(),
    memory: totalmem(),
    kernel: release(),
    node: process.version,
    fileSystem: FILE_SYSTEMS[type] ?? `0x${type.toString(16)}`,
    load: loadavg()[0] ?? 0,
    packages: Object.fromEntries(
      lines.flatMap(([name, version]) => (name && version ? [[name, version]] : [])),
    ),
  };
}

export function formatMachine({
  processor,
  cores,
  memory,
  kernel,
  node,
  fileSystem,
  load,
  packages,
}: Machine): string {
  const versions = Object.entries(packages).map(([name, version]) => `${name} ${version}`);
  const onDisk =
    fileSystem === "tmpfs" ? "; nothing is written to a disk there: set TMPDIR to a real one" : "";
  return [
    `${cores} cores (${processor}), ${(memory / 1e9).toFixed(0)} GB, Linux ${kernel}, Node ${node}, load ${load.toFixed(1)}`,
    `temporary folder on ${fileSystem}${onDisk}`,
    versions.join(", "),
  ].join("\n");
}
