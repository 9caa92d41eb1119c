/**
 * What the journal keeps as JSON, validated when it is read: the file may have been edited, restored from
 * elsewhere or damaged. A state whose detail cannot be read keeps its kind, which has a column of its own, so
 * that nobody is sent to twice because of it.
 */
import * as z from "zod";
import type { TrailStep } from "../model/envelope.ts";
import type { Failure } from "../model/failure.ts";
import type { RecipientState } from "../model/message.ts";
import type { RouteRecord } from "../model/ports.ts";
import type { SmtpReply } from "../model/reply.ts";

const replySchema = z.object({ code: z.int(), enhanced: z.string().nullable(), text: z.string() });

const problemSchema = z
  .object({ code: z.string(), what: z.string(), cure: z.string(), quote: z.string().optional() })
  .transform(({ quote, ...rest }) => (quote === undefined ? rest : { ...rest, quote }));

const failureSchema = z.object({
  scope: z.enum(["recipient", "message", "session", "route", "unknown-outcome"]),
  permanent: z.boolean(),
  phase: z.enum([
    "connect",
    "greeting",
    "ehlo",
    "starttls",
    "auth",
    "mail",
    "rcpt",
    "data",
    "body",
    "final-reply",
    "local",
  ]),
  reply: replySchema.nullable(),
  problem: problemSchema.nullable(),
}) satisfies z.ZodType<Failure, unknown>;

const stateSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("queued") }),
  z.object({ kind: z.literal("deferred"), nextAt: z.number(), failure: failureSchema }),
  z.object({
    kind: z.literal("held"),
    since: z.number(),
    reason: z.enum(["unknown-outcome", "by-hand", "guard"]),
    failure: failureSchema.nullable(),
  }),
  z.object({ kind: z.literal("delivered"), at: z.number(), reply: replySchema, relay: z.string() }),
  z.object({ kind: z.literal("failed"), at: z.number(), failure: failureSchema }),
  z.object({ kind: z.literal("expired"), at: z.number(), failure: failureSchema.nullable() }),
  z.object({
    kind: z.literal("removed"),
    at: z.number(),
    reason: z.enum(["by-hand", "by-other-software", "by-policy"]),
  }),
]) satisfies z.ZodType<RecipientState, unknown>;

const outcomeSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("delivered"), reply: replySchema }),
  z.object({ kind: z.literal("refused"), failure: failureSchema }),
  z.object({ kind: z.literal("not-tried") }),
]);

const attemptResultsSchema = z.array(z.object({ address: z.string(), outcome: outcomeSchema }));

const delaysSchema = z.tuple([z.number(), z.number(), z.number(), z.number()]);

const routeSchema = z
  .object({
    failures: z.int().min(0),
    nextProbeAt: z.number(),
    proved: z.object({ at: z.number(), usableTime: z.number() }).optional(),
  })
  .transform(({ proved, ...rest }) => (proved === undefined ? rest : { ...rest, proved }));

const trailSchema = z.array(
  z
    .object({
      address: z.string(),
      header: z.string().nullable(),
      headerIndex: z.number().nullable(),
      verdict: z.enum(["kept", "mapped", "dropped"]),
      to: z.array(z.string()).optional(),
      rule: z.string(),
    })
    .transform(({ to, ...rest }) => (to === undefined ? rest : { ...rest, to })),
);

export interface AttemptOutcome {
  readonly address: string;
  readonly outcome: z.infer<typeof outcomeSchema>;
}

const QUEUED: RecipientState = { kind: "queued" };
const UNREADABLE: SmtpReply = {
  code: 250,
  enhanced: null,
  text: "(the record of the answer cannot be read)",
};

/** `kind` is the column, `detail` the whole state. */
export function readState(kind: string, detail: string): RecipientState {
  // What is most often read has nothing to be read.
  if (kind === "queued") return QUEUED;
  const parsed = stateSchema.safeParse(parseJson(detail));
  if (parsed.success && parsed.data.kind === kind) return parsed.data;
  switch (kind) {
    case "delivered":
      return { kind, at: 0, reply: UNREADABLE, relay: "none" };
    case "failed":
      return {
        kind,
        at: 0,
        failure: { scope: "recipient", permanent: true, phase: "local", reply: null, problem: null },
      };
    case "expired":
      return { kind, at: 0, failure: null };
    case "removed":
      return { kind, at: 0, reason: "by-hand" };
    case "held":
      return { kind, since: 0, reason: "by-hand", failure: null };
    default:
      return QUEUED;
  }
}

export function readResults(text: string | null): readonly AttemptOutcome[] {
  const parsed = attemptResultsSchema.safeParse(parseJson(text));
  return parsed.success ? parsed.data : [];
}

export function readDelays(text: string | null): readonly [number, number, number, number] | null {
  const parsed = delaysSchema.safeParse(parseJson(text));
  return parsed.success ? parsed.data : null;
}

export function readRoute(text: string | null): RouteRecord {
  const parsed = routeSchema.safeParse(parseJson(text));
  return parsed.success ? parsed.data : { failures: 0, nextProbeAt: 0 };
}

export function readTrail(text: string | null): readonly TrailStep[] {
  const parsed = trailSchema.safeParse(parseJson(text));
  return parsed.success ? (parsed.data as readonly TrailStep[]) : [];
}

function parseJson(text: string | null): unknown {
  if (text === null) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
