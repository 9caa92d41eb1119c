/** Runs before the page, apart from it: hands it the bridge and nothing else. */
import { contextBridge, ipcRenderer } from "electron";
import { BRIDGE_NAME } from "../renderer/transport/desktop-bridge.ts";
import { FROM_PAGE, TO_PAGE, type ToPage } from "./page-messages.ts";
import { createPreloadBridge } from "./preload-bridge.ts";

contextBridge.exposeInMainWorld(
  BRIDGE_NAME,
  createPreloadBridge({
    send: (message) => ipcRenderer.send(FROM_PAGE, message),
    listen: (listener) => ipcRenderer.on(TO_PAGE, (_event, message: ToPage) => listener(message)),
  }),
);
