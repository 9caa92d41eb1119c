import type { Folder } from "../model/message.ts";
import type { Clock, Log, RaiseAlert } from "../model/ports.ts";
import type { FileSystem } from "../util/file-system.ts";
import type { FolderSync } from "../util/folder-sync.ts";
import type { DataDirectory } from "./data-directory.ts";
import type { Journal } from "./journal.ts";

/** Settings that the spool goes by; asked for anew each time, as they may change while it runs. */
export interface SpoolPolicy {
  /** An equal message for the same recipient within so many days is not taken again; 0: no such rule. */
  readonly duplicateDays: number;
  /** "Realtime antivirus installed": a file that vanished is deleted from the POP3 server too. */
  readonly realtimeAntivirus: boolean;
  /** "Delay sending to allow antivirus scanning": milliseconds for a message of so many octets. */
  sendingDelay(size: number): number;
  /** Days that files and rows are kept; 0: for ever. */
  readonly reportedDays: number;
  readonly junkDays: number;
  readonly backupDays: number;
  readonly historyDays: number;
  /** False: the clock may have been set (gateway/clock-watch); nothing is old enough for anything. Default true. */
  readonly clockBelieved?: boolean;
}

/** What the parts of the spool share. */
export interface SpoolContext {
  readonly clock: Clock;
  readonly log: Log;
  readonly raiseAlert: RaiseAlert;
  readonly policy: () => SpoolPolicy;
  readonly fileSystem: FileSystem;
  readonly folderSync: FolderSync;
  readonly directory: DataDirectory;
  readonly journal: Journal;
}

/** The reading side of a row: the journal's columns are trusted to be of the type they are declared with. */
export function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

export function textOrNull(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

export function number(value: unknown): number {
  return typeof value === "number" ? value : 0;
}

export function numberOrNull(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}

/** One of a closed list; anything else (an edited file) is the first of them. */
export function oneOf<T extends string>(value: unknown, allowed: readonly [T, ...T[]]): T {
  return allowed.find((candidate) => candidate === value) ?? allowed[0];
}

export function folderOrNull(value: unknown): Folder | null {
  return value === "Inbox" || value === "Errors" || value === "Junk" || value === "Backup" ? value : null;
}
