/** The icon in the tray: `tray-menu.ts` says what it shows, this puts it there. */
import { Menu, nativeTheme, Tray } from "electron";
import type { Words } from "./texts/texts.ts";
import { trayImage } from "./tray-image.ts";
import { type TrayAction, type TrayFacts, trayIcon, trayMenu, trayTooltip } from "./tray-menu.ts";

export interface GatewayTray {
  show(facts: TrayFacts): void;
}

export function createTray(
  facts: TrayFacts,
  words: Words,
  onAction: (action: TrayAction) => void,
): GatewayTray {
  let shown = facts;
  let menuText = "";
  // The bar's colour, which on Windows is chosen apart from the windows'.
  const image = () =>
    trayImage(trayIcon(shown.view), process.platform, nativeTheme.shouldUseDarkColorsForSystemIntegratedUI);
  const act = (action: TrayAction): void => {
    // A tick has changed by itself when it was clicked, whatever comes of it.
    menuText = "";
    onAction(action);
  };
  const tray = new Tray(image());
  const repaint = (): void => tray.setImage(image());
  nativeTheme.on("updated", repaint);
  // On macOS a click opens the menu, where Open is; elsewhere the other button does.
  if (process.platform !== "darwin") tray.on("click", () => onAction("open"));

  const show = (next: TrayFacts): void => {
    shown = next;
    repaint();
    tray.setToolTip(trayTooltip(next, words));
    const groups = trayMenu(next, words);
    // An open menu would close: it is put in place only when it says something else.
    const text = JSON.stringify(groups);
    if (text === menuText) return;
    menuText = text;
    tray.setContextMenu(Menu.buildFromTemplate(menuTemplate(groups, act)));
  };
  show(facts);
  return { show };
}

function menuTemplate(
  groups: ReturnType<typeof trayMenu>,
  onAction: (action: TrayAction) => void,
): Electron.MenuItemConstructorOptions[] {
  return groups.flatMap((items, index) => [
    ...(index === 0 ? [] : [{ type: "separator" as const }]),
    ...items.map(({ label, action, checked }) => ({
      label: label.replaceAll("&", "&&"),
      enabled: action !== undefined,
      ...(checked === undefined ? {} : { type: "checkbox" as const, checked }),
      ...(action === undefined ? {} : { click: () => onAction(action) }),
    })),
  ]);
}
