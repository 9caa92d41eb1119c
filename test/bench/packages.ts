/** Debian's packages for the bench: installed where that is possible, else named. */
import { canInstall, installPackages } from "../servers/apt.ts";
import { missing, missingForBench, type Programs } from "../servers/real-servers.ts";
import type { Tool } from "./tools.ts";

/** For the shims. */
const COMPILER: Programs = [
  ["/usr/bin/cc", "gcc"],
  ["/usr/include/netinet/tcp.h", "libc6-dev"],
];

export function installForBench(tools: readonly Tool[]): void {
  const compiler = tools.some(({ cure }) => cure !== null) ? COMPILER : [];
  const wanted = missingForBench([...tools.flatMap(({ programs }) => programs), ...compiler]);
  if (wanted.length > 0 && canInstall()) installPackages(wanted, "the bench");
}

export interface Present {
  readonly tools: readonly Tool[];
  /** One sentence for each that is left out. */
  readonly leftOut: readonly string[];
}

/** `noShims`: why the stall cannot be taken away; null: it can. */
export function presentTools(tools: readonly Tool[], noShims: string | null): Present {
  const reasons = tools.map((tool) => {
    const absent = missing(tool.programs);
    if (absent.length > 0) return `${absent.join(", ")} not installed`;
    return tool.cure === null ? null : noShims;
  });
  return {
    tools: tools.filter((_, index) => reasons[index] === null),
    leftOut: tools.flatMap((tool, index) =>
      reasons[index] === null ? [] : [`Left out: ${tool.title} (${reasons[index]}).`],
    ),
  };
}
