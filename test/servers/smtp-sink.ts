/** Postfix's `smtp-sink`: takes all mail at once, keeps nothing, and counts. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, startGuarded, untilListening } from "./guarded-process.ts";

export interface SmtpSink {
  readonly host: "127.0.0.1";
  readonly port: number;
  /** Messages that it has answered with 250 since its start. */
  count(): number;
  close(): Promise<void>;
}

export interface SmtpSinkOptions {
  /** A library that the loader puts before the C library. */
  readonly preload?: string;
}

export async function startSmtpSink(options: SmtpSinkOptions = {}): Promise<SmtpSink> {
  const folder = mkdtempSync(join(tmpdir(), "efs-sink-"));
  const log = join(folder, "counts");
  const port = await freePort();
  // Its running count goes into a file: whoever measures is not to be woken for each message.
  const script = 'log=$1; shift; exec "$@" >"$log" 2>&1';
  const preload = options.preload === undefined ? [] : [`LD_PRELOAD=${options.preload}`];
  const server = startGuarded("/bin/sh", [
    ...["-c", script, "sh", log, "/usr/bin/env", ...preload],
    ...["/usr/sbin/smtp-sink", "-c", "-u", "nobody", `127.0.0.1:${port}`, "128"],
  ]);
  try {
    await untilListening(port, server);
  } catch (error) {
    const words = readFileSync(log, { encoding: "utf8", flag: "a+" });
    rmSync(folder, { recursive: true, force: true });
    throw new Error(`smtp-sink did not start: ${words}`, { cause: error });
  }
  return {
    host: "127.0.0.1",
    port,
    count: () => lastCount(readFileSync(log, "latin1")),
    async close() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Of `sess=1 quit=0 mesg=12`, written anew, after a CR, for each change. */
function lastCount(text: string): number {
  return Number(/mesg=(\d+)/.exec(text.slice(Math.max(0, text.lastIndexOf("mesg="))))?.[1] ?? 0);
}
