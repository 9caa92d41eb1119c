/**
 * One POP3 account, from its name to its list of messages.
 *
 * 1. What has failed is the last thing that was tried: everything behind it is skipped.
 * 2. The password is tried once, whatever pause holds for the checks: a person asks.
 * 3. Nothing is collected, marked or deleted (RFC 1939: only DELE deletes, and it is never sent).
 */
import { ProblemError } from "../model/problem.ts";
import type { AccountSettings } from "../model/settings.ts";
import type { TlsFacts } from "../model/tls-facts.ts";
import { Checklist, findingOf } from "./checklist.ts";
import { reportEncryption, withFacts } from "./encryption.ts";
import { checkHostName } from "./host-name.ts";
import { counted, megabytes } from "./numbers.ts";
import { isOnThisComputer } from "./own-domains.ts";
import type { DiagnosisPorts, Mailbox, OpeningStep, SubjectContext } from "./ports.ts";

const PLAN = {
  name: "Server name",
  connection: "Connection",
  encryption: "Encryption",
  greeting: "Greeting",
  login: "Login",
  mailbox: "Mailbox",
  capabilities: "Capabilities",
  "unique-ids": "Unique ids",
};

/** A POP3 login that is refused for reasons which pass by themselves. */
const PASSING = new Set(["pop3-mailbox-busy"]);

export function accountTitle({ id, name, host, port }: AccountSettings): string {
  return `Account "${name === "" ? id : name}" (${host}:${port})`;
}

export async function checkAccount(
  account: AccountSettings,
  index: number,
  { ports, report, signal }: SubjectContext,
): Promise<void> {
  const { id, host } = account;
  const list = new Checklist({
    prefix: `account:${id}`,
    subject: accountTitle(account),
    plan: PLAN,
    report,
  });
  const place = (setting: string): string => `accounts[${index}].${setting}`;
  if (!account.enabled) {
    list.skip(
      "enabled",
      { cause: "This account is switched off, so it was not examined.", place: place("enabled") },
      "Account",
    );
    return;
  }
  if (!(await checkHostName(list, host, place("host"), ports))) {
    list.skipRest("Not tried: the server's name has no address.");
    return;
  }
  const opened = await ports.openMailbox(account, signal);
  const { clock } = ports;
  if (opened.kind === "failed") {
    const { step, problem, tls } = opened;
    reportOpening(list, account, { until: step, tls, greeting: "", now: clock.now(), place });
    const finding = findingOf(problem, place(settingOf(step)));
    list.fail(step, step === "encryption" ? withFacts(finding, tls) : finding);
    list.skipRest("Not tried: no connection was made.");
    return;
  }
  const mailbox = opened.connection;
  const { tls, greeting } = mailbox;
  reportOpening(list, account, { until: "login", tls, greeting, now: clock.now(), place });
  try {
    await examine(list, account, mailbox, place, ports);
  } finally {
    await mailbox.quit();
  }
}

interface Opening {
  readonly until: OpeningStep;
  readonly tls: TlsFacts | null;
  readonly greeting: string;
  readonly now: number;
  readonly place: (setting: string) => string;
}

/** What went well on the way. With STARTTLS the greeting comes before the encryption, with TLS behind it. */
function reportOpening(
  list: Checklist,
  { host, port, security }: AccountSettings,
  { until, tls, greeting, now, place }: Opening,
): void {
  if (until === "connection") return;
  list.pass("connection", { cause: `${host} accepts connections on port ${port}.` });
  if (until === "login" || (until === "encryption" && security === "starttls")) {
    list.pass("greeting", {
      cause: "A POP3 server answers.",
      ...(greeting === "" ? {} : { quote: greeting }),
    });
  }
  if (tls !== null && until !== "encryption") {
    reportEncryption(list, tls, { opportunistic: false, now, place: place("security") });
  }
}

async function examine(
  list: Checklist,
  account: AccountSettings,
  mailbox: Mailbox,
  place: (setting: string) => string,
  ports: DiagnosisPorts,
): Promise<void> {
  const steps: readonly (readonly [id: keyof typeof PLAN, step: () => Promise<void>])[] = [
    ["encryption", () => checkEncryption(list, account, mailbox, place("security"))],
    ["login", () => checkLogin(list, account, mailbox, place("password"), ports)],
    ["mailbox", () => checkStatus(list, account, mailbox)],
    ["capabilities", () => checkCapabilities(list, mailbox)],
    ["unique-ids", () => checkUniqueIds(list, mailbox)],
  ];
  for (const [id, step] of steps) {
    try {
      await step();
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      const { problem } = error;
      if (PASSING.has(problem.code)) list.warn(id, findingOf(problem, null));
      else list.fail(id, findingOf(problem, id === "login" ? place("password") : null));
      break;
    }
    if (list.failed) break;
  }
  list.skipRest("Not tried: what comes before it did not work.");
}

/** Only where the connection is plain; an encrypted one has been reported. */
async function checkEncryption(
  list: Checklist,
  account: AccountSettings,
  mailbox: Mailbox,
  place: string,
): Promise<void> {
  if (mailbox.tls !== null) return;
  if (isOnThisComputer(account.host)) {
    list.pass("encryption", { cause: "Not encrypted; the connection does not leave this computer.", place });
    return;
  }
  const plain = "The connection is not encrypted: password and mail can be read on the way.";
  if ((await mailbox.capabilities())?.has("STLS")) {
    list.warn("encryption", {
      cause: `${plain} The server offers encryption.`,
      cure: "Choose STARTTLS as the encryption of this account.",
      place,
    });
    return;
  }
  list.warn("encryption", {
    cause: plain,
    cure: "Try TLS with port 995, or ask your provider for an encrypted way to the mailbox.",
    place,
  });
}

async function checkLogin(
  list: Checklist,
  { username, password }: AccountSettings,
  mailbox: Mailbox,
  place: string,
  { openPassword }: DiagnosisPorts,
): Promise<void> {
  const opened = openPassword(password);
  if (opened === null) {
    list.fail("login", {
      cause: "The stored password cannot be read on this computer; no login was tried.",
      cure: "Enter the password again.",
      place,
    });
    return;
  }
  await mailbox.logIn(username, opened);
  list.pass("login", { cause: `User "${username}" and the password are right.` });
}

async function checkStatus(list: Checklist, account: AccountSettings, mailbox: Mailbox): Promise<void> {
  const { messages, octets } = await mailbox.status();
  const kept = account.leaveOnServer ? "; collected mail is left there, as the setting says" : "";
  list.pass("mailbox", {
    cause:
      messages === 0
        ? `The mailbox is empty${kept}.`
        : `The mailbox holds ${counted(messages, "message")}, ${megabytes(octets)} MB${kept}.`,
  });
}

async function checkCapabilities(list: Checklist, mailbox: Mailbox): Promise<void> {
  const capabilities = await mailbox.capabilities();
  if (capabilities === null) {
    list.pass("capabilities", {
      cause: "The server does not tell what it can do; it is used the plain way.",
    });
    return;
  }
  list.pass("capabilities", {
    cause: capabilities.has("PIPELINING")
      ? "The server takes several commands at once: collecting is fast."
      : "The server takes one command at a time.",
    quote: [...capabilities].join(" "),
  });
}

async function checkUniqueIds(list: Checklist, mailbox: Mailbox): Promise<void> {
  const count = await mailbox.uniqueIds();
  if (count === null) {
    list.warn("unique-ids", {
      cause:
        "The server gives messages no unique ids (UIDL): they are recognised by their content, so mail that is left on the server is read anew at every check.",
      cure: "Let collected mail be deleted from the server, or ask your provider for UIDL.",
    });
    return;
  }
  list.pass("unique-ids", {
    cause: `The server gives messages unique ids (${count.toLocaleString("en")} listed).`,
  });
}

function settingOf(step: OpeningStep): string {
  switch (step) {
    case "encryption":
      return "security";
    case "login":
      return "password";
    default:
      return "port";
  }
}
