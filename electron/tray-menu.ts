/** The tray's icon, tooltip and menu from what is known of the gateway. Pure. */
import type { GatewayStatus } from "../core/model/gateway.ts";
import type { Folder } from "../core/model/message.ts";
import type { Words } from "./texts/texts.ts";

/** What the tray shows. */
export type TrayView =
  | { readonly kind: "starting" }
  | { readonly kind: "set-up" }
  | { readonly kind: "not-connected" }
  | { readonly kind: "finishing" }
  | { readonly kind: "ready"; readonly status: GatewayStatus };

export interface TrayFacts {
  readonly view: TrayView;
  /** The gateway is the service's: quitting ends the window only. */
  readonly isViewer: boolean;
  /** No keychain: passwords are in the key file. */
  readonly withoutKeychain: boolean;
  /** null: cannot be set here. */
  readonly startsAtLogin: boolean | null;
}

export type TrayIcon = "idle" | "working" | "paused" | "attention";

export type TrayAction =
  | "check"
  | "send"
  | "stop"
  | "pause"
  | "resume"
  | "open"
  | "detail"
  | "start-at-login"
  | "quit"
  | "quit-now"
  | { readonly open: string };

export interface TrayItem {
  readonly label: string;
  /** Left out: only to be read. */
  readonly action?: TrayAction;
  readonly checked?: boolean;
}

/** Windows cuts a tooltip there. */
const TOOLTIP = 127;

const FOLDERS: readonly Folder[] = ["Inbox", "Errors", "Junk", "Backup"];

export function trayIcon(view: TrayView): TrayIcon {
  switch (view.kind) {
    case "starting":
    case "finishing":
      return "working";
    case "set-up":
    case "not-connected":
      return "attention";
    case "ready": {
      const { state } = view.status;
      if (state === "idle" || state === "paused" || state === "attention") return state;
      return "working";
    }
  }
}

export function trayTooltip({ view }: TrayFacts, words: Words): string {
  const lines = [words.texts.product, stateLine(view, words), ...nextLine(view, words)];
  return lines.join("\n").slice(0, TOOLTIP);
}

/** Groups, each followed by a line. */
export function trayMenu(facts: TrayFacts, words: Words): readonly (readonly TrayItem[])[] {
  const { view, isViewer, withoutKeychain, startsAtLogin } = facts;
  const { texts } = words;
  const groups: TrayItem[][] = [
    [
      { label: stateLine(view, words) },
      ...nextLine(view, words).map((label) => ({ label })),
      ...(isViewer ? [{ label: texts.service }] : []),
      ...(withoutKeychain ? [{ label: texts.noKeychain }] : []),
    ],
  ];
  if (view.kind === "finishing") return [...groups, [{ label: texts.quitNow, action: "quit-now" }]];
  if (view.kind === "ready") groups.push(runItems(view.status, words), folderItems(view.status, words));
  groups.push(
    [
      { label: texts.open, action: "open" },
      ...(view.kind === "ready" ? [{ label: texts.detail, action: "detail" as const }] : []),
    ],
    [
      ...(startsAtLogin === null
        ? []
        : [{ label: texts.startAtLogin, action: "start-at-login" as const, checked: startsAtLogin }]),
      { label: texts.quit, action: "quit" },
    ],
  );
  return groups;
}

function runItems({ state }: GatewayStatus, { texts }: Words): TrayItem[] {
  const running = state === "checking" || state === "sending";
  return [
    running ? { label: texts.stop, action: "stop" } : { label: texts.checkNow, action: "check" },
    { label: texts.sendNow, action: "send" },
    state === "paused" ? { label: texts.resume, action: "resume" } : { label: texts.pause, action: "pause" },
  ];
}

function folderItems({ folders }: GatewayStatus, { texts, language }: Words): TrayItem[] {
  const format = new Intl.NumberFormat(language);
  return FOLDERS.map((folder) => ({
    label: `${texts.folders[folder]} (${format.format(folders[folder])})`,
    action: { open: `/${folder.toLowerCase()}` },
  }));
}

function stateLine(view: TrayView, { texts }: Words): string {
  switch (view.kind) {
    case "starting":
      return texts.starting;
    case "set-up":
      return texts.setUp;
    case "not-connected":
      return texts.notConnected;
    case "finishing":
      return texts.finishing;
    case "ready":
      return texts.states[view.status.state];
  }
}

function nextLine(view: TrayView, { texts, language }: Words): string[] {
  if (view.kind !== "ready") return [];
  const { nextCheckAt, state } = view.status;
  if (nextCheckAt === null) return state === "idle" ? [texts.noCheckPlanned] : [];
  const time = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" }).format(nextCheckAt);
  return [texts.nextCheck(time)];
}
