/** The application's menu: on macOS the conventional one. Pure; `Menu` is made of it in main. */
import type { MenuItemConstructorOptions } from "electron";
import type { Texts } from "./texts/texts.ts";
import type { TrayAction } from "./tray-menu.ts";

type Item = MenuItemConstructorOptions;

export function appMenu(
  texts: Texts,
  platform: NodeJS.Platform,
  onAction: (action: TrayAction) => void,
): Item[] {
  const { menu } = texts;
  const act = (label: string, action: TrayAction, accelerator?: string): Item => ({
    label,
    click: () => onAction(action),
    ...(accelerator === undefined ? {} : { accelerator }),
  });
  const separator: Item = { type: "separator" };
  const isMac = platform === "darwin";
  const about = act(menu.about, { open: "/about" });
  const quit = act(texts.quit, "quit", "CmdOrCtrl+Q");

  const application: Item = {
    label: texts.product,
    submenu: [
      about,
      separator,
      { ...act(menu.settings, { open: "/pop3" }, "Cmd+,") },
      separator,
      { role: "services" },
      separator,
      { role: "hide" },
      { role: "hideOthers" },
      { role: "unhide" },
      separator,
      quit,
    ],
  };
  const file: Item = {
    label: menu.file,
    submenu: [
      act(texts.checkNow, "check", "F5"),
      act(texts.sendNow, "send", "CmdOrCtrl+Shift+S"),
      separator,
      { role: "close", label: menu.hide },
      ...(isMac ? [] : [separator, quit]),
    ],
  };
  const view: Item = {
    label: menu.view,
    submenu: [
      act(menu.log, { open: "/" }),
      act(texts.folders.Inbox, { open: "/inbox" }),
      act(texts.folders.Errors, { open: "/errors" }),
      act(texts.folders.Junk, { open: "/junk" }),
      act(texts.folders.Backup, { open: "/backup" }),
      act(menu.history, { open: "/history" }),
      ...(isMac ? [] : [act(menu.settings, { open: "/pop3" })]),
      separator,
      act(texts.detail, "detail", "CmdOrCtrl+Shift+D"),
      separator,
      { role: "resetZoom" },
      { role: "zoomIn" },
      { role: "zoomOut" },
      { role: "togglefullscreen" },
    ],
  };
  const help: Item = {
    role: "help",
    label: menu.help,
    submenu: [act(menu.diagnose, { open: "/diagnose" }), ...(isMac ? [] : [separator, about])],
  };
  return [
    ...(isMac ? [application] : []),
    file,
    { role: "editMenu", label: menu.edit },
    view,
    { role: "windowMenu", label: menu.window },
    help,
  ];
}
