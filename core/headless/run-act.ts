/**
 * `efs resend`, `hold`, `release`, `delete`: one line for each message. Ends 1 when one of them is not as was asked
 * for. JSON is one object a line.
 */
import { randomUUID } from "node:crypto";
import { userInfo } from "node:os";
import type { CommandInput } from "../api/contract.ts";
import { type ActionResult, isDone } from "../model/action.ts";
import type { GuardSubject } from "../model/guard.ts";
import { type Problem, ProblemError } from "../model/problem.ts";
import type { CommandContext } from "./command-context.ts";
import { type ExitCode, exitCode } from "./exit-code.ts";
import { subjectWords } from "./run-status.ts";
import { wireValue } from "./wire-value.ts";
import { withGateway } from "./with-gateway.ts";

/** Messages asked for at once. */
const SLICE = 200;

type Act = Omit<CommandInput<"act">, "messages" | "actor">;

export interface ReleaseOptions {
  readonly anyway?: boolean;
  readonly domain?: string;
  readonly account?: string;
  readonly bccAll?: boolean;
  readonly reports?: boolean;
}

export function runResend(
  context: CommandContext,
  ids: readonly string[],
  { to, actionId }: { readonly to: string; readonly actionId?: string },
): Promise<ExitCode> {
  const id = actionId === undefined ? {} : { actionId };
  if (to === "postmaster") return runAct(context, ids, { action: "resend-to-postmaster", ...id });
  if (to === "original") return runAct(context, ids, { action: "resend-to-original", ...id });
  return runAct(context, ids, { action: "resend-to-address", address: to, ...id });
}

export async function runRelease(
  context: CommandContext,
  ids: readonly string[],
  options: ReleaseOptions,
): Promise<ExitCode> {
  const { output, json } = context;
  const subjects: GuardSubject[] = [
    ...(options.domain === undefined
      ? []
      : [{ kind: "domain", domain: options.domain.toLowerCase() } as const]),
    ...(options.account === undefined ? [] : [{ kind: "account", accountId: options.account } as const]),
    ...(options.bccAll === true ? [{ kind: "bcc-all" } as const] : []),
    ...(options.reports === true ? [{ kind: "postmaster" } as const] : []),
  ];
  if (subjects.length > 0 && options.anyway !== true) throw new ProblemError(onlyAnyway);
  if (ids.length === 0 && subjects.length === 0) throw new ProblemError(nothingNamed);
  await withGateway(context, async ({ call }) => {
    const held = wireValue(await call("status", {})).guard ?? [];
    for (const subject of subjects) {
      wireValue(await call("send-anyway", subject));
      const code = held.some((hold) => isSame(hold.subject, subject)) ? "done" : "already";
      if (json) output.json({ subject, code });
      else output.line(`${subjectWords(subject)}: ${code === "done" ? "goes on" : "nothing is held back"}`);
    }
  });
  if (ids.length === 0) return exitCode.done;
  return runAct(context, ids, { action: options.anyway === true ? "send-anyway" : "release" });
}

function isSame(one: GuardSubject, other: GuardSubject): boolean {
  if (one.kind === "domain" && other.kind === "domain") return one.domain === other.domain;
  if (one.kind === "account" && other.kind === "account") return one.accountId === other.accountId;
  return one.kind === other.kind && one.kind !== "domain" && one.kind !== "account";
}

export async function runAct(context: CommandContext, ids: readonly string[], act: Act): Promise<ExitCode> {
  const { output, json, signal } = context;
  const actor = userInfo().username.slice(0, 64);
  // One for the whole command: a request that is repeated underneath does nothing twice.
  const actionId = act.actionId ?? randomUUID();
  let failed = false;
  await withGateway(context, async ({ call }) => {
    for (let start = 0; start < ids.length && !signal.aborted; start += SLICE) {
      const messages = ids.slice(start, start + SLICE);
      const results = wireValue(await call("act", { ...act, messages, actionId, actor }));
      for (const result of results) {
        failed ||= !isDone(result);
        if (json) output.json(result);
        else output.line(formatResult(result));
      }
      await output.flushed();
    }
  });
  return failed || signal.aborted ? exitCode.failed : exitCode.done;
}

export function formatResult(result: ActionResult): string {
  const mark = isDone(result) ? "" : `${result.code}: `;
  const made = result.made === undefined ? "" : ` (${result.made})`;
  return `${result.queueId}  ${mark}${result.what}${made}`;
}

const onlyAnyway: Problem = {
  code: "usage-release",
  what: "What the guard holds goes on by itself when the server accepts it.",
  cure: "To send it now, whatever the server says, add --anyway.",
};

const nothingNamed: Problem = {
  code: "usage-release",
  what: "No message was named.",
  cure: "Give the ids that efs queue shows; or, with --anyway, what the guard holds: --domain, --account, --bcc-all or --reports.",
};
