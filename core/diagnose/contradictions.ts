/** Settings that contradict each other, or that mean something else than they seem to. Pure. */
import type { Settings } from "../model/settings.ts";
import { nearMisses } from "./domain-spelling.ts";
import { megabytes } from "./numbers.ts";
import { addressDomain, isOnThisComputer, isOurs } from "./own-domains.ts";

export interface Contradiction {
  readonly id: string;
  readonly title: string;
  readonly cause: string;
  readonly cure: string;
  readonly place: string;
}

/** Smaller than an ordinary message with one picture. */
const SMALL = 1_048_576;

export function contradictions(settings: Settings): readonly Contradiction[] {
  return [
    ...whereMailGoes(settings),
    ...settings.accounts.flatMap((_account, index) => accountOf(settings, index)),
    ...whatIsOff(settings),
    ...nearMisses(settings).map(({ place, domain, ours }) => ({
      id: `spelling:${domain}`,
      title: "Spelling",
      cause: `${domain} is almost ${ours}, but it is not one of your domains: one of the two may be misspelt.`,
      cure: `Correct it, or add ${domain} to the domains.`,
      place,
    })),
  ];
}

function whereMailGoes({ postmaster, headers, domains, accounts, smtp }: Settings): Contradiction[] {
  const found: Contradiction[] = [];
  const outside = (address: string): boolean => !isOurs(addressDomain(address), domains);
  if (outside(postmaster.address)) {
    found.push({
      id: "postmaster-outside",
      title: "Postmaster",
      cause: `The postmaster, ${postmaster.address}, is outside your domains: reports, and mail for nobody in particular, leave the office.`,
      cure: "Choose an address of your own domains, or make sure that the server forwards to this one.",
      place: "postmaster.address",
    });
  }
  if (headers.bccAll !== null && outside(headers.bccAll)) {
    found.push({
      id: "bcc-outside",
      title: "BCC all messages to",
      cause: `A copy of every message goes to ${headers.bccAll}, outside your domains; a server that does not relay refuses these copies.`,
      cure: "Choose an address of your own domains, or make sure that the server forwards to this one.",
      place: "headers.bccAll",
    });
  }
  for (const [index, { enabled, host, id }] of accounts.entries()) {
    if (!enabled || host.toLowerCase() !== smtp.host.toLowerCase() || isOnThisComputer(host)) continue;
    found.push({
      id: `same-server:${id}`,
      title: "Servers",
      cause: `Account "${id}" is collected from ${host}, and that is also the server to which mail is delivered: it could go round in circles.`,
      cure: "Enter the office's own mail server, unless one computer really does both.",
      place: `accounts[${index}].host`,
    });
  }
  return found;
}

/** Ports that belong to another security. */
const PORTS: Readonly<Record<number, "tls" | "plain">> = { 110: "plain", 995: "tls" };

function accountOf({ accounts, domains }: Settings, index: number): Contradiction[] {
  const account = accounts[index];
  if (account === undefined || !account.enabled) return [];
  const { id, port, security, leaveOnServer, deleteAfterDays, addressing } = account;
  const found: Contradiction[] = [];
  const kind = PORTS[port];
  if (kind !== undefined && kind !== (security === "tls" ? "tls" : "plain")) {
    found.push({
      id: `port:${id}`,
      title: "Port and security",
      cause: `Account "${id}" has port ${port} with the security "${security}", which hardly ever fit together.`,
      cure: "Use port 995 with TLS, or port 110 with STARTTLS or no encryption.",
      place: `accounts[${index}].port`,
    });
  }
  if (!leaveOnServer && deleteAfterDays !== null) {
    found.push({
      id: `delete-after:${id}`,
      title: "Leave mail on host",
      cause: `Account "${id}" shall keep mail on the server for ${deleteAfterDays} days, but not leave it there: it is deleted at once.`,
      cure: 'Switch "Leave mail on host" on, or take the number of days away.',
      place: `accounts[${index}].deleteAfterDays`,
    });
  }
  if (addressing.mode === "single") {
    const outside = addressing.recipients.filter((address) => !isOurs(addressDomain(address), domains));
    if (outside.length > 0) {
      found.push({
        id: `recipients-outside:${id}`,
        title: "Recipients",
        cause: `Account "${id}" delivers to ${outside.slice(0, 3).join(", ")}, outside your domains; a server that does not relay refuses it.`,
        cure: "Choose addresses of your own domains, or add the domain.",
        place: `accounts[${index}].addressing.recipients`,
      });
    }
  }
  return found;
}

function whatIsOff({ accounts, smtp, postmaster, control, schedule }: Settings): Contradiction[] {
  const found: Contradiction[] = [];
  if (!accounts.some(({ enabled }) => enabled)) {
    found.push({
      id: "no-account",
      title: "Accounts",
      cause:
        accounts.length === 0
          ? "There is no account to collect mail from."
          : "All accounts are switched off.",
      cure: "Add an account, or switch one on.",
      place: "accounts",
    });
  }
  if (!smtp.forward) {
    found.push({
      id: "forward-off",
      title: "Forward mail",
      cause: "Forwarding is switched off: mail is collected and stays in Inbox.",
      cure: "Switch it on when the local mail server is ready.",
      place: "smtp.forward",
    });
  }
  if (!postmaster.sendErrors) {
    found.push({
      id: "reports-off",
      title: "Send errors to postmaster",
      cause: "Reports are switched off: nobody is told of mail that could not be delivered.",
      cure: "Switch them on, or look into Errors every day.",
      place: "postmaster.sendErrors",
    });
  }
  if (control.maxMessageBytes < SMALL) {
    found.push({
      id: "maximum-small",
      title: "Maximum size",
      cause: `The maximum message size is ${megabytes(control.maxMessageBytes)} MB: much ordinary mail is larger, and is not collected.`,
      cure: "Set it equal to the mail server's.",
      place: "control.maxMessageBytes",
    });
  }
  if (schedule.days.every((day) => day === "never")) {
    found.push({
      id: "schedule-never",
      title: "Schedule",
      cause:
        "The schedule allows checks on no day of the week: mail is collected only when somebody asks for it.",
      cure: "Allow at least one day.",
      place: "schedule.days",
    });
  }
  return found;
}
