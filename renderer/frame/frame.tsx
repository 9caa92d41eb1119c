/** Around every page: status bar, tabs, the keys that work everywhere. */
import { Box } from "@mantine/core";
import { useDisclosure, useHotkeys } from "@mantine/hooks";
import { type ReactNode, useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { useFreshness } from "../state/status.ts";
import { desktopBridge } from "../transport/desktop-bridge.ts";
import { ConnectionBanner } from "./connection-banner.tsx";
import { KeyList } from "./key-list.tsx";
import { LeaveQuestion } from "./leave-question.tsx";
import { Navigation } from "./navigation.tsx";
import { allPages } from "./pages.ts";
import { StatusBar, useRunActions } from "./status-bar.tsx";

export function Frame({ children }: { readonly children: ReactNode }) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const { check } = useRunActions();
  const [keysShown, keys] = useDisclosure(false);
  useFreshness();
  // The desktop app's menu and tray open pages too.
  useEffect(() => desktopBridge()?.onGo(navigate), [navigate]);
  useHotkeys([
    ["shift+?", keys.toggle],
    ["/", () => document.querySelector<HTMLElement>("[data-search]")?.focus()],
  ]);
  // These write nothing into a field, and F5 there would load the page anew.
  useHotkeys(
    [
      ["F5", check],
      ["mod+shift+D", () => openDetailWindow()],
      ...allPages
        .slice(0, 9)
        .map(({ path }, index): [string, () => void] => [`mod+${index + 1}`, () => navigate(path)]),
    ],
    [],
  );
  return (
    <Box h="100vh" style={{ display: "flex", flexDirection: "column", overflow: "hidden" }}>
      <a href="#content" className="efs-skip">
        {t("frame.skip")}
      </a>
      <StatusBar />
      <ConnectionBanner />
      <Box style={{ display: "flex", flex: 1, minHeight: 0 }}>
        <Navigation />
        <Box
          component="main"
          id="content"
          tabIndex={-1}
          style={{ flex: 1, minWidth: 0, overflow: "auto", outline: "none" }}
        >
          {children}
        </Box>
      </Box>
      <LeaveQuestion />
      <KeyList opened={keysShown} onClose={keys.close} />
    </Box>
  );
}

/** At its own address; once more brings it to the front. */
export function openDetailWindow(): void {
  window.open("/detail", "efs-detail", "width=1000,height=700");
}
