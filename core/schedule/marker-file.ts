/**
 * The marker file (PRODUCT section 6): when `marker.efs` appears in the data folder, a check starts.
 *
 * 1. It is removed first, then the check starts: a crash in between costs one check, never a loop of them.
 * 2. One that cannot be removed starts nothing, for the same reason; that is told once, until it is gone.
 */
import { unlink } from "node:fs/promises";
import { join } from "node:path";
import type { Log } from "../model/ports.ts";
import { describeProblem } from "../model/problem.ts";
import { fileProblem } from "../util/file-problem.ts";

export const MARKER_FILE = "marker.efs";

/** The returned function looks once: true when the file was there and has been removed. Never rejects. */
export function watchMarker(dataDirectory: string, log: Log): () => Promise<boolean> {
  const path = join(dataDirectory, MARKER_FILE);
  let told = false;
  return async () => {
    try {
      await unlink(path);
      told = false;
      return true;
    } catch (error) {
      if ((error as { code?: unknown } | null)?.code === "ENOENT") {
        told = false;
      } else if (!told) {
        told = true;
        const problem = fileProblem("marker-file", "Removing the marker file", path, error);
        log({
          source: "gateway",
          level: "warning",
          text: `No check was started. ${describeProblem(problem)}`,
        });
      }
      return false;
    }
  };
}
