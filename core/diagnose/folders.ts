/** Do the folders exist, and may this program write into them? */
import { escapeUnprintable } from "../model/reply.ts";
import { fileProblem } from "../util/file-problem.ts";
import type { Checklist } from "./checklist.ts";
import type { ComputerPorts, ExaminedFolder } from "./ports.ts";

export async function checkFolders(
  list: Checklist,
  folders: readonly ExaminedFolder[],
  { tryWriting }: ComputerPorts,
): Promise<void> {
  if (folders.length === 0) return;
  let bad = false;
  for (const { name, path } of folders) {
    try {
      await tryWriting(path);
    } catch (error) {
      bad = true;
      const { what, cure } = fileProblem("folder", "Writing into the folder", path, error);
      list.fail(`folder:${name}`, { cause: what, cure }, `Folder ${name}`);
    }
  }
  if (bad) return;
  list.pass(
    "folders",
    {
      cause: `${folders.map(({ name }) => escapeUnprintable(name)).join(", ")}: all there, and files can be written.`,
    },
    "Folders",
  );
}
