/**
 * An embedded POP3 server for tests and the demo: byte-exact, on loopback, with faults by schedule. It holds one
 * mailbox of any size; lazy messages are made only while they are sent.
 */
import type { AddressInfo, Server, Socket } from "node:net";
import { createServer } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import type {
  MailboxCounts,
  MailboxEvent,
  MailboxFault,
  MailboxMessage,
  MailboxOptions,
} from "./pop3-mailbox-model.ts";
import { ALL_CAPABILITIES } from "./pop3-mailbox-model.ts";
import type { MailboxHost } from "./pop3-mailbox-session.ts";
import { MailboxSession } from "./pop3-mailbox-session.ts";
import type { TestCertificate } from "./test-certificate.ts";
import { makeTestCertificate } from "./test-certificate.ts";

export interface MailboxServer {
  readonly host: "127.0.0.1";
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** Null without TLS. */
  readonly certificate: TestCertificate | null;
  readonly events: readonly MailboxEvent[];
  counts(): MailboxCounts;
  /** Ids of the messages that are still there, oldest first. */
  left(): readonly string[];
  /** New mail: sessions that log in later see it. */
  add(messages: readonly MailboxMessage[]): void;
  addFault(fault: MailboxFault): void;
  /** Resolves when no session is open. */
  idle(): Promise<void>;
  /** Ends all sessions at once and stops listening; the mailbox stays. */
  stop(): Promise<void>;
  /** Listens again, on the same port. */
  start(): Promise<void>;
  /** As `stop`. */
  close(): Promise<void>;
}

export async function startMailboxServer(
  messages: readonly MailboxMessage[],
  options: MailboxOptions = {},
): Promise<MailboxServer> {
  const security = options.security ?? "none";
  const certificate = security === "none" ? null : (options.certificate ?? makeTestCertificate());
  const mailbox = new Map<string, MailboxMessage>();
  const events: MailboxEvent[] = [];
  const counts = { sessions: 0, openSessions: 0, logins: 0, retrieved: 0, deleted: 0 };
  const commands: Record<string, number> = {};
  const faults: { readonly fault: MailboxFault; met: number }[] = [];
  const sessions = new Set<MailboxSession>();
  const sockets = new Set<Socket>();
  const holders = new Set<number>();
  const idlers: (() => void)[] = [];

  const host: MailboxHost = {
    user: options.user ?? "catchall",
    password: options.password ?? "secret",
    capabilities: new Set(options.capabilities ?? ALL_CAPABILITIES),
    certificate,
    offersStartTls: security === "starttls",
    lock(session) {
      if (options.exclusive === true && holders.size > 0) return null;
      holders.add(session);
      return [...mailbox.values()];
    },
    remove(uids) {
      for (const uid of uids) mailbox.delete(uid);
    },
    countCommand(verb) {
      const known = /^[A-Z]{3,10}$/.test(verb) ? verb : "?";
      commands[known] = (commands[known] ?? 0) + 1;
    },
    faultFor(on, uid) {
      let act: MailboxFault["act"] | null = null;
      for (const entry of faults) {
        const { fault } = entry;
        if (fault.on !== on || (fault.uid !== undefined && fault.uid !== uid)) continue;
        entry.met += 1;
        if (fault.nth === "every" || entry.met === (fault.nth ?? 1)) act ??= fault.act;
      }
      return act;
    },
    record(event) {
      events.push(event);
      switch (event.kind) {
        case "logged-in":
          counts.logins += 1;
          break;
        case "retrieved":
          counts.retrieved += 1;
          break;
        case "deleted":
          counts.deleted += 1;
          break;
        case "closed":
          counts.openSessions -= 1;
          if (counts.openSessions === 0) for (const wake of idlers.splice(0)) wake();
          holders.delete(event.session);
          break;
        default:
      }
    },
  };

  const accept = (socket: Socket): void => {
    counts.sessions += 1;
    counts.openSessions += 1;
    const session = new MailboxSession(host, counts.sessions, socket, security === "tls");
    sessions.add(session);
    socket.once("close", () => sessions.delete(session));
  };
  const server: Server =
    security === "tls" && certificate !== null
      ? createTlsServer({ key: certificate.key, cert: certificate.cert }, accept).on(
          "tlsClientError",
          () => {},
        )
      : createServer(accept);
  // Also those that never finish their TLS handshake, and so never become a session.
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("error", () => {}).once("close", () => sockets.delete(socket));
  });
  const listen = (port: number): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once("error", reject).listen(port, "127.0.0.1", () => {
        server.off("error", reject);
        resolve();
      });
    });
  const stop = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const session of sessions) session.destroy();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  const add = (more: readonly MailboxMessage[]): void => {
    for (const message of more) {
      if (mailbox.has(message.uid)) throw new Error(`two messages with the id ${message.uid}`);
      mailbox.set(message.uid, message);
    }
  };

  add(messages);
  for (const fault of options.faults ?? []) faults.push({ fault, met: 0 });
  await listen(options.port ?? 0);
  const { port } = server.address() as AddressInfo;
  return {
    host: "127.0.0.1",
    port,
    user: host.user,
    password: host.password,
    certificate,
    events,
    counts: () => ({ ...counts, left: mailbox.size, commands: { ...commands } }),
    left: () => [...mailbox.keys()],
    add,
    addFault: (fault) => void faults.push({ fault, met: 0 }),
    idle: () =>
      new Promise((resolve) => {
        if (counts.openSessions === 0) resolve();
        else idlers.push(resolve);
      }),
    stop,
    start: () => listen(port),
    close: stop,
  };
}
