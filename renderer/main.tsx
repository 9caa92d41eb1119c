import "@mantine/core/styles.css";
import "@mantine/charts/styles.css";
import "@mantine/notifications/styles.css";
import "./style.css";
import { createRoot } from "react-dom/client";
import * as z from "zod";
import type { Transport } from "../core/api/contract.ts";
import { App, fetchPage } from "./app.tsx";
import { startTexts } from "./texts/texts.ts";
import { desktopBridge } from "./transport/desktop-bridge.ts";
import { openPreloadTransport } from "./transport/preload-transport.ts";
import { openSocketTransport } from "./transport/socket-transport.ts";

// The content security policy forbids compiling code in the page.
z.config({ jitless: true });

const root = document.getElementById("root");
if (root === null) throw new Error("the page has no root");
startTexts();
const bridge = desktopBridge();
const transport = bridge === null ? openBrowserTransport() : openPreloadTransport(bridge);
void fetchPage(window.location.pathname).then(() => createRoot(root).render(<App transport={transport} />));

function openBrowserTransport(): Transport {
  const transport = openSocketTransport({
    address: socketAddress(),
    isDenied: async () => (await fetch("/api/session", { cache: "no-store" })).status === 401,
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") transport.tryNow();
  });
  return transport;
}

function socketAddress(): string {
  const { protocol, host } = window.location;
  return `${protocol === "https:" ? "wss" : "ws"}://${host}/api/socket`;
}
