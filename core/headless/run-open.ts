/** `efs open`: a fresh address of the pages, from the gateway that runs. */
import { type Problem, ProblemError } from "../model/problem.ts";
import { connectOwner } from "./api-client.ts";
import type { CommandContext } from "./command-context.ts";
import { type ExitCode, exitCode } from "./exit-code.ts";
import { wireValue } from "./wire-value.ts";

export async function runOpen(context: CommandContext): Promise<ExitCode> {
  const { output, json, dataDirectory, signal } = context;
  const owner = await connectOwner(dataDirectory, { signal });
  if (owner === null) throw new ProblemError(notRunning());
  const address = wireValue(await owner.signInAddress());
  if (json) output.json({ address });
  else output.line(address);
  return exitCode.done;
}

function notRunning(): Problem {
  return {
    code: "gateway-not-running",
    what: "The gateway does not run on this data folder, so there are no pages to open.",
    cure: "Start it with: efs serve; that prints an address too.",
  };
}
