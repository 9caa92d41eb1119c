/** `npm start` on a computer without a display. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { temporaryFolder } from "../support/temporary-folder.ts";

const START = fileURLToPath(new URL("../../build/start.ts", import.meta.url));

/** Elsewhere there always is one. */
const linux = process.platform === "linux";

test.skipIf(!linux)(
  "without a display one line says so, and the pages are served until it is told to stop",
  {
    timeout: 60_000,
  },
  async () => {
    const data = await temporaryFolder();
    const { DISPLAY: _x, WAYLAND_DISPLAY: _wayland, ...environment } = process.env;
    const child = spawn(process.execPath, [START, "--data", data, "--port", "0"], {
      env: { ...environment, EFS_DATA: "" },
      stdio: ["ignore", "pipe", "ignore"],
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    const ended = new Promise((resolve) => child.once("close", resolve));
    let stdout = "";
    const address = await new Promise<string>((resolve, reject) => {
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        stdout += text;
        const found = /http:\S+/.exec(stdout)?.[0];
        if (found !== undefined) resolve(found);
      });
      void ended.then((code) => reject(new Error(`ended with ${code}: ${stdout}`)));
    });
    expect(stdout.split("\n")[0]).toBe(
      "The desktop app cannot be opened here: there is no display. Its pages are for the browser then.",
    );
    const page = await fetch(address, { redirect: "manual" });
    expect([page.status, page.headers.has("set-cookie")]).toEqual([303, true]);
    child.kill("SIGTERM");
    expect(await ended).toBe(0);
  },
);
