/**
 * `efs web-password`: the password of the pages, one line from standard input, so that it is in no list of processes
 * and no shell's history. What is stored is its hash. Whoever signed in with the old one has to sign in again.
 */
import { type Problem, ProblemError } from "../model/problem.ts";
import type { CommandContext } from "./command-context.ts";
import { type ExitCode, exitCode } from "./exit-code.ts";
import { wireValue } from "./wire-value.ts";
import { withGateway } from "./with-gateway.ts";

/** Octets; more is no password. */
const LINE_BYTES = 4_096;

export async function runWebPassword(
  context: CommandContext,
  { remove = false }: { readonly remove?: boolean },
): Promise<ExitCode> {
  const { output, json, stdin } = context;
  if (!remove && output.terminal !== null) output.note("Type the new password, then press Enter.");
  const password = remove ? null : await firstLine(stdin);
  if (password === "") throw new ProblemError(noPassword());
  await withGateway(context, async ({ call }) => {
    // All other passwords stay as they are: they are exported as marks and imported so.
    const settings = wireValue(await call("export-settings", {}));
    const changed = { ...settings, web: { ...settings.web, password } };
    wireValue(await call("import-settings", { text: JSON.stringify(changed) }));
  });
  if (json) output.json({ password: remove ? "removed" : "set" });
  else output.line(remove ? "The pages have no password any more." : "The password of the pages is set.");
  return exitCode.done;
}

async function firstLine(stdin: AsyncIterable<Buffer>): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of stdin) {
    pieces.push(piece);
    size += piece.length;
    if (piece.includes(0x0a) || size > LINE_BYTES) break;
  }
  return Buffer.concat(pieces).toString("utf8").split(/\r?\n/, 1)[0] ?? "";
}

function noPassword(): Problem {
  return {
    code: "usage-password",
    what: "No password was given on standard input.",
    cure: "Type it when asked, or send it there; to have none, use --remove.",
  };
}
