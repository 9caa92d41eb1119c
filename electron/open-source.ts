/**
 * The gateway at the start: found as an owner's, or opened as our own. What is in the way is told in a dialog, with
 * the choice to try again; nothing is ever taken over.
 */
import { setTimeout as pause } from "node:timers/promises";
import { app, dialog, shell } from "electron";
import type { Clock } from "../core/model/ports.ts";
import { type Problem, ProblemError } from "../core/model/problem.ts";
import { findData } from "./find-data.ts";
import type { GatewaySource } from "./gateway-source.ts";
import { openOwnSource } from "./own-source.ts";
import { openOwnerSource } from "./owner-source.ts";
import type { Texts } from "./texts/texts.ts";

const PATIENCE = 2_000;
const PAUSE = 200;

export interface OpenSourceOptions {
  readonly folders: readonly string[];
  readonly clock: Clock;
  readonly version: string;
  readonly texts: Texts;
  readonly openSecrets: (dataDirectory: string) => Parameters<typeof openOwnSource>[0]["secrets"];
  readonly onFault: (error: unknown, doing: string) => void;
}

/** null: somebody has decided that the app ends. */
export async function openSource(options: OpenSourceOptions): Promise<GatewaySource | null> {
  for (;;) {
    try {
      return await tryToOpen(options);
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      if (!(await wantsToTryAgain(error.problem, options.texts))) return null;
    }
  }
}

async function tryToOpen(options: OpenSourceOptions): Promise<GatewaySource | null> {
  const { clock } = options;
  const giveUpAt = clock.now() + PATIENCE;
  for (;;) {
    const found = await findData(options.folders);
    switch (found.kind) {
      case "owner":
        return openOwnerSource(found.dataDirectory);
      case "browser":
        await offerBrowser(found.address, options.texts);
        return null;
      case "free":
        try {
          const { dataDirectory } = found;
          return await openOwnSource({
            ...options,
            dataDirectory,
            secrets: options.openSecrets(dataDirectory),
          });
        } catch (error) {
          // `efs check` at work, or an owner that is just starting or ending.
          const inUse = error instanceof ProblemError && error.problem.code === "data-directory-in-use";
          if (!inUse || clock.now() >= giveUpAt) throw error;
        }
        await pause(PAUSE);
    }
  }
}

async function wantsToTryAgain({ what, cure, quote }: Problem, texts: Texts): Promise<boolean> {
  const { response } = await dialog.showMessageBox({
    type: "error",
    title: texts.cannotStart,
    message: what,
    detail: [cure, ...(quote === undefined ? [] : [quote])].join("\n\n"),
    buttons: [texts.tryAgain, texts.quit],
    defaultId: 0,
    cancelId: 1,
    noLink: true,
  });
  return response === 0;
}

async function offerBrowser(address: string, texts: Texts): Promise<void> {
  const { response } = await dialog.showMessageBox({
    type: "info",
    title: texts.product,
    message: texts.browser.what,
    detail: texts.browser.cure,
    buttons: [texts.browser.open, texts.quit],
    defaultId: 0,
    cancelId: 1,
    noLink: true,
  });
  if (response === 0) await shell.openExternal(address);
  app.exit(0);
}
