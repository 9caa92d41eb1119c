import { Notification } from "electron";
import type { Clock } from "../core/model/ports.ts";
import { type AlertNotice, createAlertGroups } from "./alert-groups.ts";
import type { GatewaySource } from "./gateway-source.ts";
import type { Texts } from "./texts/texts.ts";

/** The last ones: Electron forgets a notification that nobody holds, and with it what a click does. */
const held: Notification[] = [];
const HELD = 20;

/** Shown as the system does it; nothing where it cannot. */
export function notify(notice: AlertNotice, onClick: () => void): void {
  if (!Notification.isSupported()) return;
  const notification = new Notification(notice);
  notification.on("click", onClick);
  held.push(notification);
  if (held.length > HELD) held.shift();
  notification.show();
}

/** Alerts of the gateway become the system's notifications. The returned function ends it. */
export function notifyOfAlerts(
  source: GatewaySource,
  clock: Clock,
  texts: Texts,
  onClick: () => void,
): () => void {
  const groups = createAlertGroups(clock, texts, (notice) => notify(notice, onClick));
  const end = source.listen((event) => {
    if (event.kind === "alert") groups.add(event.alert);
  });
  return () => {
    end();
    groups.stop();
  };
}
