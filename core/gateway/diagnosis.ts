/**
 * The checklist's way to the servers: collecting's POP3 client and delivering's session, the ones that carry the
 * mail, so that what works here works there. Time limits are shorter: a person waits.
 */
import { Pop3Client } from "../collect/pop3-client.ts";
import type { OpeningPhase } from "../collect/pop3-problem.ts";
import type { ProbeResult } from "../deliver/probe.ts";
import { openSession, type Session } from "../deliver/session.ts";
import { serverName, smtpServer } from "../deliver/smtp-server.ts";
import { diagnose } from "../diagnose/diagnose.ts";
import { computerPorts, namePorts } from "../diagnose/node-ports.ts";
import type { Mailbox, MailServer, Opened, OpeningStep, TrialAnswer } from "../diagnose/ports.ts";
import { explain } from "../explain/explain.ts";
import type { AddressListsInForce } from "../model/address-lists.ts";
import type { Diagnosis, OnCheck } from "../model/diagnosis.ts";
import type { SmtpPhase } from "../model/failure.ts";
import type { Clock, Secrets, Tap } from "../model/ports.ts";
import { type Problem, ProblemError } from "../model/problem.ts";
import { escapeUnprintable } from "../model/reply.ts";
import type { AccountSettings, Settings, SmtpServerSettings } from "../model/settings.ts";
import type { TlsFacts } from "../model/tls-facts.ts";
import type { Spool } from "../spool/spool.ts";
import { Running } from "../util/running.ts";

const POP3_SECONDS = 60;
const SMTP_LIMITS = { connect: 20_000, greeting: 60_000, mail: 60_000, recipient: 60_000 };

export interface DiagnosisParts {
  readonly clock: Clock;
  readonly tap: Tap;
  readonly secrets: Pick<Secrets, "open">;
  readonly settings: () => Settings;
  /** What we call ourselves in EHLO. */
  readonly helo: () => string;
  readonly lists: () => AddressListsInForce;
  readonly spool: Pick<Spool, "directory" | "newestMessageAt">;
  readonly onFault: (error: unknown, doing: string) => void;
  /** Hears of every check of every diagnosis. */
  readonly onCheck: OnCheck;
}

export interface DiagnosisRuns {
  run(onCheck?: OnCheck, signal?: AbortSignal): Promise<Diagnosis>;
  /** Ends what runs; resolves when it has ended. */
  stop(): Promise<void>;
}

export function createDiagnosisRuns(parts: DiagnosisParts): DiagnosisRuns {
  const stopping = new AbortController();
  const running = new Running();
  let sessions = 0;
  const { clock, secrets, spool } = parts;
  const { directory } = spool;
  const openPassword = (password: AccountSettings["password"]): string | null =>
    typeof password === "string" ? password : secrets.open(password);

  return {
    async run(onCheck, signal) {
      const work = diagnose({
        settings: parts.settings(),
        folders: {
          dataDirectory: directory.root,
          folders: [
            ...(["Inbox", "Errors", "Junk", "Backup"] as const).map((name) => ({
              name,
              path: directory.folder(name),
            })),
            { name: "temporary", path: directory.temporary },
          ],
        },
        ports: {
          ...computerPorts(clock),
          ...namePorts,
          openMailbox: (account, ends) => openMailbox(account, parts, ends),
          openServer(server, ends) {
            sessions += 1;
            return openMailServer(server, `smtp-diagnose-${sessions}`, parts, ends);
          },
          openPassword,
          explain,
          newestMessageAt: () => spool.newestMessageAt(),
          listedAliases: () => parts.lists().aliases,
          onFault: parts.onFault,
        },
        onCheck(check) {
          parts.onCheck(check);
          try {
            onCheck?.(check);
          } catch (error) {
            parts.onFault(error, "telling a check");
          }
        },
        signal: signal === undefined ? stopping.signal : AbortSignal.any([signal, stopping.signal]),
      });
      return running.track(work);
    },
    async stop() {
      stopping.abort();
      await running.ended();
    },
  };
}

// --- POP3 --------------------------------------------------------------------------------------------------

export async function openMailbox(
  account: AccountSettings,
  { clock, tap }: Pick<DiagnosisParts, "clock" | "tap">,
  signal: AbortSignal,
): Promise<Opened<Mailbox>> {
  let phase: OpeningPhase = "look-up";
  let tls: TlsFacts | null = null;
  let client: Pop3Client;
  try {
    client = await Pop3Client.open({
      accountId: account.id,
      accountName: account.name,
      host: account.host,
      port: account.port,
      security: account.security,
      timeoutSeconds: Math.min(account.timeoutSeconds, POP3_SECONDS),
      acceptedCertificate: account.acceptedCertificate,
      clock,
      tap,
      signal,
      onPhase: (next) => {
        phase = next;
      },
      onSecured: (facts) => {
        tls = facts;
      },
    });
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return { kind: "failed", step: pop3Step(phase), problem: error.problem, tls };
  }
  return { kind: "open", connection: mailbox(client, tls, signal) };
}

function mailbox(client: Pop3Client, tls: TlsFacts | null, signal: AbortSignal): Mailbox {
  const close = (): void => client.close();
  signal.addEventListener("abort", close, { once: true });
  if (signal.aborted) close();
  return {
    greeting: escapeUnprintable(client.greeting),
    tls,
    async capabilities() {
      const found = await client.capa();
      return found === null ? null : new Set([...found.tags.keys()].map(escapeUnprintable));
    },
    logIn: (username, password) => client.login(username, password),
    status: () => client.stat(),
    async uniqueIds() {
      const listing = await client.uidl();
      return listing === null ? null : listing.entries.size;
    },
    async quit() {
      signal.removeEventListener("abort", close);
      // Nothing was deleted, so nothing hangs on the answer.
      await client.quit().catch(() => undefined);
    },
  };
}

function pop3Step(phase: OpeningPhase): OpeningStep {
  switch (phase) {
    case "tls":
    case "starttls":
      return "encryption";
    case "greeting":
      return "greeting";
    default:
      return "connection";
  }
}

// --- SMTP --------------------------------------------------------------------------------------------------

export async function openMailServer(
  settings: SmtpServerSettings,
  name: string,
  parts: Pick<DiagnosisParts, "clock" | "tap" | "secrets" | "helo">,
  signal: AbortSignal,
): Promise<Opened<MailServer>> {
  const { clock, tap, secrets, helo } = parts;
  const server = smtpServer(settings, helo(), secrets);
  let tls: TlsFacts | null = null;
  let greeting = "";
  const opened = await openSession(server, {
    clock,
    name,
    signal,
    limits: SMTP_LIMITS,
    onSecured: (facts) => {
      tls = facts;
    },
    tap(line) {
      if (line.direction === "server" && greeting === "") greeting = line.text;
      tap(line);
    },
  });
  switch (opened.kind) {
    case "open":
      return { kind: "open", connection: mailServer(opened.session, greeting, tls, signal) };
    case "cancelled":
      return { kind: "failed", step: "connection", problem: stoppedProblem(serverName(server)), tls };
    case "failed": {
      const { phase, problem } = opened.failure;
      const told = problem ?? noAnswerProblem(serverName(server));
      return { kind: "failed", step: smtpStep(phase), problem: told, tls };
    }
  }
}

function mailServer(
  session: Session,
  greeting: string,
  tls: TlsFacts | null,
  signal: AbortSignal,
): MailServer {
  const destroy = (): void => session.destroy();
  signal.addEventListener("abort", destroy, { once: true });
  if (signal.aborted) destroy();
  return {
    greeting,
    tls,
    extensions: session.extensions,
    get usable() {
      return session.usable;
    },
    trial: async (sender, recipient) => trialAnswer(await session.probe(sender, recipient), session.relay),
    async quit() {
      signal.removeEventListener("abort", destroy);
      await session.quit();
    },
  };
}

function trialAnswer(result: ProbeResult, server: string): TrialAnswer {
  if (result.kind === "accepted") return result;
  const { phase, reply, problem } = result.failure;
  if (reply !== null && reply.code !== 421 && (phase === "mail" || phase === "rcpt")) {
    return { kind: "refused", command: phase, reply };
  }
  return { kind: "unanswered", problem: problem ?? noAnswerProblem(server) };
}

function smtpStep(phase: SmtpPhase): OpeningStep {
  switch (phase) {
    case "connect":
      return "connection";
    case "starttls":
      return "encryption";
    case "auth":
      return "login";
    default:
      return "greeting";
  }
}

function noAnswerProblem(server: string): Problem {
  return {
    code: "smtp-no-answer",
    what: `The mail server ${server} gave no answer.`,
    cure: "Look into the mail server's log for the reason.",
  };
}

function stoppedProblem(server: string): Problem {
  return {
    code: "smtp-cancelled",
    what: `The connection to the mail server ${server} was given up.`,
    cure: "Diagnose once more.",
  };
}
