/**
 * The contract's names as plain data: the preload script is sandboxed, and too small for schemas. The compiler sees to
 * it that none is missing and none is added.
 */
import type { CommandName, StreamName } from "../core/api/contract.ts";

export const commandNames: Readonly<Record<CommandName, true>> = {
  hello: true,
  settings: true,
  "save-settings": true,
  "test-account": true,
  "test-server": true,
  "look-up": true,
  explain: true,
  stop: true,
  pause: true,
  log: true,
  alerts: true,
  activity: true,
  folder: true,
  "folder-ids": true,
  "message-piece": true,
  check: true,
  status: true,
  queue: true,
  diagnose: true,
  headers: true,
  "adopt-headers": true,
  resolve: true,
  lists: true,
  "import-list": true,
  "export-list": true,
  act: true,
  "send-anyway": true,
  "locate-message": true,
  history: true,
  "history-message": true,
  "forget-history": true,
  "acknowledge-junk": true,
  "confirm-clock": true,
  "import-settings": true,
  "export-settings": true,
};

export const streamNames: Readonly<Record<StreamName, true>> = { events: true, transcript: true };
