import type { OnCheck } from "../model/diagnosis.ts";
import { Checklist } from "./checklist.ts";
import { checkClock } from "./clock.ts";
import { checkDiskSpace } from "./disk-space.ts";
import { checkFolders } from "./folders.ts";
import type { ComputerPorts, ExaminedFolders } from "./ports.ts";

/** What needs no settings: also what is left to say where there are none. */
export async function checkComputer(
  { dataDirectory, folders }: ExaminedFolders,
  newestMessageAt: number | null,
  ports: ComputerPorts,
  report: OnCheck,
): Promise<void> {
  const list = new Checklist({ prefix: "computer", subject: "This computer", report });
  await checkFolders(list, folders, ports);
  await checkDiskSpace(list, dataDirectory, ports);
  checkClock(list, newestMessageAt, ports);
}
