/** `"EFS Mail Gateway" --cli check ...`: the command `efs`, for those who have the app and nothing else. */
import { app } from "electron";
import { openGateway } from "../core/gateway.ts";
import { exitCode } from "../core/headless/exit-code.ts";
import { runEfs } from "../core/headless/run-efs.ts";
import { openSetUp } from "../core/set-up.ts";
import { systemClock } from "../core/util/system-clock.ts";
import { openSecrets } from "./open-secrets.ts";

/** What comes after `--cli`; null: the app is wanted. Pure. */
export function cliArguments(argv: readonly string[]): readonly string[] | null {
  const place = argv.indexOf("--cli");
  return place < 0 ? null : argv.slice(place + 1);
}

/** Ends the process. The keychain can be asked when the app is ready, not earlier. */
export async function runCli(args: readonly string[], onFault: (error: unknown) => void): Promise<void> {
  // Electron would show a window with the fault.
  for (const event of ["uncaughtException", "unhandledRejection"] as const) {
    process.on(event, (error: unknown) => {
      onFault(error);
      process.stderr.write(
        "efs: This is a fault in the program. Details are in log/efs.log of the data folder.\n",
      );
      app.exit(exitCode.failed);
    });
  }
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => (stop.signal.aborted ? app.exit(exitCode.failed) : stop.abort()));
  }
  await app.whenReady();
  app.dock?.hide();
  const code = await runEfs(args, {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    clock: systemClock,
    openGateway,
    openSetUp,
    openSecrets: (dataDirectory) => openSecrets(dataDirectory).secrets,
    signal: stop.signal,
  });
  app.exit(code);
}
