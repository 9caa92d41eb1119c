/** What is bundled for Node and Electron: what it may load when it runs, and that the command runs from anywhere. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { expect, onTestFinished, test } from "vitest";
import { type Bundle, bundles, makeBundle } from "../../build/bundle.ts";
import { LISTENING } from "../../core/gateway/intake-thread-messages.ts";
import { settingsInput } from "../support/sample-settings.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

function bundleOf(name: Bundle["name"]): Bundle {
  const bundle = bundles.find((each) => each.name === name);
  if (bundle === undefined) throw new Error(name);
  return bundle;
}

/** A project of these files, with the packages of this one. */
async function project(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await temporaryFolder();
  await symlink(join(root, "node_modules"), join(folder, "node_modules"));
  await cp(join(root, "package.json"), join(folder, "package.json"));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return folder;
}

async function built(name: Bundle["name"], files: Readonly<Record<string, string>>): Promise<string> {
  return readFile(await builtFile(name, files), "utf8");
}

async function builtFile(name: Bundle["name"], files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await project(files);
  const out = join(folder, "out", name);
  const bundle = bundleOf(name);
  await makeBundle(folder, bundle, out);
  expect((await readdir(out)).sort()).toEqual(
    [bundle.file, ...Object.keys(bundle.threads).map((thread) => `${thread}.js`)].sort(),
  );
  return join(out, bundle.file);
}

/** What runs in a thread of its own, beside the entry. */
const thread = {
  "core/gateway/intake-thread-entry.ts": `import { parentPort } from "node:worker_threads";\nparentPort?.postMessage(1);`,
};

test("main loads electron and the program's packages; everything else is in it", async () => {
  const text = await built("main", {
    ...thread,
    "electron/main.ts": `import { app } from "electron";\nimport { readFileSync } from "node:fs";\nimport * as z from "zod";\nimport React from "react";\nconsole.log(app, z, readFileSync, React);`,
  });
  const loaded = [...text.matchAll(/^import .* from "([^"]+)";$/gm)].map(([, name]) => name);
  expect(loaded.filter((name) => name !== "node:module").sort()).toEqual(["electron", "node:fs", "zod"]);
});

test("the command's HTTP comes without fetch and WebSocket", async () => {
  const file = await builtFile("cli", {
    ...thread,
    "core/headless/efs.ts": `import http, { request } from "node:http";
const loaded = () => process.moduleLoadList.some((name) => name.includes("undici"));
console.log(request === http.request, loaded(), typeof http.WebSocket, loaded());`,
  });
  expect(execFileSync(process.execPath, [file], { encoding: "utf8" })).toBe("true false function true\n");
});

test("preload is one CommonJS file that loads electron and nothing else", async () => {
  const text = await built("preload", {
    "electron/preload.ts": `import { contextBridge } from "electron";\nimport * as z from "zod";\ncontextBridge.exposeInMainWorld("x", { y: z.string() });`,
  });
  expect([...text.matchAll(/require\("([^"]+)"\)/g)].map(([, name]) => name)).toEqual(["electron"]);
  expect(text).not.toMatch(/^(?:import|export) /m);
});

test("a preload script that wants Node is refused; so is an entry that is not there", async () => {
  const wantsNode = `import { readFileSync } from "node:fs";\nconsole.log(readFileSync("x"));`;
  await expect(built("preload", { "electron/preload.ts": wantsNode })).rejects.toThrow(
    "out/preload cannot load node:fs when it runs.",
  );
  await expect(built("main", {})).rejects.toThrow(
    "electron/main.ts is not there, so that out/main cannot be built.",
  );
});

test("the command needs Node, package.json and its own folder, and no packages", {
  timeout: 60_000,
}, async () => {
  const folder = await temporaryFolder();
  await makeBundle(root, bundleOf("cli"), join(folder, "out", "cli"));
  await cp(join(root, "package.json"), join(folder, "package.json"));
  const data = join(folder, "data");
  const script = join(folder, "out", "cli", "efs.js");
  const efs = (args: readonly string[], input = ""): string =>
    execFileSync(process.execPath, [script, ...args], { input, encoding: "utf8", cwd: folder });
  const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as { version: string };
  expect(efs(["--version"])).toBe(`${version}\n`);
  const settings = JSON.stringify({ ...settingsInput(), accounts: [] });
  expect(efs(["import", "-", "--data", data], settings)).toBe("Imported: 0 accounts.\n");
  expect(JSON.parse(efs(["check", "--json", "--data", data]))).toMatchObject({ collected: 0, problems: [] });

  const thread = new Worker(join(folder, "out", "cli", "intake-thread.js"), {
    workerData: { temporary: folder, installationId: "i" },
  });
  onTestFinished(async () => void (await thread.terminate()));
  expect(await once(thread, "message")).toEqual([LISTENING]);

  const serving = spawn(process.execPath, [script, "serve", "--port", "0", "--data", data], {
    cwd: folder,
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void serving.kill("SIGKILL"));
  const ended = new Promise((resolve) => serving.once("close", resolve));
  const line = await new Promise<string>((resolve, reject) => {
    serving.stdout.once("data", (text: Buffer) => resolve(text.toString("utf8")));
    void ended.then((code) => reject(new Error(`ended with ${code}`)));
  });
  const [address = ""] = /http:\S+/.exec(line) ?? [];
  expect((await fetch(address, { redirect: "manual" })).status).toBeLessThan(500);
  serving.kill("SIGTERM");
  expect(await ended).toBe(0);
});
