import { readFile } from "node:fs/promises";
import { ProblemError } from "../model/problem.ts";
import { SETTINGS_BYTES } from "../settings/parse-settings.ts";
import { fileProblem } from "../util/file-problem.ts";

/** A file that a command was given; `-` is standard input. Rejects with ProblemError `usage-file`. */
export async function readSettingsFile(
  path: string,
  stdin: AsyncIterable<Buffer>,
  limit: number = SETTINGS_BYTES,
): Promise<Buffer> {
  try {
    if (path !== "-") return await readFile(path);
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of stdin) {
      chunks.push(chunk);
      size += chunk.length;
      // More is refused by its size; it need not be read to the end.
      if (size > limit) break;
    }
    return Buffer.concat(chunks);
  } catch (error) {
    throw new ProblemError(fileProblem("usage-file", "Reading", path, error), { cause: error });
  }
}
