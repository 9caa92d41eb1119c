/** `efs confirm-clock`: the computer's clock is right as it is. */
import type { CommandContext } from "./command-context.ts";
import { type ExitCode, exitCode } from "./exit-code.ts";
import { localTime } from "./run-status.ts";
import { wireValue } from "./wire-value.ts";
import { withGateway } from "./with-gateway.ts";

export async function runConfirmClock(context: CommandContext): Promise<ExitCode> {
  const { output, json, clock } = context;
  await withGateway(context, async ({ call }) => {
    const doubted = wireValue(await call("status", {})).clock != null;
    wireValue(await call("confirm-clock", {}));
    if (json) output.json({ confirmed: true, at: clock.now() });
    else if (!doubted) output.line(`It is ${localTime(clock.now())}; the clock was not in doubt.`);
    else output.line(`It is ${localTime(clock.now())}: what is older than its days may go again.`);
  });
  return exitCode.done;
}
