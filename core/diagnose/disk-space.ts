/** Free space where the mail is kept: on a full disk collecting stops. */
import { fileProblem } from "../util/file-problem.ts";
import type { Checklist } from "./checklist.ts";
import { megabytes } from "./numbers.ts";
import type { ComputerPorts } from "./ports.ts";

const ENOUGH = 1_073_741_824;
const TOO_LITTLE = 104_857_600;

export async function checkDiskSpace(
  list: Checklist,
  dataDirectory: string,
  { freeBytes }: ComputerPorts,
): Promise<void> {
  let free: number;
  try {
    free = await freeBytes(dataDirectory);
  } catch (error) {
    const { what, cure } = fileProblem("disk-space", "Asking for the free space of", dataDirectory, error);
    list.fail("disk-space", { cause: what, cure }, "Disk space");
    return;
  }
  const cause = `${free >= ENOUGH ? `${(free / ENOUGH).toLocaleString("en", { maximumFractionDigits: 1 })} GB` : `${megabytes(free)} MB`} free on the disk of the data folder`;
  if (free < TOO_LITTLE) {
    list.fail(
      "disk-space",
      {
        cause: `Only ${cause}: too little to collect mail.`,
        cure: "Free some space, or move the data folder to a larger disk.",
      },
      "Disk space",
    );
  } else if (free < ENOUGH) {
    list.warn(
      "disk-space",
      { cause: `Only ${cause}.`, cure: "Free some space before the disk is full: collecting stops then." },
      "Disk space",
    );
  } else {
    list.pass("disk-space", { cause: `${cause}.` }, "Disk space");
  }
}
