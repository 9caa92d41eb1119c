/**
 * An embedded mail server for tests and the demo, over smtp-server, on loopback: receives, remembers, answers by
 * policy, can be stopped and started on its port. Each connection's greeting takes 100 ms (smtp-server's own wait).
 *
 * Octets are exact but for one thing of smtp-server's: a doubled dot after a *bare* LF is undone as well. A sender
 * that ends its lines with CRLF never meets that.
 */
import { createHash } from "node:crypto";
import type { AddressInfo } from "node:net";
import { domainToASCII } from "node:url";
import type { SMTPServerSession } from "smtp-server";
import { SMTPServer } from "smtp-server";
import type { PolicyReply, PolicyVerdict, SmtpPolicy } from "./smtp-policy.ts";
import { judgeData, judgeRecipient, judgeSender } from "./smtp-policy.ts";
import type { TestCertificate } from "./test-certificate.ts";
import { makeTestCertificate } from "./test-certificate.ts";

/** Plain data, so that it can be handed to another process. */
export interface MailServerOptions {
  /** Default: one that is free. */
  readonly port?: number;
  /** Keep the octets (default), or only size and hash: for large runs. */
  readonly keepBytes?: boolean;
  /** Announced as SIZE and enforced; 0: neither. */
  readonly sizeLimit?: number;
  /** Local parts that exist; null (default): all. */
  readonly users?: readonly string[] | null;
  readonly security?: "none" | "starttls" | "tls";
  readonly certificate?: TestCertificate;
  /** A login that is needed. */
  readonly login?: { readonly user: string; readonly password: string };
  readonly offers8BitMime?: boolean;
  readonly offersPipelining?: boolean;
  readonly offersSmtpUtf8?: boolean;
  /** More at once get 421. */
  readonly maxConnections?: number;
  /** Pause before the answer to the final dot. */
  readonly finalPauseMilliseconds?: number;
}

export interface ReceivedMail {
  /** From 1, in the order of the final dots. */
  readonly sequence: number;
  readonly connection: string;
  /** "" is the null sender. */
  readonly mailFrom: string;
  /** Arguments of MAIL, e.g. `{SIZE: "1234", BODY: "8BITMIME"}`. */
  readonly mailArguments: Readonly<Record<string, string | true>>;
  /** The accepted ones. */
  readonly rcptTo: readonly string[];
  readonly size: number;
  readonly sha256: string;
  readonly bytes: Buffer | null;
  readonly secured: boolean;
  /** False: it was stored and the answer was lost. */
  readonly acknowledged: boolean;
}

export interface Refusal {
  readonly stage: "mail" | "rcpt" | "data";
  /** Sender, recipient, or the first recipient. */
  readonly address: string;
  readonly reply: PolicyReply;
}

export interface MailServer {
  readonly host: "127.0.0.1";
  readonly port: number;
  readonly certificate: TestCertificate | null;
  readonly messages: readonly ReceivedMail[];
  readonly refusals: readonly Refusal[];
  readonly connections: number;
  /** May be changed at any time. */
  readonly policy: SmtpPolicy;
  /** Drops all connections and stops listening; what was received stays. */
  stop(): Promise<void>;
  /** Listens again on the same port. */
  start(): Promise<void>;
  close(): Promise<void>;
  /** Resolves when so many messages have been received in all. */
  received(count: number): Promise<void>;
}

class Answer extends Error {
  readonly responseCode: number;
  constructor(reply: PolicyReply) {
    super(reply.text);
    this.responseCode = reply.code;
  }
}

export async function startMailServer(options: MailServerOptions = {}): Promise<MailServer> {
  const security = options.security ?? "none";
  const certificate = security === "none" ? null : (options.certificate ?? makeTestCertificate());
  const keepBytes = options.keepBytes ?? true;
  const sizeLimit = options.sizeLimit ?? 0;
  const policy: SmtpPolicy = { users: options.users ?? null, allRecipients: null, allData: null };
  const messages: ReceivedMail[] = [];
  const refusals: Refusal[] = [];
  const waiting = new Set<() => void>();
  const timers = new Set<NodeJS.Timeout>();
  let connections = 0;
  let server: SMTPServer;
  let port = options.port ?? 0;

  const decide = (stage: Refusal["stage"], address: string, verdict: PolicyVerdict): Error | null => {
    if (typeof verdict === "string") return null;
    refusals.push({ stage, address, reply: verdict });
    return new Answer(verdict);
  };

  const build = (): SMTPServer =>
    new SMTPServer({
      name: "mail.office.test",
      banner: "embedded",
      secure: security === "tls",
      ...(certificate ? { key: certificate.key, cert: certificate.cert } : {}),
      hideSTARTTLS: security !== "starttls",
      disabledCommands: [
        ...(security === "starttls" ? [] : ["STARTTLS"]),
        ...(options.login ? [] : ["AUTH"]),
      ],
      authOptional: options.login === undefined,
      allowInsecureAuth: true,
      hide8BITMIME: options.offers8BitMime === false,
      hidePIPELINING: options.offersPipelining === false,
      hideSMTPUTF8: options.offersSmtpUtf8 === false,
      ...(sizeLimit > 0 ? { size: sizeLimit, rejectOversized: true } : {}),
      ...(options.maxConnections === undefined ? {} : { maxClients: options.maxConnections }),
      disableReverseLookup: true,
      logger: false,
      closeTimeout: 1,
      onConnect(_session, callback) {
        connections += 1;
        callback();
      },
      onAuth(login, _session, callback) {
        const { user, password } = options.login ?? { user: "", password: "" };
        const correct = login.username === user && login.password === password;
        callback(correct ? null : new Answer({ code: 535, text: "5.7.8 User name or password is wrong" }), {
          user,
        });
      },
      onMailFrom({ address }, _session, callback) {
        callback(decide("mail", address, judgeSender(address)));
      },
      onRcptTo(recipient, _session, callback) {
        const address = withAsciiDomain(recipient.address);
        callback(decide("rcpt", address, judgeRecipient(policy, address)));
      },
      onData(stream, session, callback) {
        const hash = createHash("sha256");
        const chunks: Buffer[] = [];
        let size = 0;
        stream.on("data", (chunk: Buffer) => {
          size += chunk.length;
          hash.update(chunk);
          if (keepBytes) chunks.push(chunk);
        });
        // The client went away in the middle: nothing was received.
        stream.on("error", () => {});
        stream.on("end", () => {
          const rcptTo = session.envelope.rcptTo.map(({ address }) => withAsciiDomain(address));
          if (sizeLimit > 0 && size > sizeLimit) {
            decide("data", rcptTo[0] ?? "", { code: 552, text: "too large" });
            return callback();
          }
          const verdict = judgeData(policy, rcptTo);
          const refused = decide("data", rcptTo[0] ?? "", verdict);
          if (refused) return callback(refused);
          messages.push({
            sequence: messages.length + 1,
            connection: session.id,
            ...senderOf(session),
            rcptTo,
            size,
            sha256: hash.digest("hex"),
            bytes: keepBytes ? Buffer.concat(chunks) : null,
            secured: session.secure,
            acknowledged: verdict === "accept",
          });
          for (const wake of waiting) wake();
          if (verdict === "lose-answer") return drop(session.id);
          const pause = options.finalPauseMilliseconds ?? 0;
          const answer = (): void => callback(null, `2.0.0 Ok: queued as ${messages.length}`);
          if (pause === 0) return answer();
          const timer = setTimeout(() => {
            timers.delete(timer);
            answer();
          }, pause);
          timers.add(timer);
        });
      },
    });

  const drop = (session: string): void => {
    for (const connection of server.connections) {
      if (connection.id === session) connection._socket.destroy();
    }
  };
  const start = (): Promise<void> =>
    new Promise((resolve, reject) => {
      server = build();
      // Errors of single connections (a client that resets) arrive here too.
      server.on("error", () => {});
      server.server.once("error", reject);
      server.listen(port, "127.0.0.1", () => {
        server.server.off("error", reject);
        port = (server.server.address() as AddressInfo).port;
        resolve();
      });
    });
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
      for (const connection of server.connections) connection._socket.destroy();
      server.close(() => resolve());
    });

  await start();
  return {
    host: "127.0.0.1",
    get port() {
      return port;
    },
    certificate,
    messages,
    refusals,
    get connections() {
      return connections;
    },
    policy,
    stop,
    start,
    close: stop,
    received: (count) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (messages.length < count) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
  };
}

function senderOf(session: SMTPServerSession): Pick<ReceivedMail, "mailFrom" | "mailArguments"> {
  const sender = session.envelope.mailFrom;
  if (sender === false) return { mailFrom: "", mailArguments: {} };
  return {
    mailFrom: withAsciiDomain(sender.address),
    mailArguments: { ...(sender.args as Record<string, string | true> | false) },
  };
}

/** smtp-server shows `xn--` domains in Unicode; they came in ASCII. */
function withAsciiDomain(address: string): string {
  const at = address.lastIndexOf("@");
  if (at < 0) return address;
  const ascii = domainToASCII(address.slice(at + 1));
  return ascii === "" ? address : `${address.slice(0, at)}@${ascii}`;
}
