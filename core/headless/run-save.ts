/**
 * `efs save`: copies of message files, octet by octet. Nothing is overwritten. The owner of the data says where a file
 * is; it is read here, so that no message crosses as a whole.
 */
import { createReadStream, createWriteStream } from "node:fs";
import { stat, unlink } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import type { Call } from "../api/contract.ts";
import type { MessageFileFacts } from "../model/action.ts";
import { describeProblem, type Problem, ProblemError } from "../model/problem.ts";
import { fileProblem } from "../util/file-problem.ts";
import { errorCode } from "../util/file-system.ts";
import type { CommandContext } from "./command-context.ts";
import { type ExitCode, exitCode } from "./exit-code.ts";
import { wireValue } from "./wire-value.ts";
import { withGateway } from "./with-gateway.ts";

export async function runSave(
  context: CommandContext,
  ids: readonly string[],
  { to }: { readonly to: string },
): Promise<ExitCode> {
  const { output, json, signal } = context;
  const folder = await isFolder(to);
  if (!folder && ids.length > 1) throw new ProblemError(notAFolder(to));
  let failed = false;
  await withGateway(context, async ({ call }) => {
    for (const id of ids) {
      if (signal.aborted) break;
      try {
        const { queueId, size } = await locate(call, id);
        const target = resolve(folder ? join(to, `${queueId}.eml`) : to);
        await save(call, queueId, target);
        if (json) output.json({ queueId, code: "done", path: target, size });
        else output.line(`${queueId}  saved as ${target}`);
      } catch (error) {
        if (!(error instanceof ProblemError)) throw error;
        failed = true;
        const what = describeProblem(error.problem);
        if (json) output.json({ queueId: id, code: error.problem.code, what });
        else output.line(`${id}  ${error.problem.code}: ${what}`);
      }
    }
  });
  return failed || signal.aborted ? exitCode.failed : exitCode.done;
}

async function locate(call: Call, queueId: string): Promise<MessageFileFacts> {
  return wireValue(await call("locate-message", { queueId }));
}

async function save(call: Call, queueId: string, target: string): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    const { path } = await locate(call, queueId);
    const file = createWriteStream(target, { flags: "wx", mode: 0o600 });
    try {
      await pipeline(createReadStream(path), file);
      return;
    } catch (error) {
      const existed = errorCode(error) === "EEXIST";
      if (!existed) await unlink(target).catch(() => undefined);
      // Moved to another folder in this moment.
      if (errorCode(error) === "ENOENT" && tries === 0) continue;
      throw new ProblemError(
        existed ? exists(target) : fileProblem("save-failed", "Saving as", target, error),
        {
          cause: error,
        },
      );
    }
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}

function exists(path: string): Problem {
  return {
    code: "file-exists",
    what: `There is a file ${path} already; it was not overwritten.`,
    cure: "Save under another name, or in another folder.",
  };
}

function notAFolder(path: string): Problem {
  return {
    code: "usage-save",
    what: `${path} is not a folder.`,
    cure: "Name a folder that exists to save several messages.",
  };
}
