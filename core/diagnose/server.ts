/**
 * The local mail server (or the second one), from its name to the recipients it takes.
 *
 * 1. Nothing is sent: MAIL, RCPT, RSET, QUIT, each by itself; DATA never.
 * 2. What has failed on the way is the last thing that was tried: everything behind it is skipped.
 * 3. A connection that ends during a trial fails that trial; the next one gets a new connection, twice at most
 *    (servers drop whoever asks for too many wrong recipients).
 */
import type { Settings, SmtpServerSettings } from "../model/settings.ts";
import { Checklist, type Finding, findingOf } from "./checklist.ts";
import { reportEncryption, withFacts } from "./encryption.ts";
import { checkHostName } from "./host-name.ts";
import { localMinute } from "./numbers.ts";
import { isOnThisComputer } from "./own-domains.ts";
import type { CheckContext, DiagnosisPorts, MailServer, Opened, OpeningStep, TrialAnswer } from "./ports.ts";
import { checkServerRecipients } from "./server-recipients.ts";
import { checkServerSize } from "./server-size.ts";

const PLAN = {
  name: "Server name",
  connection: "Connection",
  encryption: "Encryption",
  greeting: "Greeting",
  login: "Login",
  size: "Maximum size",
  "report-sender": "Sender of reports",
  recipients: "Recipients",
};

const RECONNECTIONS = 2;
/** Clocks of two servers may differ so much, milliseconds. */
const CLOCK_TOLERANCE = 5 * 60_000;

export interface ExaminedServer {
  readonly which: "server" | "second-server";
  readonly title: string;
  readonly server: SmtpServerSettings;
}

export function examinedServers({ smtp }: Settings): readonly ExaminedServer[] {
  const { fallback } = smtp;
  return [
    examinedServer("server", smtp),
    ...(fallback === null ? [] : [examinedServer("second-server", fallback)]),
  ];
}

export function examinedServer(which: ExaminedServer["which"], server: SmtpServerSettings): ExaminedServer {
  const what = which === "server" ? "Local mail server" : "Second mail server";
  return { which, title: `${what} (${server.host}:${server.port})`, server };
}

export async function checkServer(
  { which, title, server }: ExaminedServer,
  { ports, report, settings, signal }: CheckContext,
): Promise<void> {
  const { host } = server;
  const list = new Checklist({ prefix: which, subject: title, plan: PLAN, report });
  const place = (setting: string): string => `${which === "server" ? "smtp" : "smtp.fallback"}.${setting}`;
  if (!(await checkHostName(list, host, place("host"), ports))) {
    list.skipRest("Not tried: the server's name has no address.");
    return;
  }
  const { reachable, problem } = withoutUnreadablePassword(server, ports);
  if (problem !== null) list.fail("login", { ...problem, place: place("password") });
  const opened = await ports.openServer(reachable, signal);
  if (opened.kind === "failed") {
    reportFailure(list, reachable, opened, place, ports);
    list.skipRest("Not tried: no connection was made.");
    return;
  }
  const first = opened.connection;
  reportOpening(list, reachable, "login", first, place, ports.clock.now());
  reportGreeting(list, first, ports.clock.now());
  reportLogin(list, reachable, place);
  checkServerSize(list, first, settings);
  if (problem !== null) {
    await first.quit();
    list.skipRest("Not tried: the login is missing.");
    return;
  }
  const line = new TrialLine(first, () => ports.openServer(server, signal));
  try {
    await checkServerRecipients(list, line, { server, place, settings, ports });
  } finally {
    await line.quit();
  }
  list.skipRest("Not tried: what comes before it did not work.");
}

/** A password that cannot be read: everything up to the login is examined nevertheless. */
function withoutUnreadablePassword(
  server: SmtpServerSettings,
  { openPassword }: DiagnosisPorts,
): { readonly reachable: SmtpServerSettings; readonly problem: Finding | null } {
  const { username, password } = server;
  if (username === null || username === "") return { reachable: server, problem: null };
  if (password !== null && openPassword(password) !== null) return { reachable: server, problem: null };
  return {
    reachable: { ...server, username: null, password: null },
    problem: {
      cause:
        password === null
          ? `There is a user name ("${username}") but no password; no login was tried.`
          : "The stored password cannot be read on this computer; no login was tried.",
      cure: "Enter the password again, or remove the user name when the server needs no login.",
    },
  };
}

function reportFailure(
  list: Checklist,
  server: SmtpServerSettings,
  { step, problem, tls }: Opened<MailServer> & { readonly kind: "failed" },
  place: (setting: string) => string,
  { clock }: DiagnosisPorts,
): void {
  // At a refused login it is not told what the server can do.
  const seen = step === "login" ? { tls, extensions: new Map<string, string>() } : { tls };
  reportOpening(list, server, step, seen, place, clock.now());
  if (step === "login") list.pass("greeting", { cause: "A mail server answers." });
  const setting = { connection: "port", encryption: "security", greeting: "port", login: "username" }[step];
  const finding = findingOf(problem, place(setting));
  list.fail(step, step === "encryption" ? withFacts(finding, tls) : finding);
}

/** What went well on the way to `until`. */
function reportOpening(
  list: Checklist,
  { host, port, security }: SmtpServerSettings,
  until: OpeningStep,
  { tls, extensions }: Partial<Pick<MailServer, "tls" | "extensions">>,
  place: (setting: string) => string,
  now: number,
): void {
  if (until === "connection") return;
  list.pass("connection", { cause: `${host} accepts connections on port ${port}.` });
  if (until === "encryption") {
    if (security !== "tls") list.pass("greeting", { cause: "A mail server answers." });
    return;
  }
  if (tls) {
    reportEncryption(list, tls, {
      opportunistic: security === "opportunistic",
      now,
      place: place("security"),
    });
    return;
  }
  if (extensions === undefined) return;
  const offered = extensions.has("STARTTLS");
  if (security === "opportunistic") {
    list.pass("encryption", {
      cause: offered
        ? "Not encrypted: the server's encryption did not work, so the connection goes on without it, as the setting allows."
        : "Not encrypted: the server offers none.",
      place: place("security"),
    });
    return;
  }
  list.pass("encryption", {
    cause: `Not encrypted, as the setting says${offered ? "; the server offers encryption (STARTTLS)" : ""}.`,
    place: place("security"),
  });
}

/** Some servers tell their time in the greeting: a second opinion on this computer's clock. */
function reportGreeting(list: Checklist, { greeting, extensions }: MailServer, now: number): void {
  const quote = greeting === "" ? {} : { quote: greeting };
  const theirs = timeIn(greeting);
  if (theirs !== null && Math.abs(theirs - now) > CLOCK_TOLERANCE) {
    list.warn("greeting", {
      cause: `A mail server answers, but its clock shows ${localMinute(theirs)} where this computer's shows ${localMinute(now)}.`,
      cure: "Let both computers set their clocks by the network: wrong times make mail expire too early or too late.",
      ...quote,
    });
  } else if (extensions.size === 0) {
    list.warn("greeting", {
      cause:
        "A mail server answers, but it announces nothing that it can do: it does not understand EHLO, or a firewall keeps it from doing so.",
      cure: "Switch mail filtering (SMTP inspection, fixup) off in the firewall between this computer and the server.",
      ...quote,
    });
  } else {
    list.pass("greeting", { cause: "A mail server answers.", ...quote });
  }
}

/** `... ready at Fri, 20 Nov 2026 15:20:36 +0100` */
export function timeIn(greeting: string): number | null {
  const found = /\d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d(?::\d\d)? [+-]\d{4}/.exec(greeting)?.[0];
  const at = Date.parse(found ?? "");
  return Number.isNaN(at) ? null : at;
}

function reportLogin(
  list: Checklist,
  { host, username, security }: SmtpServerSettings,
  place: (setting: string) => string,
): void {
  if (username === null || username === "") {
    list.pass("login", { cause: "None is set; a server in the office often needs none." });
  } else if (security === "none" && !isOnThisComputer(host)) {
    list.warn("login", {
      cause: `User "${username}" and the password are right, but they are sent unencrypted.`,
      cure: "Choose STARTTLS or TLS as the encryption.",
      place: place("security"),
    });
  } else {
    list.pass("login", { cause: `User "${username}" and the password are right.` });
  }
}

/** Trials one after another, on a new connection where the server has ended the last one. */
export class TrialLine {
  #connection: MailServer;
  #left = RECONNECTIONS;
  readonly #reconnect: () => Promise<Opened<MailServer>>;

  constructor(connection: MailServer, reconnect: () => Promise<Opened<MailServer>>) {
    this.#connection = connection;
    this.#reconnect = reconnect;
  }

  async trial(sender: string, recipient: string): Promise<TrialAnswer> {
    if (!this.#connection.usable && this.#left > 0) {
      this.#left -= 1;
      const opened = await this.#reconnect();
      if (opened.kind === "failed") return { kind: "unanswered", problem: opened.problem };
      this.#connection = opened.connection;
    }
    return this.#connection.trial(sender, recipient);
  }

  quit(): Promise<void> {
    return this.#connection.quit();
  }
}
