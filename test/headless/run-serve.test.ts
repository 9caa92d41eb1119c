import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { openKeyFileSecrets } from "../../core/headless/key-file-secrets.ts";
import { createOutput } from "../../core/headless/output.ts";
import { runServe } from "../../core/headless/run-serve.ts";
import type { GatewayEvent } from "../../core/model/event.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { fakeGateway } from "../support/fake-gateway.ts";
import { sampleSettings } from "../support/sample-settings.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

function alert(what: string): GatewayEvent {
  return { kind: "alert", alert: { at: 0, cause: what, problem: { code: "x", what, cure: "Mend it." } } };
}

test.each([false, true])("alerts go to stderr, those of the start first (json: %s)", async (json) => {
  const streams = {
    stdout: new PassThrough({ encoding: "utf8" }),
    stderr: new PassThrough({ encoding: "utf8" }),
  };
  const stop = new AbortController();
  const told: string[] = [];
  const code = await runServe(
    {
      dataDirectory: await temporaryFolder(),
      json,
      output: createOutput(streams.stdout, streams.stderr),
      stdin: new PassThrough(),
      clock: new FakeClock(),
      openSecrets: openKeyFileSecrets,
      version: "1.2.3",
      signal: stop.signal,
      onFault: (error) => {
        throw error;
      },
      openSetUp: () => Promise.reject(new Error("there are settings")),
      openGateway: async () => {
        const listeners = new Set<(event: GatewayEvent) => void>();
        return fakeGateway(sampleSettings(), {
          subscribe(listener) {
            listeners.add(listener);
            listener(alert("The clock jumped."));
            return () => listeners.delete(listener);
          },
          startSchedule() {
            for (const hear of listeners) {
              hear({ kind: "state", state: "checking" });
              hear(alert("The server is down.\x1b[2J"));
            }
            stop.abort();
          },
          close: async () => void told.push("closed"),
        });
      },
    },
    { host: "127.0.0.1", port: 0 },
  );
  const written = String(streams.stderr.read());
  expect([code, told]).toEqual([0, ["closed"]]);
  // Whoever listens: each alert may be heard by the local interface too, but is written once.
  expect(written).toBe("efs: The clock jumped. Mend it.\nefs: The server is down.\\x1b[2J Mend it.\n");
  expect(String(streams.stdout.read())).toMatch(
    json
      ? /^\{"address":"http:\/\/127\.0\.0\.1:\d+.*\}\n$/
      : /^EFS Mail Gateway 1\.2\.3 is running at http:.*\n$/,
  );
});
