/** A dispatcher with queue, clock and scripted server, and everything taken away at the end. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { createDispatcher, type DeliverySettings, type Dispatcher } from "../../core/deliver/dispatcher.ts";
import {
  type OpenedSession,
  openSession,
  type Session,
  type SessionPorts,
} from "../../core/deliver/session.ts";
import type { SmtpServer } from "../../core/deliver/smtp-server.ts";
import type { Alert } from "../../core/model/event.ts";
import type { QueuedMessage } from "../../core/model/message.ts";
import type { TranscriptLine } from "../../core/model/transcript-entry.ts";
import { FakeClock } from "./fake-clock.ts";
import { MemoryQueue } from "./memory-queue.ts";
import { type ScriptedServer, type ServerOptions, startScriptedServer } from "./scripted-smtp-server.ts";

export interface Desk {
  readonly server: ScriptedServer;
  readonly target: SmtpServer;
  readonly clock: FakeClock;
  readonly queue: MemoryQueue;
  readonly folder: string;
  readonly transcript: TranscriptLine[];
  readonly alerts: Omit<Alert, "at">[];
  readonly missing: QueuedMessage[];
  dispatcher(settings?: Partial<DeliverySettings>): Dispatcher;
  open(changes?: Partial<SmtpServer>, ports?: Partial<SessionPorts>): Promise<OpenedSession>;
  session(changes?: Partial<SmtpServer>, ports?: Partial<SessionPorts>): Promise<Session>;
  /** The conversation as `C: line`, `S: line`, `- note`. */
  conversation(): readonly string[];
}

/** To this server, with one connection. */
export function usualDelivery(server: SmtpServer): DeliverySettings {
  return {
    server,
    fallback: null,
    connections: 1,
    messagesPerConnection: 100,
    forward: true,
    expireMs: 432_000_000,
    trace: { enabled: false, helo: "gateway.example", installationId: "5b1c0e9a7d44" },
  };
}

export async function openDesk(options: ServerOptions = {}): Promise<Desk> {
  const server = await startScriptedServer(options);
  const folder = await mkdtemp(join(tmpdir(), "efs-deliver-"));
  const clock = new FakeClock();
  const queue = new MemoryQueue(folder, clock);
  const transcript: TranscriptLine[] = [];
  const alerts: Omit<Alert, "at">[] = [];
  const missing: QueuedMessage[] = [];
  const closing: (() => Promise<void> | void)[] = [];
  onTestFinished(async () => {
    for (const close of closing) await close();
    await server.close();
    await rm(folder, { recursive: true });
  });
  const target: SmtpServer = {
    host: "127.0.0.1",
    port: server.port,
    security: "none",
    acceptedCertificate: null,
    username: null,
    password: null,
    helo: "gateway.example",
  };
  const tap = (line: TranscriptLine): void => {
    transcript.push(line);
  };
  const open: Desk["open"] = async (changes = {}, ports = {}) => {
    const opened = await openSession({ ...target, ...changes }, { clock, tap, name: "smtp-1", ...ports });
    if (opened.kind === "open") closing.push(() => opened.session.destroy());
    return opened;
  };
  return {
    server,
    target,
    clock,
    queue,
    folder,
    transcript,
    alerts,
    missing,
    dispatcher(settings = {}) {
      const dispatcher = createDispatcher(
        {
          clock,
          queue,
          settle: queue.settle,
          route: queue,
          tap,
          alert: (alert) => alerts.push(alert),
          bodyMissing(message) {
            missing.push(message);
            queue.remove(message.id);
            return Promise.resolve();
          },
        },
        { ...usualDelivery(target), ...settings },
      );
      closing.push(() => dispatcher.close());
      return dispatcher;
    },
    open,
    async session(changes, ports) {
      const opened = await open(changes, ports);
      if (opened.kind !== "open") throw new Error(`no session: ${JSON.stringify(opened)}`);
      return opened.session;
    },
    conversation: () =>
      transcript.map(
        ({ direction, text }) => `${{ client: "C:", server: "S:", note: "-" }[direction]} ${text}`,
      ),
  };
}
