/**
 * The embedded servers in processes of their own, for tests that measure or kill the gateway: calls and answers go
 * over Node's channel between parent and child. A child whose parent is gone ends by itself.
 */
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { MailboxFill } from "./mailbox-fill.ts";
import type { MailboxCounts, MailboxEvent, MailboxFault, MailboxOptions } from "./pop3-mailbox-model.ts";
import type { MailServerOptions, ReceivedMail, Refusal } from "./smtp-mail-server.ts";
import type { PolicyReply } from "./smtp-policy.ts";

/** Everything that a child can be asked, by name; each answer is plain data (Buffers included). */
export interface MailboxCalls {
  start(fill: MailboxFill, options: MailboxOptions): Promise<{ port: number; fingerprint: string | null }>;
  counts(): Promise<MailboxCounts>;
  left(): Promise<readonly string[]>;
  /** Events from the given one on. */
  events(from?: number): Promise<readonly MailboxEvent[]>;
  add(fill: MailboxFill): Promise<void>;
  addFault(fault: MailboxFault): Promise<void>;
  idle(): Promise<void>;
  stop(): Promise<void>;
  restart(): Promise<void>;
}

export interface MailServerCalls {
  start(options: MailServerOptions): Promise<{ port: number; fingerprint: string | null }>;
  /** Messages from the given sequence number on (from 1). */
  messages(from?: number): Promise<readonly ReceivedMail[]>;
  count(): Promise<number>;
  refusals(): Promise<readonly Refusal[]>;
  connections(): Promise<number>;
  setPolicy(policy: { allRecipients?: PolicyReply | null; allData?: PolicyReply | null }): Promise<void>;
  received(count: number): Promise<void>;
  stop(): Promise<void>;
  restart(): Promise<void>;
}

export interface CallMessage {
  readonly id: number;
  readonly name: string;
  readonly args: readonly unknown[];
}

export interface AnswerMessage {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

export type ServerProcess<Calls> = Omit<Calls, "start"> & {
  readonly host: "127.0.0.1";
  readonly port: number;
  /** SHA-256 of its certificate, null without TLS. */
  readonly fingerprint: string | null;
  /** Ends the process and waits for its end. */
  close(): Promise<void>;
};

export async function startMailboxProcess(
  fill: MailboxFill,
  options: MailboxOptions = {},
): Promise<ServerProcess<MailboxCalls>> {
  return launch<MailboxCalls>("pop3-mailbox-process.ts", (calls) => calls.start(fill, options));
}

export async function startMailServerProcess(
  options: MailServerOptions = {},
): Promise<ServerProcess<MailServerCalls>> {
  return launch<MailServerCalls>("smtp-mail-process.ts", (calls) => calls.start(options));
}

async function launch<Calls>(
  file: string,
  start: (calls: Calls) => Promise<{ port: number; fingerprint: string | null }>,
): Promise<ServerProcess<Calls>> {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), [], {
    serialization: "advanced",
    execArgv: [],
    env: { ...process.env, NODE_OPTIONS: "" },
  });
  const pending = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let calls = 0;
  let isOver = false;
  const over = new Promise<void>((resolve) => {
    child.once("exit", (code, signal) => {
      isOver = true;
      for (const { reject } of pending.values()) reject(new Error(`${file} ended (${signal ?? code})`));
      pending.clear();
      resolve();
    });
  });
  child.on("message", (message: AnswerMessage) => {
    const call = pending.get(message.id);
    pending.delete(message.id);
    if (message.error === undefined) call?.resolve(message.value);
    else call?.reject(new Error(`${file}: ${message.error}`));
  });
  const call = (name: string, args: readonly unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (isOver) return reject(new Error(`${file} is over`));
      calls += 1;
      pending.set(calls, { resolve, reject });
      child.send({ id: calls, name, args } satisfies CallMessage);
    });
  const close = async (): Promise<void> => {
    child.kill("SIGKILL");
    await over;
  };
  const names = new Proxy({} as Calls & object, {
    get: (_target, name) =>
      typeof name === "string" && name !== "then" ? (...args: unknown[]) => call(name, args) : undefined,
  });
  try {
    const { port, fingerprint } = await start(names);
    const fixed = { host: "127.0.0.1" as const, port, fingerprint, close };
    return new Proxy(names, {
      get: (target, name, self) =>
        name in fixed ? Reflect.get(fixed, name) : Reflect.get(target, name, self),
    }) as unknown as ServerProcess<Calls>;
  } catch (error) {
    await close();
    throw error;
  }
}
