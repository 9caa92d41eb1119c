import { PassThrough } from "node:stream";
import { runEfs } from "../../core/headless/run-efs.ts";
import type { OpenGateway } from "../../core/model/gateway.ts";
import { openSetUp } from "../../core/set-up.ts";
import { systemClock } from "../../core/util/system-clock.ts";
import { type FakeRun, fakeOpenGateway } from "./fake-open-gateway.ts";
import type { Finished } from "./run-efs-process.ts";

/** `efs` within the test's process, with a fake gateway by default: as a process of its own, only quicker. */
export async function runEfsHere(
  args: readonly string[],
  options: { readonly input?: string; readonly run?: FakeRun; readonly openGateway?: OpenGateway } = {},
): Promise<Finished> {
  const outputs = { stdout: "", stderr: "" };
  const stream = (name: "stdout" | "stderr"): PassThrough => {
    const pass = new PassThrough();
    pass.setEncoding("utf8").on("data", (text: string) => {
      outputs[name] += text;
    });
    return pass;
  };
  const code = await runEfs(args, {
    stdin: pieces(Buffer.from(options.input ?? "")),
    stdout: stream("stdout"),
    stderr: stream("stderr"),
    clock: systemClock,
    openSetUp,
    openGateway: options.openGateway ?? fakeOpenGateway(options.run ?? "good"),
    signal: new AbortController().signal,
  });
  return { code, ...outputs };
}

async function* pieces(content: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < content.length; at += 100) yield content.subarray(at, at + 100);
}
