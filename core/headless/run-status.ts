/** `efs status`: what the gateway does, and what is in its folders. */
import type { GatewayStatus } from "../model/gateway.ts";
import type { GuardHold, GuardSubject } from "../model/guard.ts";
import { describeProblem } from "../model/problem.ts";
import type { CommandContext } from "./command-context.ts";
import { type ExitCode, exitCode } from "./exit-code.ts";
import { wireValue } from "./wire-value.ts";
import { withGateway } from "./with-gateway.ts";

export async function runStatus(context: CommandContext): Promise<ExitCode> {
  const { output, json } = context;
  await withGateway(context, async ({ call, owner }) => {
    const status = wireValue(await call("status", {}));
    if (json) output.json({ ...status, running: owner !== null });
    else for (const line of formatStatus(status, owner?.pid ?? null)) output.line(line);
  });
  return exitCode.done;
}

/** `ownerPid` null: no gateway runs, this command looked by itself. */
export function formatStatus(status: GatewayStatus, ownerPid: number | null): readonly string[] {
  const { folders, route, accounts, today, nextCheckAt } = status;
  const lines = [
    ownerPid === null
      ? `EFS Mail Gateway ${status.version}: not running`
      : `EFS Mail Gateway ${status.version}: ${status.state} (process ${ownerPid})`,
    `Data:       ${status.dataDirectory}`,
    `Folders:    Inbox ${folders.Inbox}, Errors ${folders.Errors}, Junk ${folders.Junk}, Backup ${folders.Backup}`,
    `Server:     ${route.server}: ${routeWords(route)}`,
  ];
  if (route.problem !== null) lines.push(`            ${describeProblem(route.problem)}`);
  for (const account of accounts) {
    lines.push(`Account:    ${account.id}: ${accountWords(account, ownerPid !== null)}`);
    if (account.problem !== null) lines.push(`            ${describeProblem(account.problem)}`);
  }
  const unseen = status.unseenJunk ?? 0;
  if (unseen > 0) {
    lines.push(
      `Unseen:     ${unseen} in Junk that the postmaster could not be told of. When you have looked: efs acknowledge-junk`,
    );
  }
  for (const hold of status.guard ?? []) lines.push(`Held back:  ${holdWords(hold)}`);
  if (status.clock != null) {
    const { before, after } = status.clock;
    lines.push(
      `Clock:      went from ${localTime(before)} to ${localTime(after)}; nothing is deleted because of its age. When it is right: efs confirm-clock`,
    );
  }
  if (ownerPid !== null) lines.push(`Next check: ${nextCheckAt === null ? "none" : localTime(nextCheckAt)}`);
  return [
    ...lines,
    `Today:      collected ${today.collected}, delivered ${today.delivered}, deferred ${today.deferred}, errors ${today.errors}`,
  ];
}

function holdWords({ subject, since, nextTryAt }: GuardHold): string {
  const next = nextTryAt === null ? "" : `; next try ${localTime(nextTryAt)}`;
  return `${subjectWords(subject)} since ${localTime(since)}${next}`;
}

/** `mail for example.com` */
export function subjectWords(subject: GuardSubject): string {
  return `${HELD[subject.kind]}${"domain" in subject ? ` ${subject.domain}` : ""}${"accountId" in subject ? ` ${subject.accountId}` : ""}`;
}

const HELD: Readonly<Record<GuardSubject["kind"], string>> = {
  domain: "mail for",
  postmaster: "reports to the postmaster",
  "bcc-all": "copies of BCC all",
  account: "mail without a recipient of our domains, of account",
};

function routeWords(route: GatewayStatus["route"]): string {
  if (!route.forward) return "forwarding is off";
  if (route.usable) return "usable";
  const next = route.nextProbeAt === null ? "" : `, next try ${localTime(route.nextProbeAt)}`;
  return `not usable after ${route.failures} ${route.failures === 1 ? "try" : "tries"}${next}`;
}

/** When it was checked only a gateway that runs knows; whoever just looks must not deny it. */
function accountWords(account: GatewayStatus["accounts"][number], running: boolean): string {
  if (!account.enabled) return "disabled";
  const never = running ? "not checked yet" : "enabled";
  const checked = account.lastCheckAt === null ? never : `checked ${localTime(account.lastCheckAt)}`;
  return account.pausedUntil === null ? checked : `${checked}, waits until ${localTime(account.pausedUntil)}`;
}

/** `2026-11-20 15:20:36` */
export function localTime(at: number): string {
  const date = new Date(at);
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}
