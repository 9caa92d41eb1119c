/**
 * What no page of ours may do, whatever it wants.
 *
 * 1. It stays at our own scheme; nothing else is loaded, opened or navigated to. A link with https goes to the
 *    system's browser, and nothing else leaves.
 * 2. Every permission is refused but one: to put text on the clipboard (the button "Copy"), for our own pages.
 */
import { app, type Session, session, shell, type WebContents } from "electron";
import { isExternalLink, isOurPage } from "./app-address.ts";

const CLIPBOARD = "clipboard-sanitized-write";
const REMOTE = ["http://*/*", "https://*/*", "ws://*/*", "wss://*/*"];

/** `openOwn`: a page wants another one of ours in a window; gets its path. */
export function forbidWhatPagesNeedNot(openOwn: (path: string) => void): void {
  hardenSession(session.defaultSession);
  app.on("web-contents-created", (_event, contents) => hardenContents(contents, openOwn));
}

function hardenSession(pages: Session): void {
  pages.setPermissionRequestHandler((contents, permission, answer) => {
    answer(permission === CLIPBOARD && isOurPage(contents.getURL()));
  });
  pages.setPermissionCheckHandler(
    (_contents, permission, origin) => permission === CLIPBOARD && isOurPage(origin),
  );
  pages.setDevicePermissionHandler(() => false);
  pages.webRequest.onBeforeRequest({ urls: REMOTE }, (_details, answer) => answer({ cancel: true }));
}

function hardenContents(contents: WebContents, openOwn: (path: string) => void): void {
  contents.setWindowOpenHandler(({ url }) => {
    if (isOurPage(url)) openOwn(new URL(url).pathname);
    else if (isExternalLink(url)) void shell.openExternal(url);
    return { action: "deny" };
  });
  contents.on("will-frame-navigate", (event) => {
    // The preview of a message is a frame without an address of its own.
    const isPreview = !event.isMainFrame && event.url === "about:srcdoc";
    if (!isPreview && !isOurPage(event.url)) event.preventDefault();
  });
  contents.on("will-redirect", (event) => event.preventDefault());
  contents.on("will-attach-webview", (event) => event.preventDefault());
}
