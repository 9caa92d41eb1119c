/**
 * Runs a server in the foreground so that it cannot outlive the test: a small shell holds it and waits for the end of
 * its own standard input, which comes when the test closes it, or dies. Then the server gets SIGTERM.
 */
import { spawn } from "node:child_process";
import type { AddressInfo } from "node:net";
import { connect, createServer } from "node:net";

export interface GuardedProcess {
  /** What it printed so far. */
  output(): string;
  /** Null while it runs. */
  readonly exitCode: number | null;
  /** SIGTERM, then waits for its end. */
  stop(): Promise<void>;
}

/** SIGKILL follows where SIGTERM has not helped after 10 s. */
const GUARD = `
"$@" </dev/null &
server=$!
{
  cat >/dev/null
  kill -TERM $server
  tries=0
  while kill -0 $server && [ $tries -lt 200 ]; do sleep 0.05; tries=$((tries + 1)); done
  [ $tries -lt 200 ] || kill -KILL $server
} 2>/dev/null <&3 &
guard=$!
wait $server 2>/dev/null
code=$?
kill $guard 2>/dev/null
exit $code
`;

export function startGuarded(command: string, args: readonly string[]): GuardedProcess {
  const child = spawn("/bin/sh", ["-c", GUARD, "sh", command, ...args], {
    stdio: ["ignore", "pipe", "pipe", "pipe"],
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C" },
  });
  let output = "";
  let exitCode: number | null = null;
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  const leash = child.stdio[3] as NodeJS.WritableStream & { destroy(): void };
  leash.on("error", () => {});
  const ended = new Promise<void>((resolve) => {
    child.once("exit", (code) => {
      exitCode = code ?? -1;
      child.stdout?.destroy();
      child.stderr?.destroy();
      leash.destroy();
      resolve();
    });
  });
  return {
    output: () => output,
    get exitCode() {
      return exitCode;
    },
    async stop() {
      leash.end();
      await ended;
    },
  };
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}

/** Resolves when something listens there; rejects when the server ended or after 20 s. */
export async function untilListening(port: number, server: GuardedProcess): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await listens(port))) {
    if (server.exitCode !== null)
      throw new Error(`the server ended with ${server.exitCode}: ${server.output()}`);
    if (Date.now() > deadline) throw new Error(`nothing listens on ${port}: ${server.output()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
