/**
 * The only door between pages and the main process: `ipcMain` is used nowhere else.
 *
 * What comes is heard only from the top frame of one of our own windows, showing one of our own pages.
 */
import { type IpcMainEvent, ipcMain, type WebContents } from "electron";
import { isOurPage } from "./app-address.ts";
import type { GatewaySource } from "./gateway-source.ts";
import { FROM_PAGE, TO_PAGE, type ToPage } from "./page-messages.ts";
import { createPageSession, type PageSession } from "./page-session.ts";

export interface IpcBridge {
  /** From now on this window is a viewer, until it is destroyed. */
  attach(contents: WebContents, onBroken: (reason: string) => void): void;
  /** Shows another page; one with unsaved changes asks first. */
  go(contents: WebContents, path: string): void;
}

export function openIpcBridge(source: GatewaySource): IpcBridge {
  const sessions = new Map<WebContents, PageSession>();

  ipcMain.on(FROM_PAGE, (event: IpcMainEvent, message: unknown) => {
    if (isFromOurPage(event)) sessions.get(event.sender)?.receive(message);
  });

  const send = (contents: WebContents, message: ToPage): void => {
    if (!contents.isDestroyed()) contents.send(TO_PAGE, message);
  };
  return {
    attach(contents, onBroken) {
      const session = createPageSession({ source, onBroken, send: (message) => send(contents, message) });
      sessions.set(contents, session);
      contents.on("did-start-navigation", ({ isMainFrame, isSameDocument, url }) => {
        // It comes before `security.ts` is asked: a page that wants to leave for elsewhere stays.
        if (isMainFrame && !isSameDocument && isOurPage(url)) session.pageGone();
      });
      contents.on("render-process-gone", () => session.pageGone());
      contents.once("destroyed", () => {
        session.close();
        sessions.delete(contents);
      });
    },
    go: (contents, path) => send(contents, { go: path }),
  };
}

function isFromOurPage({ senderFrame }: IpcMainEvent): boolean {
  return senderFrame !== null && senderFrame.parent === null && isOurPage(senderFrame.url);
}
