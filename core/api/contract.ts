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
import type { ActionResult, FolderAction, MessageFileFacts } from "../model/action.ts";
import type { AddressListName, AddressListStatus } from "../model/address-lists.ts";
import type { Diagnosis } from "../model/diagnosis.ts";
import type { GatewayEvent, RunSummary } from "../model/event.ts";
import type { GatewayStatus } from "../model/gateway.ts";
import type { GuardSubject } from "../model/guard.ts";
import type { HeaderAdoption, HeaderReport } from "../model/header-report.ts";
import {
  type ForgottenHistory,
  HISTORY_PAGE_ROWS,
  type HistoryMessage,
  type HistoryPage,
  MESSAGE_OUTCOMES,
} from "../model/history.ts";
import type { Folder, FolderRow } from "../model/message.ts";
import type { Problem } from "../model/problem.ts";
import type { ResolvedMessage } from "../model/resolved-message.ts";
import { accountSchema, type Settings } from "../model/settings.ts";

export const CONTRACT_VERSION = 1;

const folderSchema = z.enum(["Inbox", "Errors", "Junk", "Backup"]) satisfies z.ZodType<Folder>;

const listSchema = z.enum(["aliases", "users"]) satisfies z.ZodType<AddressListName>;

/** What the header finder proposes; the rules of the settings hold for it as well. */
const adoptionSchema = z.strictObject({
  custom: accountSchema.shape.headers.unwrap().shape.custom.unwrap(),
  trustedReceivedLines: accountSchema.shape.trustedReceivedLines.unwrap().nullable(),
  mailboxAddresses: accountSchema.shape.mailboxAddresses.unwrap().nullable(),
}) satisfies z.ZodType<HeaderAdoption>;

export const problemSchema = z.object({
  code: z.string(),
  what: z.string(),
  cure: z.string(),
  quote: z.string().exactOptional(),
}) satisfies z.ZodType<Problem>;

/** Rows of one page; a client that wants more asks again with `after`. */
export const PAGE_ROWS = 500;

/** Words that somebody looks for; whatever they are, they are no syntax to anything. */
const searched = z.string().max(2_000);
const rowIds = z.array(z.int().min(0)).min(1).max(10_000);

const queueIds = z.array(z.string().min(1).max(40)).min(1).max(10_000);

const guardSubjectSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("domain"), domain: z.string().max(255) }),
  z.strictObject({ kind: z.literal("postmaster") }),
  z.strictObject({ kind: z.literal("bcc-all") }),
  z.strictObject({ kind: z.literal("account"), accountId: z.string().max(40) }),
]) satisfies z.ZodType<GuardSubject>;

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
  /** The whole checklist; the answer comes when it is done, each check as an event before. */
  diagnose: z.strictObject({}),
  /** "Find the right header": the newest messages of an account are looked at; nothing is deleted or marked. */
  headers: z.strictObject({ account: z.string().max(16), count: z.int().min(1).max(500).optional() }),
  "adopt-headers": z.strictObject({ account: z.string().max(16), adopt: adoptionSchema }),
  /** "Why these recipients" of a message, or of its header; `settings`: JSON text that is not saved ("Try it"). */
  resolve: z.strictObject({
    text: z.string().max(4_194_304),
    account: z.string().max(16).optional(),
    settings: z.string().optional(),
  }),
  /** The classic lists: what is in force, and what is wrong with their files. */
  lists: z.strictObject({}),
  "import-list": z.strictObject({
    list: listSchema,
    text: z.string().max(16_777_216),
    shorter: z.boolean().optional(),
  }),
  "export-list": z.strictObject({ list: listSchema }),
  /** A page of the history, newest first. A page may be short although there is more: `next` says so. */
  history: z.strictObject({
    words: searched.optional(),
    sender: searched.optional(),
    recipient: searched.optional(),
    subject: searched.optional(),
    messageId: searched.optional(),
    queueId: searched.optional(),
    from: z.number().optional(),
    to: z.number().optional(),
    outcome: z.enum([...MESSAGE_OUTCOMES, "pending"]).optional(),
    accountId: z.string().max(16).optional(),
    kind: z.enum(["mail", "report", "alert"]).optional(),
    after: z.int().min(0).optional(),
    limit: z.int().min(1).max(HISTORY_PAGE_ROWS).default(50),
  }),
  /** The whole way of one message. */
  "history-message": z.union([
    z.strictObject({ id: z.int().min(0) }),
    z.strictObject({ queueId: z.string().max(40) }),
  ]),
  /** Deletes rows of messages that are done with, from the index too. */
  "forget-history": z.strictObject({ ids: rowIds }),
  /** Junk that was never reported is aged from now on. */
  "acknowledge-junk": z.strictObject({ ids: z.union([rowIds, z.literal("all")]) }),
  /** The computer's clock is right as it is: what is old enough may go. */
  "confirm-clock": z.strictObject({}),
  /**
   * Something is done to messages in the folders, by their queue ids; one answer for each. With the same `actionId`
   * once more nothing is done again.
   */
  act: z.strictObject({
    action: z.enum([
      "resend-to-postmaster",
      "resend-to-original",
      "resend-to-address",
      "hold",
      "release",
      "send-anyway",
      "delete",
    ]) satisfies z.ZodType<FolderAction>,
    messages: queueIds,
    address: z.string().max(320).optional(),
    actionId: z.string().min(1).max(64).optional(),
    actor: z.string().max(64).optional(),
  }),
  /** All that the guard holds for this goes on, whatever the server says. */
  "send-anyway": guardSubjectSchema,
  /** Where a message's file is, for a viewer on this computer that saves it elsewhere. */
  "locate-message": z.strictObject({ queueId: z.string().max(40) }),
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
  readonly diagnose: Diagnosis;
  readonly headers: HeaderReport;
  readonly "adopt-headers": null;
  readonly resolve: ResolvedMessage;
  readonly lists: readonly AddressListStatus[];
  readonly "import-list": { readonly entries: number };
  readonly "export-list": { readonly text: string };
  readonly act: readonly ActionResult[];
  readonly "send-anyway": null;
  readonly "locate-message": MessageFileFacts;
  readonly history: HistoryPage;
  readonly "history-message": HistoryMessage | null;
  readonly "forget-history": ForgottenHistory;
  readonly "acknowledge-junk": { readonly acknowledged: number };
  readonly "confirm-clock": null;
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
  "diagnosis",
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
