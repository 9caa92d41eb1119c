/** What the tray's and the menu's entries do. */
import { app } from "electron";
import type { Problem } from "../core/model/problem.ts";
import { fileProblem } from "../core/util/file-problem.ts";
import type { LoginItem } from "./autostart-file.ts";
import type { GatewaySource } from "./gateway-source.ts";
import type { TrayAction } from "./tray-menu.ts";
import type { Windows } from "./windows.ts";

export interface ActionsOptions {
  readonly call: GatewaySource["call"];
  readonly windows: Windows;
  readonly login: LoginItem;
  /** Something was changed that the tray shows. */
  readonly refresh: () => void;
  readonly onProblem: (problem: Problem) => void;
}

export function createActions(options: ActionsOptions): (action: TrayAction) => void {
  const { windows, login, refresh, onProblem } = options;
  return (action) => {
    switch (action) {
      case "open":
        return windows.show("main");
      case "detail":
        return windows.show("detail");
      case "quit":
        return app.quit();
      case "quit-now":
        return app.exit(0);
      case "start-at-login":
        try {
          login.set(login.current() !== true);
        } catch (error) {
          onProblem(
            fileProblem("start-at-login", "Writing", (error as NodeJS.ErrnoException).path ?? "", error),
          );
        }
        return refresh();
      case "check":
      case "send":
      case "stop":
      case "pause":
      case "resume":
        void ask(options.call, action).then((result) => {
          refresh();
          if ("error" in result) onProblem(result.error);
        });
        return;
      default:
        return windows.showPage(action.open);
    }
  };
}

function ask(call: GatewaySource["call"], action: "check" | "send" | "stop" | "pause" | "resume") {
  switch (action) {
    case "check":
      return call("check", {});
    case "send":
      return call("check", { sendNow: true });
    case "stop":
      return call("stop", {});
    default:
      return call("pause", { paused: action === "pause" });
  }
}
