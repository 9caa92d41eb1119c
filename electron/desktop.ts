/** Everything that runs once the app is ready, joined, in the order of its start. */
import { join } from "node:path";
import { app, Menu, net, powerMonitor } from "electron";
import { programVersion } from "../core/headless/program-version.ts";
import { describeProblem } from "../core/model/problem.ts";
import { systemClock } from "../core/util/system-clock.ts";
import { createActions } from "./actions.ts";
import { appMenu } from "./app-menu.ts";
import { serveAppScheme } from "./app-scheme.ts";
import { currentWords } from "./current-words.ts";
import type { DataFolders } from "./data-folders.ts";
import { openDesktopState } from "./desktop-state.ts";
import type { FaultDesk } from "./fault-desk.ts";
import { watchGateway } from "./gateway-watch.ts";
import { openIpcBridge } from "./ipc-bridge.ts";
import { loginItem, startsHidden } from "./login-item.ts";
import { watchNetwork } from "./network-watch.ts";
import { notify, notifyOfAlerts } from "./notifications.ts";
import { openSecrets } from "./open-secrets.ts";
import { openSource } from "./open-source.ts";
import { quitInOrder } from "./quit.ts";
import { forbidWhatPagesNeedNot } from "./security.ts";
import { createTray } from "./tray.ts";
import type { TrayFacts, TrayView } from "./tray-menu.ts";
import { openUpdater } from "./updater.ts";
import { lookForUpdates } from "./updates.ts";
import { createWindows } from "./windows.ts";

export async function startDesktop(data: DataFolders, onFault: FaultDesk): Promise<void> {
  const clock = systemClock;
  const words = currentWords();
  const { texts } = words;
  const state = openDesktopState(join(data.window, "desktop.json"));
  const login = loginItem();
  // Somebody may start it a second time while it is still opening the data.
  let isWanted = !startsHidden();
  let show = (): void => {
    isWanted = true;
  };
  app.on("second-instance", () => show());
  app.on("activate", () => show());

  // The gateway.
  let withoutKeychain = false;
  const source = await openSource({
    folders: data.folders,
    clock,
    version: programVersion(),
    texts,
    onFault,
    openSecrets(dataDirectory) {
      const { secrets, inKeychain } = openSecrets(dataDirectory);
      withoutKeychain = !inKeychain;
      return secrets;
    },
  });
  if (source === null) {
    app.exit(0);
    return;
  }
  if (source.kind === "own") {
    // A service looks after itself.
    const network = watchNetwork(source, () => net.isOnline(), clock);
    powerMonitor.on("suspend", () => network.sleeps());
  }

  // The windows.
  serveAppScheme();
  forbidWhatPagesNeedNot((path) => (path === "/detail" ? windows.show("detail") : windows.showPage(path)));
  const showMain = (): void => windows.show("main");
  const tellOnce = (notice: "closeNotice" | "keychainNotice"): void => {
    const given = `${notice}Given` as const;
    if (state.current()[given]) return;
    state.change({ [given]: true });
    notify(texts[notice], showMain);
  };
  const windows = createWindows({
    bridge: openIpcBridge(source),
    state,
    clock,
    words,
    onFault,
    onHidden: () => tellOnce("closeNotice"),
  });

  // Tray, menu, notifications.
  const factsOf = (view: TrayView): TrayFacts => ({
    view,
    isViewer: source.kind === "owner",
    withoutKeychain,
    startsAtLogin: login.current(),
  });
  const act = createActions({
    call: source.call,
    windows,
    login,
    refresh: () => watch.refresh(),
    onProblem: (problem) => notify({ title: texts.product, body: describeProblem(problem) }, showMain),
  });
  const tray = createTray(factsOf({ kind: "starting" }), words, act);
  const watch = watchGateway(source, clock, (view) => tray.show(factsOf(view)));
  Menu.setApplicationMenu(Menu.buildFromTemplate(appMenu(texts, process.platform, act)));
  const endNotices = notifyOfAlerts(source, clock, texts, showMain);
  if (withoutKeychain) tellOnce("keychainNotice");

  // The end.
  const finish = quitInOrder({
    onFault,
    onBegin() {
      watch.stop();
      endNotices();
      windows.destroy();
      tray.show(factsOf({ kind: "finishing" }));
    },
    finish: () => source.close().finally(() => state.saved()),
  });
  const { address } = state.current().updates;
  lookForUpdates({
    updater: await openUpdater(address, process.resourcesPath),
    address,
    clock,
    endsGateway: source.kind === "own",
    finish,
    onFault,
    async status() {
      const status = await source.call("status", {});
      return "ok" in status ? status.ok : null;
    },
  });

  show = showMain;
  if (isWanted) showMain();
}
