/** What needs a person now, most urgent first, and the page that puts it right. Pure. */
import type { GatewayStatus } from "../../core/model/gateway.ts";
import type { GuardSubject } from "../../core/model/guard.ts";
import type { Problem } from "../../core/model/problem.ts";

export type AttentionItem =
  /** The gateway's own words. */
  | { readonly kind: "problem"; readonly id: string; readonly problem: Problem; readonly page: string }
  | { readonly kind: "held"; readonly id: string; readonly subject: GuardSubject; readonly since: number }
  | { readonly kind: "clock"; readonly id: "clock" }
  | { readonly kind: "unseen-junk"; readonly id: "unseen-junk"; readonly count: number }
  /** Nobody was told of messages in Errors, nor will be. */
  | { readonly kind: "unreported"; readonly id: "unreported" };

export function attentionItems(status: GatewayStatus): readonly AttentionItem[] {
  const { route, accounts, guard = [], clock, unseenJunk = 0 } = status;
  const items: readonly AttentionItem[] = [
    ...(route.problem === null ? [] : [problemItem("route", route.problem, "/smtp")]),
    ...accounts
      .filter(({ enabled }) => enabled)
      .flatMap(({ id, problem }) =>
        problem === null ? [] : [problemItem(`account:${id}`, problem, `/pop3/${id}`)],
      ),
    ...guard.map(
      ({ subject, since }): AttentionItem => ({
        kind: "held",
        id: `held:${subjectId(subject)}`,
        subject,
        since,
      }),
    ),
    ...(clock === null || clock === undefined ? [] : [{ kind: "clock", id: "clock" } as const]),
    ...(unseenJunk === 0 ? [] : [{ kind: "unseen-junk", id: "unseen-junk", count: unseenJunk } as const]),
    ...runItems(status),
  ];
  return status.state === "attention" && items.length === 0
    ? [{ kind: "unreported", id: "unreported" }]
    : items;
}

/** What the last run met, other than what accounts and server say of themselves. */
function runItems({ state, lastRun, route, accounts }: GatewayStatus): readonly AttentionItem[] {
  if (state !== "attention" || lastRun === null) return [];
  const told = new Set([route.problem, ...accounts.map(({ problem }) => problem)].map((each) => each?.code));
  return lastRun.summary.problems
    .filter(({ code }) => !told.has(code))
    .map((problem, index) => problemItem(`run:${index}`, problem, "/diagnose"));
}

/** The large sentence of the home page. */
export type Headline = "all-well" | "errors" | "attention" | "waiting" | "working" | "paused" | "nothing-yet";

/**
 * Messages stay in Errors for weeks after their report; only those of today are news. `errorsToday` undefined: not
 * known yet.
 */
export function headline(status: GatewayStatus, errorsToday: number | undefined): Headline {
  if (status.state === "paused") return "paused";
  if (status.state === "attention") return "attention";
  if (status.state === "checking" || status.state === "sending") return "working";
  if ((errorsToday ?? 0) > 0 && status.folders.Errors > 0) return "errors";
  if (status.folders.Inbox > 0) return "waiting";
  return status.lastRun === null ? "nothing-yet" : "all-well";
}

function problemItem(id: string, problem: Problem, page: string): AttentionItem {
  return { kind: "problem", id, problem, page };
}

export function subjectId(subject: GuardSubject): string {
  switch (subject.kind) {
    case "domain":
      return `domain:${subject.domain}`;
    case "account":
      return `account:${subject.accountId}`;
    default:
      return subject.kind;
  }
}
