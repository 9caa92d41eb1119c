/**
 * One connection to the local server, ready for messages.
 *
 * 1. One deadline over look-up, connection and (from the first octet) TLS; then a time limit for each reply.
 * 2. EHLO, and HELO where EHLO is refused (RFC 5321 4.1.1.1, 4.1.4).
 * 3. `none`: no TLS, even when offered. `opportunistic`: STARTTLS when offered, certificate not looked at; a
 *    failed handshake connects again in plaintext. `starttls`, `tls`: encrypted and verified (or pinned), or
 *    not at all (RFC 3207, RFC 8314).
 * 4. A login is never tried over a connection that was meant to be encrypted and is not, nor over an
 *    opportunistic one.
 * 5. Whatever goes wrong here concerns every message: the failure's scope is the route.
 */
import { Socket } from "node:net";
import type { Failure } from "../model/failure.ts";
import { limits } from "../model/limits.ts";
import type { QueuedMessage, QueuedRecipient } from "../model/message.ts";
import type { Clock, Tap } from "../model/ports.ts";
import { escapeUnprintable } from "../model/reply.ts";
import type { TlsFacts } from "../model/tls-facts.ts";
import { classifyLoss } from "./classify.ts";
import { dial } from "./dial.ts";
import type { Loss } from "./loss.ts";
import { type ProbeResult, probeRecipient } from "./probe.ts";
import { SmtpConnection, type SmtpLimits } from "./smtp-connection.ts";
import { type SmtpServer, serverName } from "./smtp-server.ts";
import { deliverMessage, type Transaction, type TransactionControl } from "./transaction.ts";

export interface SessionPorts {
  readonly clock: Clock;
  readonly tap: Tap;
  /** `smtp-12` */
  readonly name: string;
  /** Smaller ones in tests. */
  readonly limits?: Partial<SmtpLimits>;
  /** 452 4.3.x to MAIL in a row, over all connections to this server. */
  readonly storageRefusals?: { count: number };
  /** Header fields that collected mail goes without. */
  readonly withoutFields?: readonly string[];
  /** Ends connecting, greeting and login; `Session.cancel` ends a transaction. */
  readonly signal?: AbortSignal;
  /** A handshake was finished; the certificate is not judged yet. */
  readonly onSecured?: (facts: TlsFacts) => void;
}

export interface Session {
  readonly name: string;
  /** `mail.office.lan[192.0.2.1]:25` */
  readonly relay: string;
  /** Milliseconds that setting it up took. */
  readonly setUpMs: number;
  /** It can take another message. */
  readonly usable: boolean;
  /** EHLO keywords with their parameters. */
  readonly extensions: ReadonlyMap<string, string>;
  /** One transaction (RFC 5321 3.3); at most `recipientsPerTransaction` recipients. Never rejects. */
  deliver(
    message: QueuedMessage,
    recipients: readonly QueuedRecipient[],
    traceHeader: Buffer | null,
    control?: TransactionControl,
  ): Promise<Transaction>;
  /** MAIL, RCPT, RSET: asks whether the recipient would be taken; nothing is sent. */
  probe(sender: string, recipient: string): Promise<ProbeResult>;
  /** Stops a transaction that is under way, unless the final dot is on its way. */
  cancel(): void;
  /** QUIT, a short wait, and gone. */
  quit(): Promise<void>;
  destroy(): void;
}

export type OpenedSession =
  | { readonly kind: "open"; readonly session: Session }
  /** `reachable`: somebody answered there; a second server is not for this case. */
  | { readonly kind: "failed"; readonly failure: Failure; readonly reachable: boolean }
  | { readonly kind: "cancelled" };

/** RFC 5321 4.1.1.10 asks for a wait for the answer to QUIT; not for a long one. */
const QUIT_WAIT = 2_000;

export async function openSession(server: SmtpServer, ports: SessionPorts): Promise<OpenedSession> {
  const bounds: SmtpLimits = { ...limits.smtp, ...ports.limits };
  const note = (text: string): void => line(ports, server, "note", text);
  const early = loginTrouble(server);
  // Our own trouble: a second server is not for that.
  if (early !== null) return failed(early, server, true);
  const startedAt = ports.clock.now();
  let connected = await connectOnce(
    server,
    ports,
    bounds,
    server.security === "opportunistic" ? "if-offered" : null,
  );
  if (
    "loss" in connected &&
    connected.reached &&
    server.security === "opportunistic" &&
    tlsFailed(connected.loss)
  ) {
    note("encryption failed; connecting again without it");
    connected = await connectOnce(server, ports, bounds, "never");
  }
  if ("loss" in connected) {
    if (connected.loss.cause === "cancelled") return { kind: "cancelled" };
    const opened = failed(connected.loss, server, connected.reached);
    note(opened.failure.problem?.what ?? "failed");
    return opened;
  }
  const { connection, relay } = connected;
  if (server.username !== null && server.password !== null) {
    const onAbort = (): void => connection.cancel();
    ports.signal?.addEventListener("abort", onAbort, { once: true });
    const loss = await connection.logIn(server.username, server.password);
    ports.signal?.removeEventListener("abort", onAbort);
    if (loss?.cause === "cancelled") return { kind: "cancelled" };
    if (loss !== null) return failed(loss, server, true);
  }
  connection.ready();
  return { kind: "open", session: session(connection, server, ports, bounds, relay, startedAt) };
}

function loginTrouble(server: SmtpServer): Loss | null {
  if (server.username === null) return null;
  const loss = { phase: "auth", code: null, reply: null } as const;
  if (server.security === "opportunistic") return { ...loss, cause: "login-unprotected" };
  return server.password === null ? { ...loss, cause: "password" } : null;
}

function tlsFailed(loss: Loss): boolean {
  return loss.phase === "starttls" && loss.cause !== "cancelled";
}

type Connected =
  | { readonly connection: SmtpConnection; readonly relay: string }
  | { loss: Loss; reached: boolean };

async function connectOnce(
  server: SmtpServer,
  ports: SessionPorts,
  bounds: SmtpLimits,
  startTls: "never" | "if-offered" | null,
): Promise<Connected> {
  const deadline = ports.clock.now() + bounds.connect;
  const socket = await dial(server, bounds.connect, ports.clock, ports.signal);
  if (!(socket instanceof Socket)) return { loss: socket, reached: false };
  const address = socket.remoteAddress ?? "";
  line(ports, server, "note", `connected to ${serverName({ host: address, port: server.port })}`);
  const connection = new SmtpConnection(
    socket,
    {
      host: server.host,
      port: server.port,
      helo: server.helo,
      secure: server.security === "tls",
      startTls: startTls ?? (server.security === "starttls" ? "required" : "never"),
      verify: server.security === "starttls" || server.security === "tls",
      acceptedCertificate: server.acceptedCertificate,
    },
    {
      clock: ports.clock,
      limits: bounds,
      line: (direction, text) => line(ports, server, direction, text),
      ...(ports.onSecured === undefined ? {} : { onSecured: ports.onSecured }),
    },
  );
  const onAbort = (): void => connection.cancel();
  ports.signal?.addEventListener("abort", onAbort, { once: true });
  // An abort between the two has found neither.
  if (ports.signal?.aborted) onAbort();
  const left = Math.min(Math.max(deadline - ports.clock.now(), 1), bounds.connect);
  const loss = connection.lost ?? (await connection.open(left));
  ports.signal?.removeEventListener("abort", onAbort);
  if (loss !== null) return { loss, reached: true };
  return { connection, relay: `${server.host}[${address}]:${server.port}` };
}

function failed(
  loss: Loss,
  server: SmtpServer,
  reachable: boolean,
): { kind: "failed"; failure: Failure; reachable: boolean } {
  const failure = classifyLoss(loss, { server: serverName(server), mailSent: false, terminatorOut: false });
  return { kind: "failed", failure, reachable };
}

function session(
  connection: SmtpConnection,
  server: SmtpServer,
  ports: SessionPorts,
  bounds: SmtpLimits,
  relay: string,
  startedAt: number,
): Session {
  const extensions = connection.extensions();
  const context = {
    connection,
    extensions,
    server: serverName(server),
    note: (text: string) => line(ports, server, "note", text),
    storageRefusals: ports.storageRefusals ?? { count: 0 },
    withoutFields: ports.withoutFields ?? [],
    mailSent: false,
    proved: false,
    underway: false,
    recipientsPerTransaction: bounds.recipientsPerTransaction,
  };
  return {
    name: ports.name,
    relay,
    extensions,
    setUpMs: Math.max(0, ports.clock.now() - startedAt),
    get usable() {
      return connection.lost === null;
    },
    deliver: (message, recipients, traceHeader, control) =>
      deliverMessage(context, message, recipients, traceHeader, control),
    probe: (sender, recipient) => probeRecipient(context, sender, recipient),
    cancel() {
      if (context.underway) connection.cancel();
    },
    quit: () => connection.leave(QUIT_WAIT),
    destroy: () => connection.fail({ cause: "cancelled", phase: "mail", code: null, reply: null }),
  };
}

function line(
  ports: SessionPorts,
  server: SmtpServer,
  direction: "client" | "server" | "note",
  text: string,
): void {
  ports.tap({
    session: ports.name,
    protocol: "smtp",
    peer: serverName(server),
    direction,
    text: escapeUnprintable(text),
  });
}
