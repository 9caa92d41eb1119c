import { protocol } from "electron";
import { builtPages } from "../core/headless/page-files.ts";
import { APP_SCHEME } from "./app-address.ts";
import { answerPage } from "./page-answer.ts";

/** Before the app is ready. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: APP_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
}

/** When the app is ready. */
export function serveAppScheme(): void {
  protocol.handle(APP_SCHEME, (request) => answerPage(builtPages, request));
}
