/** What the desktop app's preload script puts into the page, as `window.efs`: the contract's two verbs, and no more. */
import type { ConnectionState, StreamItem, StreamName, WireResult } from "../../core/api/contract.ts";

export const BRIDGE_NAME = "efs";

export interface DesktopBridge {
  /** Answers a name that is none of the contract's with a problem; nothing of it leaves the page. */
  readonly call: (name: string, input: unknown) => Promise<WireResult<unknown>>;
  /** The returned function ends it. */
  readonly subscribe: (
    stream: StreamName,
    recent: boolean,
    onItems: (items: readonly StreamItem<StreamName>[]) => void,
  ) => () => void;
  /** Told at once, and when it changes. The gateway may be another process's: this window's is not what is lost then. */
  readonly onConnection: (listener: (state: ConnectionState) => void) => () => void;
  /** The menu, the tray or a notification want another page to be shown. */
  readonly onGo: (listener: (path: string) => void) => () => void;
}

/** null: this is a browser. */
export function desktopBridge(): DesktopBridge | null {
  const bridge = (globalThis as { readonly [BRIDGE_NAME]?: DesktopBridge })[BRIDGE_NAME];
  return bridge ?? null;
}
