/** Starts the app as Electron would, with the double in Electron's place: `node boot.ts [the app's arguments]`. */
import { createRequire, registerHooks } from "node:module";

const double = new URL("electron.ts", import.meta.url).href;
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === "electron" ? { url: double, shortCircuit: true } : next(specifier, context),
});
const electron = await import("./electron.ts");
createRequire(import.meta.url)("../probe.cjs")(electron);
await import(process.env["EFS_DOUBLE_MAIN"] ?? "../../../electron/main.ts");
electron.becomeReady();
