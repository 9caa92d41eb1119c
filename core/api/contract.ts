/**
 * Everything a viewer (CLI, pages, desktop window) can ask of the gateway, and what it is told: schemas and
 * types, no behaviour. Two verbs: *call* a command, *subscribe* to events. Every transport carries exactly this.
 *
 * 1. Arguments arrive as unknown and are parsed with the command's schema; unknown keys are refused.
 * 2. A result crosses as `{ok: value}` or `{error: Problem}`, never as a rejected string.
 * 3. No result ever holds a secret.
 * 4. A change that an older viewer would misread raises CONTRACT_VERSION.
 */
import * as z from "zod";
import type { GatewayEvent, RunSummary } from "../model/event.ts";
import type { GatewayStatus } from "../model/gateway.ts";
import type { Folder, FolderRow } from "../model/message.ts";
import type { Problem } from "../model/problem.ts";
import type { Settings } from "../model/settings.ts";

export const CONTRACT_VERSION = 1;

const folderSchema = z.enum(["Inbox", "Errors", "Junk", "Backup"]) satisfies z.ZodType<Folder>;

export const problemSchema = z.object({
  code: z.string(),
  what: z.string(),
  cure: z.string(),
  quote: z.string().exactOptional(),
}) satisfies z.ZodType<Problem>;

/** Rows of one page; a client that wants more asks again with `after`. */
export const PAGE_ROWS = 500;

/** The arguments of each command. */
export const commandInputs = {
  /** One run; the answer comes when it has ended. */
  check: z.strictObject({
    accounts: z.array(z.string().max(16)).min(1).max(200).optional(),
    sendNow: z.boolean().optional(),
  }),
  status: z.strictObject({}),
  /** One page of a folder, in the order of their ids. */
  queue: z.strictObject({
    folder: folderSchema.default("Inbox"),
    after: z.int().min(0).optional(),
    limit: z.int().min(1).max(PAGE_ROWS).default(100),
  }),
  /** JSON text, so that problems can be told with line and column. Passwords in it may be in clear. */
  "import-settings": z.strictObject({ text: z.string() }),
  /** Without secrets, always; with them only the CLI, from the files. */
  "export-settings": z.strictObject({}),
} as const;

export interface ImportedSettings {
  readonly accounts: number;
}

/** What each command gives. */
export interface CommandResults {
  readonly check: RunSummary;
  readonly status: GatewayStatus;
  readonly queue: readonly FolderRow[];
  readonly "import-settings": ImportedSettings;
  readonly "export-settings": Settings;
}

export type CommandName = keyof CommandResults & keyof typeof commandInputs;
export type CommandInput<Name extends CommandName> = z.input<(typeof commandInputs)[Name]>;

export type WireResult<Value> = { readonly ok: Value } | { readonly error: Problem };

/** How a viewer reads an answer; the value is the command's, from a gateway of the same contract version. */
export const wireResultSchema = z.union([
  z.strictObject({ ok: z.unknown() }),
  z.strictObject({ error: problemSchema }),
]);

/** The verb *call*, whatever lies between. Never rejects. */
export type Call = <Name extends CommandName>(
  name: Name,
  input: CommandInput<Name>,
) => Promise<WireResult<CommandResults[Name]>>;

// --- subscribe -----------------------------------------------------------------------------------------

export type EventKind = GatewayEvent["kind"];

const eventKindSchema = z.enum([
  "state",
  "progress",
  "run-finished",
  "alert",
  "log",
  "transcript",
]) satisfies z.ZodType<EventKind>;

export const subscribeInput = z.strictObject({
  kinds: z.array(eventKindSchema).min(1).optional(),
  /** The last sequence number that the viewer has, after a reconnection. */
  after: z.int().min(0).optional(),
});

/** What a subscriber gets: numbered events, or a marker for those that it was too slow for. */
export type WireEvent =
  | { readonly sequence: number; readonly event: GatewayEvent }
  | { readonly gap: { readonly from: number; readonly to: number } };
