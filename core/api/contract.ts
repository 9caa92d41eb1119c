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
import type { Activity } from "../model/activity.ts";
import type { AddressListName, AddressListStatus } from "../model/address-lists.ts";
import type { Diagnosis } from "../model/diagnosis.ts";
import type { Alert, GatewayEvent, LogLine, RunSummary } from "../model/event.ts";
import type { Explanation } from "../model/explanation.ts";
import { FOLDER_SORTS, type FolderList } from "../model/folder-list.ts";
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
import type { SettingProblem } from "../model/setting-problems.ts";
import { accountSchema, type Settings } from "../model/settings.ts";
import type { TranscriptEntry } from "../model/transcript-entry.ts";
import type { ConnectionTest, NameLookup } from "../model/trials.ts";

export const CONTRACT_VERSION = 2;

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

/** JSON text of settings that are not saved: a form at work. Checked by the one who is asked. */
const unsavedSettings = z.string().max(8_388_608);

/** Octets of one piece of a message. */
export const PIECE_BYTES = 1_048_576;

/** The arguments of each command. */
export const commandInputs = {
  /** The first thing that a viewer asks, and the only one besides the trials that is answered before the set-up. */
  hello: z.strictObject({}),
  /** What the pages' forms are filled with; passwords are the marker of a stored one. */
  settings: z.strictObject({}),
  /** `revision`: of the settings that were edited; null: there were none yet, this is the set-up's end. */
  "save-settings": z.strictObject({ text: unsavedSettings, revision: z.string().max(100).nullable() }),
  /** The buttons "Test", with settings that are not saved; nothing is collected or sent. */
  "test-account": z.strictObject({ settings: unsavedSettings, account: z.string().max(16) }),
  "test-server": z.strictObject({ settings: unsavedSettings, server: z.enum(["smtp", "fallback"]) }),
  "look-up": z.strictObject({ host: z.string().min(1).max(253) }),
  /** A server's answer in plain words, as it stands in a log, a message's way or the live conversation. */
  explain: z.strictObject({ answer: z.string().min(1).max(4_000) }),
  /** Ends the run that is under way. */
  stop: z.strictObject({}),
  pause: z.strictObject({ paused: z.boolean() }),
  /** The newest lines, oldest first; those that follow come as events. */
  log: z.strictObject({ limit: z.int().min(1).max(500).default(500) }),
  alerts: z.strictObject({}),
  activity: z.strictObject({}),
  /** A window of a folder's rows, sorted and searched by the gateway. */
  folder: z.strictObject({
    folder: folderSchema,
    words: searched.optional(),
    sort: z.enum(FOLDER_SORTS).default("received"),
    descending: z.boolean().default(true),
    offset: z.int().min(0).default(0),
    limit: z.int().min(1).max(PAGE_ROWS).default(100),
  }),
  /** For "select all": the queue ids in the same order, at most 100,000. */
  "folder-ids": z.strictObject({
    folder: folderSchema,
    words: searched.optional(),
    sort: z.enum(FOLDER_SORTS).default("received"),
    descending: z.boolean().default(true),
  }),
  /** A piece of a message as it was received. */
  "message-piece": z.strictObject({
    queueId: z.string().max(40),
    offset: z.int().min(0).default(0),
    length: z.int().min(1).max(PIECE_BYTES).default(PIECE_BYTES),
  }),
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
  headers: z.strictObject({
    account: z.string().max(16),
    count: z.int().min(1).max(500).optional(),
    /** An account that is not saved yet, and the domains to look for. */
    settings: unsavedSettings.optional(),
  }),
  "adopt-headers": z.strictObject({ account: z.string().max(16), adopt: adoptionSchema }),
  /** "Why these recipients" of a message, or of its header; `settings`: JSON text that is not saved ("Try it"). */
  resolve: z.strictObject({
    text: z.string().max(4_194_304),
    account: z.string().max(16).optional(),
    settings: unsavedSettings.optional(),
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

export interface Hello {
  readonly version: string;
  readonly contract: number;
  /** `set-up`: there are no settings yet, so no gateway; only the trials and `save-settings` work. */
  readonly state: "ready" | "set-up";
  readonly host: "headless" | "desktop";
  readonly dataDirectory: string;
  /** The folders of messages, for "open the folder". */
  readonly mailFolder: string;
  /** This computer's, for HELO and the assistant's proposals. */
  readonly hostName: string;
}

export interface SettingsDocument {
  /** Passwords are `{scheme: "stored", value: ""}`: saved as they are, they stay. */
  readonly settings: Settings;
  /** Of exactly these settings. */
  readonly revision: string;
}

export type SaveSettingsResult =
  | { readonly kind: "saved"; readonly revision: string }
  /** Nothing was changed; each with its path. */
  | { readonly kind: "invalid"; readonly problems: readonly SettingProblem[] }
  /** Somebody else saved others since; nothing was changed. */
  | { readonly kind: "changed-elsewhere" };

export interface MessagePiece {
  /** Octets of the whole message. */
  readonly size: number;
  readonly offset: number;
  /** Base64; empty at the end. */
  readonly content: string;
}

/** What each command gives. */
export interface CommandResults {
  readonly hello: Hello;
  readonly settings: SettingsDocument;
  readonly "save-settings": SaveSettingsResult;
  readonly "test-account": ConnectionTest;
  readonly "test-server": ConnectionTest;
  readonly "look-up": NameLookup;
  readonly explain: Explanation;
  readonly stop: { readonly stopped: boolean };
  readonly pause: null;
  readonly log: readonly LogLine[];
  readonly alerts: readonly Alert[];
  readonly activity: Activity;
  readonly folder: FolderList;
  readonly "folder-ids": { readonly queueIds: readonly string[] };
  readonly "message-piece": MessagePiece;
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

/** `transcript`: the live conversation with all servers. `events`: everything else. Numbered each for itself. */
export const STREAMS = ["events", "transcript"] as const;

export type StreamName = (typeof STREAMS)[number];

export interface StreamEntries {
  readonly events: Exclude<GatewayEvent, { kind: "transcript" }>;
  readonly transcript: TranscriptEntry;
}

/** What a subscriber gets: numbered entries, or a marker for those that it was too slow for (both inclusive). */
export type StreamItem<Name extends StreamName> =
  | { readonly sequence: number; readonly entry: StreamEntries[Name] }
  | { readonly gap: { readonly from: number; readonly to: number } };

/** Where a viewer left off: numbers mean something only within one process of the gateway. */
export interface StreamPlace {
  /** Names the process. */
  readonly epoch: string;
  /** The last number that the viewer has. */
  readonly sequence: number;
}

/**
 * The verb *subscribe*. `onItems` gets what comes, in order. `recent`: with what is still held (of an earlier
 * connection too), else only what comes from now on. The returned function ends it.
 */
export type Subscribe = <Name extends StreamName>(
  stream: Name,
  options: {
    readonly recent: boolean;
    readonly onItems: (items: readonly StreamItem<Name>[]) => void;
  },
) => () => void;

// --- what crosses ---------------------------------------------------------------------------------------

/** From a viewer, over whatever transport. The viewer numbers its calls and its subscriptions. */
export const viewerMessageSchema = z.union([
  z.strictObject({
    id: z.int().min(0),
    call: z.string().max(64),
    input: z.unknown(),
  }),
  z.strictObject({
    subscription: z.int().min(0),
    subscribe: z.enum(STREAMS),
    /** Left out: only what comes from now on; null: all that is held; a place: what came after it. */
    after: z
      .strictObject({ epoch: z.string().max(64), sequence: z.int().min(0) })
      .nullable()
      .optional(),
  }),
  z.strictObject({ unsubscribe: z.int().min(0) }),
]);

export type ViewerMessage = z.input<typeof viewerMessageSchema>;

/** To a viewer. */
export type GatewayMessage =
  | { readonly id: number; readonly result: WireResult<unknown> }
  | {
      readonly subscription: number;
      readonly epoch: string;
      readonly items: readonly StreamItem<StreamName>[];
    };

/** How a viewer reads what comes; entries are the gateway's, of the same contract version. */
export const gatewayMessageSchema = z.union([
  z.strictObject({ id: z.int().min(0), result: wireResultSchema }),
  z.strictObject({
    subscription: z.int().min(0),
    epoch: z.string(),
    items: z.array(
      z.union([
        z.strictObject({ sequence: z.int(), entry: z.unknown() }),
        z.strictObject({ gap: z.strictObject({ from: z.int(), to: z.int() }) }),
      ]),
    ),
  }),
]);

/** What a page has of the gateway, whatever lies between. */
export interface Transport {
  readonly call: Call;
  readonly subscribe: Subscribe;
  readonly connection: {
    current(): ConnectionState;
    onChange(listener: (state: ConnectionState) => void): () => void;
  };
}

/** `denied`: the gateway answers, but this viewer has to sign in (again). */
export type ConnectionState = "connecting" | "open" | "lost" | "denied";
