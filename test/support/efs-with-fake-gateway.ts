/** `efs` as a process of its own, with real settings, lock and API but a fake gateway; FAKE_RUN: its run. */
import process from "node:process";
import { runEfs } from "../../core/headless/run-efs.ts";
import { openSetUp } from "../../core/set-up.ts";
import { systemClock } from "../../core/util/system-clock.ts";
import { type FakeRun, fakeOpenGateway } from "./fake-open-gateway.ts";

const stop = new AbortController();
process.on("SIGTERM", () => stop.abort());

const holdOpen = setInterval(() => undefined, 60_000);
const code = await runEfs(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  clock: systemClock,
  openSetUp,
  openGateway: fakeOpenGateway((process.env["FAKE_RUN"] ?? "good") as FakeRun),
  signal: stop.signal,
});
clearInterval(holdOpen);
process.exit(code);
