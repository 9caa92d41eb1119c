/**
 * The tests of the desktop app.
 *
 *     npm run test:desktop              with the double of Electron; in Electron too where it is installed
 *     npm run test:desktop -- --real    in Electron only, and it has to be there
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const vitest = fileURLToPath(new URL("../../node_modules/vitest/vitest.mjs", import.meta.url));
const real = process.argv.includes("--real");
const rest = process.argv.slice(2).filter((argument) => argument !== "--real");
const { status } = spawnSync(process.execPath, [vitest, "run", "test/desktop", "test/electron", ...rest], {
  stdio: "inherit",
  env: { ...process.env, ...(real ? { EFS_DESKTOP: "real" } : {}) },
});
process.exitCode = status ?? 1;
