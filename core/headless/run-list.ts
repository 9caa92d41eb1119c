/**
 * `efs aliases import|export FILE`, `efs users import|export FILE`: the classic text files.
 *
 * 1. Import: all of it or, with a list of the lines that are wrong, nothing (exit 2). A gateway that runs is asked,
 *    and has the list in force at once; without one the file is put into the data folder.
 * 2. Export: what is in force, aliases with those of the settings; `-` is standard output.
 */
import { formatList, readAddressLists } from "../lists/address-lists.ts";
import { checkList, importList, invalidList } from "../lists/import-list.ts";
import { LIST_BYTES, writeListFile } from "../lists/list-files.ts";
import { listsWithSettings } from "../lists/with-settings.ts";
import { type AddressListName, formatLineProblem } from "../model/address-lists.ts";
import { decodeTextFile } from "../wire/text-file.ts";
import { connectOwner } from "./api-client.ts";
import type { CommandContext } from "./command-context.ts";
import { type ExitCode, exitCode } from "./exit-code.ts";
import { readStoredSettings } from "./read-settings.ts";
import { readSettingsFile } from "./settings-file.ts";
import { wireValue } from "./wire-value.ts";

/** Of the wrong lines; a file that is no list at all has nothing else. */
const MOST_TOLD = 20;

const NOUNS = { aliases: ["alias", "aliases"], users: ["user", "users"] } as const;

export async function runListImport(
  context: CommandContext,
  list: AddressListName,
  file: string,
  { shorter = false }: { readonly shorter?: boolean } = {},
): Promise<ExitCode> {
  const { dataDirectory, json, output, signal, stdin } = context;
  const content = await readSettingsFile(file, stdin, LIST_BYTES);
  const checked = checkList(list, content);
  if (checked.kind === "invalid") {
    if (json) output.json({ error: invalidList(checked.problems), problems: checked.problems });
    else {
      for (const problem of checked.problems.slice(0, MOST_TOLD)) output.note(formatLineProblem(problem));
      const more = checked.problems.length - MOST_TOLD;
      if (more > 0) output.note(`and ${more} more ${more === 1 ? "line" : "lines"}`);
    }
    output.note("efs: Nothing was imported. Correct the file and import it again.");
    return exitCode.settings;
  }
  const owner = await connectOwner(dataDirectory, { signal });
  const { entries } =
    owner === null
      ? await importList(dataDirectory, list, content, { shorter })
      : wireValue(await owner.call("import-list", { list, text: decodeTextFile(content), shorter }));
  if (json) output.json({ ok: { entries } });
  else output.line(`Imported: ${entries} ${NOUNS[list][entries === 1 ? 0 : 1]}.`);
  return exitCode.done;
}

export async function runListExport(
  context: CommandContext,
  list: AddressListName,
  file: string,
): Promise<ExitCode> {
  const { dataDirectory, json, output, stdin } = context;
  // A data folder may have lists before it has settings.
  const settings = list === "users" ? null : await readStoredSettings(dataDirectory, stdin);
  const lists = await readAddressLists(dataDirectory);
  const text = formatList(list, listsWithSettings(lists, { aliases: settings?.aliases ?? {} }));
  for (const { problem } of lists.status) if (problem !== null) output.problem(problem);
  if (json) output.json({ text });
  else if (file === "-") for (const line of text.split("\r\n").slice(0, -1)) output.line(line);
  else {
    await writeListFile(file, text);
    const count = text.split("\r\n").length - 1;
    output.note(`Exported: ${count} ${NOUNS[list][count === 1 ? 0 : 1]}.`);
  }
  return exitCode.done;
}
