/**
 * What people do to messages in the folders (PRODUCT section 8).
 *
 * 1. "Resend to postmaster" makes a report again, where a recipient failed (Errors, or Junk because the report was
 *    refused) and reports are switched on; otherwise the postmaster gets the message itself, whole and unchanged, as a
 *    copy. "To the original recipients" never sends again to one that accepted it; in Backup, where all did, a person
 *    who asks means it: a copy to all of them.
 * 2. A copy is a new message with a way of its own; it and the record of the action are entered together, so that the
 *    same action asked for once more makes no second copy.
 * 3. Held mail is resolved anew when it is released.
 * 4. Each message has its own answer; one that cannot be helped does not stop the others.
 */
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createReadStream } from "node:fs";
import type { ActionOrder, ActionResult, FolderAction, MessageFileFacts } from "../model/action.ts";
import type { ActionsGateway } from "../model/actions-gateway.ts";
import type { ResolvedRecipient } from "../model/envelope.ts";
import type { Accepted } from "../model/message.ts";
import type { Clock, Log } from "../model/ports.ts";
import { type Problem, ProblemError } from "../model/problem.ts";
import { escapeUnprintable } from "../model/reply.ts";
import { addressSchema, type Settings } from "../model/settings.ts";
import type { ActionTarget, PlainAction } from "../spool/actions.ts";
import type { Spool } from "../spool/spool.ts";
import { assertNever } from "../util/assert-never.ts";
import { errorCode } from "../util/file-system.ts";
import type { Guard } from "./guard.ts";

const AT_ONCE = 16;
const SOMEBODY = "somebody";

export interface ActionParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly spool: Spool;
  readonly guard: Guard;
  readonly settings: () => Settings;
  /** Something was queued. */
  readonly kick: () => void;
}

/** One action on one message. */
interface Act {
  readonly target: ActionTarget;
  readonly kind: FolderAction;
  readonly actionId: string;
  readonly actor: string;
}

export function createActions(parts: ActionParts): ActionsGateway {
  const locate = (queueId: string): MessageFileFacts => {
    const target = parts.spool.actions.find(queueId);
    if (target === null) throw new ProblemError(unknownMessage(queueId));
    if (target.path === null) throw new ProblemError(goneMessage(queueId));
    return { queueId: target.queueId, path: target.path, size: target.size };
  };
  return {
    async act(order) {
      const address = addressOf(order);
      const results: ActionResult[] = [];
      const queueIds = [...new Set(order.messages.map((id) => id.toUpperCase()))];
      // Each is on the disk before it is answered, and several share a flush. The guard releases one after the other.
      const atOnce = order.action === "release" || order.action === "send-anyway" ? 1 : AT_ONCE;
      for (let from = 0; from < queueIds.length; from += atOnce) {
        const some = queueIds.slice(from, from + atOnce);
        results.push(...(await Promise.all(some.map((queueId) => actOn(queueId, order, address, parts)))));
      }
      parts.kick();
      return results;
    },
    sendAnyway: (subject) => parts.guard.lift(subject),
    locateMessage: locate,
    async openMessage(queueId) {
      for (let tries = 0; ; tries += 1) {
        const facts = locate(queueId);
        const content = createReadStream(facts.path);
        try {
          await once(content, "open");
          return { ...facts, content };
        } catch (error) {
          content.destroy();
          // Moved to another folder in this moment.
          if (errorCode(error) === "ENOENT" && tries === 0) continue;
          throw new ProblemError(goneMessage(queueId), { cause: error });
        }
      }
    },
  };
}

function addressOf({ action, address }: ActionOrder): string {
  if (action !== "resend-to-address") return "";
  const parsed = addressSchema.safeParse(address ?? "");
  if (parsed.success) return parsed.data;
  throw new ProblemError({
    code: "usage-address",
    what: `"${escapeUnprintable(address ?? "")}" is not an address to send to.`,
    cure: "Give one like name@example.com.",
  });
}

async function actOn(
  queueId: string,
  order: ActionOrder,
  address: string,
  parts: ActionParts,
): Promise<ActionResult> {
  const { spool, log } = parts;
  const target = spool.actions.find(queueId);
  if (target === null) {
    return { queueId, code: "unknown", what: "There is no message with this id." };
  }
  const actionId = order.actionId ?? randomUUID();
  const before = spool.actions.before(target, actionId);
  if (before !== null) return before;
  const act: Act = { target, kind: order.action, actionId, actor: order.actor ?? SOMEBODY };
  let result: ActionResult;
  try {
    result = await carryOut(act, address, parts);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    result = { queueId: target.queueId, code: "failed", what: error.problem.what };
  }
  if (result.code === "done") {
    log({ source: "gateway", level: "info", queueId: target.queueId, text: `${act.actor}: ${result.what}` });
  }
  return result;
}

function carryOut(act: Act, address: string, parts: ActionParts): Promise<ActionResult> {
  const { target } = act;
  const { postmaster } = parts.settings();
  switch (act.kind) {
    case "hold":
    case "delete":
      return plain(act, act.kind, parts);
    case "release":
    case "send-anyway":
      return release(act, parts);
    case "resend-to-address":
      return copy(act, [recipient(address, "addressed")], parts);
    case "resend-to-postmaster": {
      const failed = target.recipients.some(
        ({ state }) => state.kind === "failed" || state.kind === "expired",
      );
      const reportable =
        target.kind === "mail" &&
        !target.neverReported &&
        (target.folder === "Errors" || (target.folder === "Junk" && target.junkReason === "report-refused"));
      return reportable && failed && postmaster.sendErrors
        ? plain(act, "report-again", parts)
        : copy(act, [recipient(postmaster.address, "postmaster")], parts);
    }
    case "resend-to-original": {
      if (target.folder !== "Backup") return plain(act, "retry", parts);
      const all = target.recipients.filter(({ role }) => role !== "bcc-all");
      return copy(
        act,
        all.map(({ address: one, role }) => recipient(one, role)),
        parts,
      );
    }
    default:
      return assertNever(act.kind);
  }
}

function plain(
  { target, kind, actionId, actor }: Act,
  action: PlainAction,
  { spool }: ActionParts,
  detail?: string,
): Promise<ActionResult> {
  const { queueId } = target;
  return spool.actions.act({
    queueId,
    action,
    kind,
    actionId,
    actor,
    ...(detail === undefined ? {} : { detail }),
  });
}

function recipient(address: string, role: ResolvedRecipient["role"]): ResolvedRecipient {
  return { address, role, duplicatesChecked: false };
}

async function release(act: Act, parts: ActionParts): Promise<ActionResult> {
  const { target, kind } = act;
  const { queueId } = target;
  const answer = (code: ActionResult["code"], what: string): ActionResult => ({ queueId, code, what });
  if (target.folder === null) return answer("gone", "The message itself is not kept any more.");
  const held = target.recipients.some(({ state }) => state.kind === "held");
  if (target.folder !== "Inbox") {
    return answer("not-possible", `It is in ${target.folder}, and not held.`);
  }
  if (!held) return answer("already", "It is not held.");
  if (target.kind !== "mail") return plain(act, "let-go", parts);
  const message = parts.spool.holds.heldMessage(target.id);
  if (message === null) return answer("gone", "The message itself is not kept any more.");
  const released = await parts.guard.release(message, kind === "send-anyway");
  switch (released) {
    case "busy":
      return answer("busy", "It is just being sent; try again in a moment.");
    case "gone":
      return answer("gone", "The message itself is not there any more.");
    case "held":
      return answer(
        "not-possible",
        "The guard still holds mail like this, because the server refuses it; send it anyway, if it is meant.",
      );
    case "closed":
    case "junked":
      return plain(act, "note", parts, "It was released; nobody is left who does not have it.");
    case "released":
      return plain(act, "note", parts, "It was released and is on its way.");
    default:
      return assertNever(released);
  }
}

async function copy(
  act: Act,
  recipients: readonly ResolvedRecipient[],
  { spool }: ActionParts,
): Promise<ActionResult> {
  const { target } = act;
  const { queueId } = target;
  if (recipients.length === 0) {
    return { queueId, code: "not-possible", what: "It has no recipient; send it to an address instead." };
  }
  const body = target.path === null ? null : await spool.copyBody(target.path);
  const original = spool.message(target.id);
  if (body === null || original === null) {
    if (body !== null) await spool.bodies.discard(body);
    return { queueId, code: "gone", what: "The message itself is not kept any more; only its history is." };
  }
  const to = recipients.map(({ address }) => address);
  const detail = `A copy was sent on to ${to.slice(0, 3).join(", ")}${to.length > 3 ? " and others" : ""}.`;
  const accepted = await spool.bodies.accept({
    kind: "mail",
    source: { accountId: original.accountId, uid: null, server: original.source.server, announcedSize: null },
    body,
    summary: original.summary,
    resolution: {
      kind: "addressed",
      sender: original.sender,
      recipients,
      trail: to.map((address) => ({
        address,
        header: null,
        headerIndex: null,
        verdict: "kept",
        rule: "by-hand",
      })),
    },
    verdict: { kind: "pass" },
    // Equal messages are measured by what was collected, not by what somebody sends on.
    duplicateKey: null,
    reportOf: null,
    reportForm: null,
    neverReported: target.neverReported || target.kind !== "mail",
    hashDecides: false,
    action: {
      message: target.id,
      actionId: act.actionId,
      actor: act.actor,
      kind: act.kind,
      detail,
    },
  });
  return made(accepted, queueId, detail, spool);
}

/** `known`: the same action was carried out in this moment, by somebody else who asked for it. */
function made(accepted: Accepted, queueId: string, what: string, spool: Spool): ActionResult {
  if (accepted.kind !== "known") return { queueId, code: "done", what, made: accepted.queueId };
  const copied = spool.message(accepted.id)?.queueId;
  return { queueId, code: "repeated", what, ...(copied === undefined ? {} : { made: copied }) };
}

function unknownMessage(queueId: string): Problem {
  return {
    code: "message-unknown",
    what: `There is no message with the id ${escapeUnprintable(queueId)}.`,
    cure: "efs queue and efs history show the ids.",
  };
}

function goneMessage(queueId: string): Problem {
  return {
    code: "message-gone",
    what: `The message ${escapeUnprintable(queueId)} itself is not kept any more; only its history is.`,
    cure: "Switch Backup on to keep what is delivered.",
  };
}
