/** The Linux package, built around a stand-in for Electron: what is in it and how it is described. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildProgram, makeFpm, packageApp, projectRoot } from "./package-app.ts";
import { readAsar } from "./read-asar.ts";
import { makeLinuxElectron, readFuses } from "./stand-in-electron.ts";

const withDeb = existsSync("/usr/bin/dpkg-deb");

let work: string;
let unpacked: string;
let files: ReadonlyMap<string, Buffer>;

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), "efs-package-"));
  await buildProgram();
  await makeLinuxElectron(join(work, "electron"));
  const fpm = { CUSTOM_FPM_PATH: await makeFpm(work) };
  await packageApp(["--linux", withDeb ? "deb" : "dir"], join(work, "electron"), join(work, "dist"), fpm);
  unpacked = join(work, "dist", "linux-unpacked");
  files = readAsar(await readFile(join(unpacked, "resources", "app.asar")));
}, 120_000);

afterAll(() => rm(work, { recursive: true, force: true }));

/** Everything of ours that may be in app.asar. */
const OURS = [
  /^package\.json$/,
  /^out\/main\/[\w-]+\.js$/,
  /^out\/preload\/preload\.cjs$/,
  /^out\/cli\/[\w-]+\.js$/,
  /^out\/renderer\/(?:index\.html|icon\.svg|assets\/[\w.-]+\.(?:js|css))$/,
  /^build\/icons\/tray\/tray-(?:idle|working|paused|attention)(?:-light|-dark|Template)(?:@[\d.]+x)?\.png$/,
];

test("of ours only what was built is in app.asar, and all of it", async () => {
  const ours = [...files.keys()].filter((path) => !path.startsWith("node_modules/"));
  expect(ours.filter((path) => !OURS.some((allowed) => allowed.test(path)))).toEqual([]);
  const built = await readdir(join(projectRoot, "out", "cli"));
  expect(ours.filter((path) => path.startsWith("out/cli/"))).toHaveLength(built.length);
  for (const path of [
    "out/main/main.js",
    "out/preload/preload.cjs",
    "out/cli/efs.js",
    "out/renderer/index.html",
  ])
    expect(files.get(path)?.length, path).toBeGreaterThan(0);
});

test("of packages exactly those that the program needs when it runs", async () => {
  const lock = JSON.parse(await readFile(join(projectRoot, "package-lock.json"), "utf8")) as {
    packages: Record<string, { dev?: boolean; devOptional?: boolean; optional?: boolean }>;
  };
  const needed = Object.entries(lock.packages)
    .filter(([path, { dev, devOptional }]) => path !== "" && !dev && !devOptional)
    .map(([path]) => nameOf(path));
  const packed = [...files.keys()]
    .filter((path) => path.startsWith("node_modules/") && path.endsWith("/package.json"))
    .filter((path) => /node_modules\/(?:@[^/]+\/)?[^/]+\/package\.json$/.test(path))
    .map((path) => nameOf(path.slice(0, -"/package.json".length)));
  expect([...new Set(packed)].sort()).toEqual([...new Set(needed)].sort());
});

const nameOf = (path: string): string =>
  path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);

test("no sources, tests, maps or secrets anywhere, and nothing of this computer", () => {
  const strange = [...files.keys()].filter((path) =>
    /\.(?:[mc]?tsx?|map|pem|key|env|eml|db|npmrc)$|\/\.env|(?:^|\/)(?:tests?|__tests__|fixtures)\//.test(
      path,
    ),
  );
  expect(strange).toEqual([]);
  const telling = [...files].filter(
    ([path, content]) => path.startsWith("out/") && content.includes(projectRoot.slice(0, -1)),
  );
  expect(telling.map(([path]) => path)).toEqual([]);
});

test("package.json says what is started, and nothing about how it is developed", async () => {
  const packed = JSON.parse(files.get("package.json")?.toString("utf8") ?? "{}") as Record<string, unknown>;
  const own = JSON.parse(await readFile(join(projectRoot, "package.json"), "utf8")) as Record<
    string,
    unknown
  >;
  expect({ main: packed["main"], type: packed["type"], version: packed["version"] }).toEqual({
    main: "out/main/main.js",
    type: "module",
    version: own["version"],
  });
  expect([packed["devDependencies"], packed["scripts"]]).toEqual([undefined, undefined]);
});

test("the fuses are set: it runs no other program than ours", async () => {
  expect(readFuses(await readFile(join(unpacked, "efs-mail-gateway")))).toEqual({
    runAsNode: false,
    cookieEncryption: true,
    nodeOptions: false,
    nodeInspect: false,
    asarIntegrity: true,
    onlyLoadAppFromAsar: true,
    browserSnapshot: false,
    fileProtocolPrivileges: false,
  });
});

test.skipIf(!withDeb)(
  "the .deb: its description, its menu entry, icons; its scripts do nothing surprising",
  async () => {
    const [deb = ""] = (await readdir(join(work, "dist"))).filter((name) => name.endsWith(".deb"));
    const path = join(work, "dist", deb);
    const dpkg = (...args: string[]): string => execFileSync("dpkg-deb", args, { encoding: "utf8" });
    const field = (name: string): string => dpkg("-f", path, name).trim();
    expect(["Package", "Section", "Architecture"].map(field)).toEqual(["efs-mail-gateway", "mail", "amd64"]);
    expect(field("Description")).toContain("POP3");

    const folder = join(work, "deb");
    execFileSync("dpkg-deb", ["-R", path, folder]);
    const entry = await readFile(join(folder, "usr/share/applications/efs-mail-gateway.desktop"), "utf8");
    expect(Object.fromEntries(entry.trim().split("\n").slice(1).map(keyAndValue))).toEqual({
      Name: "EFS Mail Gateway",
      Exec: `"/opt/EFS Mail Gateway/efs-mail-gateway" %U`,
      Terminal: "false",
      Type: "Application",
      Icon: "efs-mail-gateway",
      StartupWMClass: "EFS Mail Gateway",
      Comment:
        "Collects an office’s mail from POP3 mailboxes and forwards it to the office’s own mail server",
      Categories: "Network;Email;",
      Keywords: "mail;POP3;SMTP;gateway;",
    });
    const sizes = await readdir(join(folder, "usr/share/icons/hicolor"));
    expect(sizes).toEqual(expect.arrayContaining(["16x16", "32x32", "256x256", "512x512"]));

    const scripts = await Promise.all(
      ["postinst", "postrm"].map((name) => readFile(join(folder, "DEBIAN", name), "utf8")),
    );
    // The service is the administrator's own step, and mail is never deleted.
    expect(scripts.join("\n")).not.toMatch(/systemctl|useradd|adduser|crontab|\/var\/lib|\$HOME|curl|wget/);
  },
);

const keyAndValue = (line: string): readonly [string, string] => [
  line.slice(0, line.indexOf("=")),
  line.slice(line.indexOf("=") + 1),
];
