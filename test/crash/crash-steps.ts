/** The steps of a message's way at which a process can be made to die (`die-here.ts`), in their order. */

export const COLLECTING = [
  "fetched",
  "written",
  "flushed",
  "renamed",
  "folder flushed",
  "before the commit",
  "committed",
  "DELE",
  "DELE answered",
  "before QUIT",
  "QUIT",
  "QUIT answered",
] as const;

export const SENDING = [
  "MAIL",
  "final dot",
  "before the 250",
  "behind the 250",
  "before the journal",
  "journalled",
  "before the removal",
  "behind the removal",
  "before the move to Errors",
  "behind the move to Errors",
] as const;

export const REPORTING = [
  "report renamed",
  "report's MAIL",
  "report's final dot",
  "before the report's 250",
  "behind the report's 250",
] as const;

/** What the start has to put right is there because the process before died at the first of the two. */
export const STARTING = [
  ["written", "before half a file goes"],
  ["flushed", "behind half a file"],
  ["before the move to Errors", "before a move at the start"],
  ["before the move to Errors", "behind a move at the start"],
  ["before the removal", "before a removal at the start"],
  ["before the removal", "behind a removal at the start"],
  ["behind the 250", "before a commit at the start"],
  ["renamed", "behind a commit at the start"],
] as const;

export type CrashStep =
  | (typeof COLLECTING)[number]
  | (typeof SENDING)[number]
  | (typeof REPORTING)[number]
  | (typeof STARTING)[number][1];
