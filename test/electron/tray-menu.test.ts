import { expect, test } from "vitest";
import type { GatewayState } from "../../core/model/event.ts";
import type { GatewayStatus } from "../../core/model/gateway.ts";
import { chooseWords } from "../../electron/texts/texts.ts";
import { type TrayFacts, type TrayView, trayIcon, trayMenu, trayTooltip } from "../../electron/tray-menu.ts";

const AT = new Date(2026, 10, 20, 14, 5).getTime();
const english = chooseWords(["en-GB"]);
const german = chooseWords(["fr-FR", "de-DE"]);

function ready(state: GatewayState, changes: Partial<GatewayStatus> = {}): TrayView {
  const folders = { Inbox: 1_234, Errors: 2, Junk: 0, Backup: 7 };
  return {
    kind: "ready",
    status: { state, nextCheckAt: AT, folders, ...changes } as GatewayStatus,
  };
}

const facts = (view: TrayView, changes: Partial<TrayFacts> = {}): TrayFacts => ({
  view,
  isViewer: false,
  withoutKeychain: false,
  startsAtLogin: null,
  ...changes,
});

const labels = (shown: TrayFacts, words = english): string[] =>
  trayMenu(shown, words)
    .flatMap((group) => [...group, { label: "-" }])
    .slice(0, -1)
    .map(({ label }) => label);

test("everything that can be done when the gateway is idle", () => {
  expect(trayMenu(facts(ready("idle"), { startsAtLogin: true }), english)).toEqual([
    [{ label: "Idle" }, { label: "Next check at 14:05" }],
    [
      { label: "Check now", action: "check" },
      { label: "Send now", action: "send" },
      { label: "Pause", action: "pause" },
    ],
    [
      { label: "Inbox (1,234)", action: { open: "/inbox" } },
      { label: "Errors (2)", action: { open: "/errors" } },
      { label: "Junk (0)", action: { open: "/junk" } },
      { label: "Backup (7)", action: { open: "/backup" } },
    ],
    [
      { label: "Open EFS Mail Gateway", action: "open" },
      { label: "Detail window", action: "detail" },
    ],
    [
      { label: "Start at login", action: "start-at-login", checked: true },
      { label: "Quit", action: "quit" },
    ],
  ]);
});

test("in German", () => {
  expect(labels(facts(ready("paused", { nextCheckAt: null })), german).slice(0, 7)).toEqual([
    "Angehalten",
    "-",
    "Jetzt abholen",
    "Jetzt senden",
    "Fortsetzen",
    "-",
    "Eingang (1.234)",
  ]);
});

test("a run can be stopped, a pause ended", () => {
  expect(labels(facts(ready("checking"))).slice(3, 6)).toEqual(["Stop", "Send now", "Pause"]);
  expect(labels(facts(ready("sending"))).slice(3, 6)).toEqual(["Stop", "Send now", "Pause"]);
  expect(labels(facts(ready("paused"))).slice(3, 6)).toEqual(["Check now", "Send now", "Resume"]);
});

test.each<[TrayView, string[]]>([
  [{ kind: "starting" }, ["Starting", "-", "Open EFS Mail Gateway", "-", "Quit"]],
  [{ kind: "set-up" }, ["The set-up is not finished", "-", "Open EFS Mail Gateway", "-", "Quit"]],
  [{ kind: "not-connected" }, ["No connection to the service", "-", "Open EFS Mail Gateway", "-", "Quit"]],
  [{ kind: "finishing" }, ["Finishing what is on its way", "-", "Quit at once"]],
])("without a gateway to ask: %j", (view, shown) => {
  expect(labels(facts(view))).toEqual(shown);
});

test("whose gateway it is, and where passwords are", () => {
  expect(labels(facts(ready("idle"), { isViewer: true, withoutKeychain: true })).slice(0, 5)).toEqual([
    "Idle",
    "Next check at 14:05",
    "The service of this computer",
    "Passwords are kept in a file",
    "-",
  ]);
});

test("the icon", () => {
  const states: GatewayState[] = ["idle", "checking", "sending", "paused", "attention", "stopping"];
  expect(states.map((state) => trayIcon(ready(state)))).toEqual([
    "idle",
    "working",
    "working",
    "paused",
    "attention",
    "working",
  ]);
  const others: TrayView[] = [
    { kind: "starting" },
    { kind: "set-up" },
    { kind: "not-connected" },
    { kind: "finishing" },
  ];
  expect(others.map(trayIcon)).toEqual(["working", "attention", "attention", "working"]);
});

test("the tooltip fits into what Windows shows", () => {
  expect(trayTooltip(facts(ready("attention")), english)).toBe(
    "EFS Mail Gateway\nNeeds attention\nNext check at 14:05",
  );
  expect(trayTooltip(facts(ready("idle", { nextCheckAt: null })), english)).toBe(
    "EFS Mail Gateway\nIdle\nNo check is planned",
  );
  const long = { ...english, texts: { ...english.texts, setUp: "x".repeat(300) } };
  expect(trayTooltip(facts({ kind: "set-up" }), long)).toHaveLength(127);
});
