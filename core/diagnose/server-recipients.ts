/**
 * Whom the local server takes mail for, asked with MAIL, RCPT and RSET.
 *
 * 1. postmaster at each of our domains and the configured postmaster: have to be accepted (RFC 5321 4.5.1). By
 *    these a domain is found out that the server does not know.
 * 2. An unlikely local name: either answer is fine, but they mean different things for guessed addresses.
 * 3. An address of another domain: has to be refused without a login, otherwise the server relays for anybody who
 *    reaches it. A warning where the settings themselves need it, or where we logged in.
 */
import { addressKey } from "../model/address.ts";
import { formatReply, type SmtpReply } from "../model/reply.ts";
import type { Settings, SmtpServerSettings } from "../model/settings.ts";
import { type Checklist, type Finding, findingOf } from "./checklist.ts";
import { outsideRecipients } from "./outside-recipients.ts";
import { deliveredDomains, isOurs } from "./own-domains.ts";
import type { DiagnosisPorts, TrialAnswer } from "./ports.ts";
import type { TrialLine } from "./server.ts";

/** Domains whose postmaster is asked for: servers drop whoever asks for too many. */
const DOMAINS = 20;
/** Reserved for examples (RFC 2606): nobody's. */
const FOREIGN = ["example.net", "example.org", "example.com"];

export interface RecipientsContext {
  readonly server: SmtpServerSettings;
  readonly place: (setting: string) => string;
  readonly settings: Settings;
  readonly ports: Pick<DiagnosisPorts, "explain" | "listedAliases" | "unlikelyName">;
}

export async function checkServerRecipients(
  list: Checklist,
  line: TrialLine,
  context: RecipientsContext,
): Promise<void> {
  const { settings } = context;
  const { domains, postmaster } = settings;
  const asked = await checkReportSender(list, line, context);
  if (asked === null) return;
  list.done("recipients");
  const { sender, answer } = asked;
  reportPostmaster(list, answer, context);

  const own = deliveredDomains(domains);
  for (const domain of own.slice(0, DOMAINS)) {
    const address = `postmaster@${domain}`;
    if (addressKey(address) === addressKey(postmaster.address)) continue;
    await checkDomain(list, line, sender, domain, context);
  }
  if (own.length > DOMAINS) {
    list.skip(
      "more-domains",
      { cause: `Only the first ${DOMAINS} of ${own.length} domains were tried.`, place: "domains.secondary" },
      "Other domains",
    );
  }
  await checkUnknownName(list, line, sender, own[0] ?? domains.primary, context);
  await checkRelay(list, line, sender, context);
}

/** MAIL as our reports and alerts use it, with the postmaster. null: no sender is taken. */
async function checkReportSender(
  list: Checklist,
  line: TrialLine,
  { settings, ports }: RecipientsContext,
): Promise<{ readonly sender: string; readonly answer: TrialAnswer } | null> {
  const { domains, postmaster } = settings;
  const sender = `MAILER-DAEMON@${domains.primary}`;
  const answer = await line.trial(sender, postmaster.address);
  if (answer.kind === "unanswered") {
    list.fail("report-sender", findingOf(answer.problem, null));
    return null;
  }
  if (answer.kind === "accepted" || answer.command === "rcpt") {
    list.pass("report-sender", { cause: `The server takes mail from ${sender}, the sender of our reports.` });
    return { sender, answer };
  }
  const finding: Finding = {
    cause: `The server does not take mail from ${sender}, the sender of our reports. ${ports.explain(answer.reply).meaning}`,
    cure: "Exempt this computer's IP address from the server's check of senders, so that reports reach the postmaster.",
    quote: formatReply(answer.reply),
    place: "domains.primary",
  };
  if (isTemporary(answer.reply)) list.warn("report-sender", finding);
  else list.fail("report-sender", finding);
  const again = await line.trial("", postmaster.address);
  const taken = again.kind === "accepted" || (again.kind === "refused" && again.command === "rcpt");
  return taken ? { sender: "", answer: again } : null;
}

function reportPostmaster(
  list: Checklist,
  answer: TrialAnswer,
  { settings, ports }: RecipientsContext,
): void {
  const { address } = settings.postmaster;
  reportNeeded(list, ports, answer, {
    id: `postmaster:${address}`,
    title: `Postmaster ${address}`,
    accepted: `The server takes mail for the postmaster, ${address}.`,
    refused: `The server does not take mail for the postmaster, ${address}: reports, and mail for nobody in particular, would go nowhere.`,
    cure: "Create this mailbox (or an alias of it) on the server, or choose another postmaster.",
    place: "postmaster.address",
  });
}

async function checkDomain(
  list: Checklist,
  line: TrialLine,
  sender: string,
  domain: string,
  { settings, ports }: RecipientsContext,
): Promise<void> {
  const { virtualAlias, primary } = settings.domains;
  const place =
    virtualAlias !== null
      ? "domains.virtualAlias"
      : domain === primary
        ? "domains.primary"
        : `domains.secondary[${settings.domains.secondary.indexOf(domain)}]`;
  const address = `postmaster@${domain}`;
  reportNeeded(list, ports, await line.trial(sender, address), {
    id: `domain:${domain}`,
    title: `Domain ${domain}`,
    accepted: `The server takes mail for ${address}.`,
    refused: `The server does not take mail for ${address}, which every mail domain has to have.`,
    cure:
      virtualAlias === null
        ? `Check the spelling of ${domain}; let the server take mail for it as for a domain of its own, with a postmaster.`
        : `Check the virtual domain alias: the server has to take mail for ${domain} as for a domain of its own, with a postmaster.`,
    place,
  });
}

interface Needed {
  readonly id: string;
  readonly title: string;
  readonly accepted: string;
  readonly refused: string;
  readonly cure: string;
  readonly place: string;
}

function reportNeeded(
  list: Checklist,
  { explain }: RecipientsContext["ports"],
  answer: TrialAnswer,
  { id, title, accepted, refused, cure, place }: Needed,
): void {
  switch (answer.kind) {
    case "accepted":
      list.pass(id, { cause: accepted, place }, title);
      return;
    case "unanswered":
      list.fail(id, findingOf(answer.problem, null), title);
      return;
    case "refused": {
      const quote = formatReply(answer.reply);
      const { meaning } = explain(answer.reply);
      if (isTemporary(answer.reply)) {
        const cause = `The server does not say now whether it takes mail for ${id.slice(id.indexOf(":") + 1)}: "try again later". ${meaning}`;
        list.warn(id, { cause, cure: "Diagnose once more in a few minutes.", quote, place }, title);
      } else {
        list.fail(id, { cause: `${refused} ${meaning}`, cure, quote, place }, title);
      }
    }
  }
}

async function checkUnknownName(
  list: Checklist,
  line: TrialLine,
  sender: string,
  domain: string,
  { ports }: RecipientsContext,
): Promise<void> {
  const title = "Unknown names";
  const answer = await line.trial(sender, `${ports.unlikelyName()}@${domain}`);
  switch (answer.kind) {
    case "accepted":
      list.pass(
        "unknown-name",
        {
          cause: `The server takes mail for any name at ${domain}, also one that nobody has. It then answers for unknown users itself, as EFS recommends.`,
        },
        title,
      );
      return;
    case "unanswered":
      list.warn("unknown-name", findingOf(answer.problem, null), title);
      return;
    case "refused":
      list.pass(
        "unknown-name",
        {
          cause: `The server refuses names at ${domain} that nobody has. That is fine, but mail for guessed or mistyped addresses then goes to Errors, and the postmaster gets a report of each.`,
          cure: "To get fewer reports, keep a list of users here, or let the server take any name.",
          quote: formatReply(answer.reply),
        },
        title,
      );
  }
}

async function checkRelay(
  list: Checklist,
  line: TrialLine,
  sender: string,
  context: RecipientsContext,
): Promise<void> {
  const { settings } = context;
  const title = "Relaying";
  const foreign = FOREIGN.find((domain) => !isOurs(domain, settings.domains)) ?? "example.net";
  const answer = await line.trial(sender, `efs-relay-test@${foreign}`);
  switch (answer.kind) {
    case "accepted":
      tellRelay(list, formatReply(answer.reply), foreign, context, title);
      return;
    case "unanswered":
      list.warn("relay", findingOf(answer.problem, null), title);
      return;
    case "refused":
      list.pass(
        "relay",
        {
          cause: "The server refuses mail for domains that are not its own.",
          quote: formatReply(answer.reply),
        },
        title,
      );
  }
}

function tellRelay(
  list: Checklist,
  quote: string,
  foreign: string,
  { server, place, settings, ports }: RecipientsContext,
  title: string,
): void {
  const [needed] = outsideRecipients(settings, ports.listedAliases());
  const common = { quote, place: place("host") };
  if (server.username !== null && server.username !== "") {
    list.warn(
      "relay",
      {
        cause: `After the login the server takes mail for other domains (${foreign}), too, as servers usually do; a wrongly addressed message could leave the office again.`,
        cure: "Check that the server relays only for the IP addresses (or logins) of the office.",
        ...common,
      },
      title,
    );
  } else if (needed !== undefined) {
    list.warn(
      "relay",
      {
        cause: `The server takes mail from this computer for other domains (${foreign}), too. Your settings or aliases need that, for ${needed}; if it does so for everybody, it is an open relay that sends spam for strangers.`,
        cure: "Check that the server relays only for this computer's IP address.",
        ...common,
      },
      title,
    );
  } else {
    list.fail(
      "relay",
      {
        cause: `The server takes mail for other domains (${foreign}) without a login. If it does so for everybody, it is an open relay that sends spam for strangers.`,
        cure: "Let the server relay only after a login, or only for the IP addresses that need it; this gateway does not.",
        ...common,
      },
      title,
    );
  }
}

function isTemporary({ code }: SmtpReply): boolean {
  return code >= 400 && code < 500;
}
