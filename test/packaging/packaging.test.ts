/** The packages, built around stand-ins for Electron: what is in them, and how they are described. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { openDoubleLauncher } from "../desktop/double-driver.ts";
import { settingsInput } from "../support/sample-settings.ts";
import { describeWith } from "../support/skip.ts";
import { buildProgram, makeFpm, packageApp, projectRoot } from "./package-app.ts";
import { extract, readAsar } from "./read-asar.ts";
import {
  MAC_FRAMEWORK,
  makeLinuxElectron,
  makeMacElectron,
  makeWindowsElectron,
  readFuses,
  readResources,
} from "./stand-in-electron.ts";

const hasDpkg = existsSync("/usr/bin/dpkg-deb");

/** The fuses as they have to be. */
const SET = {
  runAsNode: false,
  cookieEncryption: true,
  nodeOptions: false,
  nodeInspect: false,
  asarIntegrity: true,
  onlyLoadAppFromAsar: true,
  browserSnapshot: false,
  fileProtocolPrivileges: false,
};

let work: string;
/** Of Linux. */
let unpacked: string;
let files: ReadonlyMap<string, Buffer>;

// Both at once, from one build.
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), "efs-package-"));
  await buildProgram();
  const [linux, windows, mac] = [join(work, "linux"), join(work, "windows"), join(work, "mac")];
  await makeLinuxElectron(join(linux, "electron"));
  await makeWindowsElectron(join(windows, "electron"));
  await makeMacElectron(join(mac, "electron"));
  // Signing again what was changed needs a Mac.
  const unsigned = "-c.electronFuses.resetAdHocDarwinSignature=false";
  const fpm = { CUSTOM_FPM_PATH: await makeFpm(work) };
  await Promise.all([
    packageApp(["--linux", hasDpkg ? "deb" : "dir"], join(linux, "electron"), join(linux, "dist"), fpm),
    packageApp(["--win", "dir", "--x64"], join(windows, "electron"), join(windows, "dist")),
    packageApp(["--mac", "dir", "--x64", unsigned], join(mac, "electron"), join(mac, "dist")),
  ]);
  unpacked = join(linux, "dist", "linux-unpacked");
  files = readAsar(await readFile(join(unpacked, "resources", "app.asar")));
}, 180_000);

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
  expect(packed["desktopName"]).toBe("efs-mail-gateway.desktop");
  // The updater reads its facts there; the address is none that exists.
  expect(await readFile(join(unpacked, "resources", "app-update.yml"), "utf8")).toContain(
    "url: https://efs-mail-gateway.invalid/updates",
  );
});

test("the fuses are set: it runs no other program than ours", async () => {
  expect(readFuses(await readFile(join(unpacked, "efs-mail-gateway")))).toEqual(SET);
});

describeWith("browser", "the packaged app, with a double of Electron", () => {
  test("runs by itself: its command line, and its tray", { timeout: 60_000 }, async () => {
    // Outside of the project: nothing but what is in app.asar can be found.
    const app = join(work, "app");
    await extract(files, app);
    const main = pathToFileURL(join(app, "out", "main", "main.js")).href;
    const launcher = await openDoubleLauncher({ EFS_DOUBLE_MAIN: main });
    onTestFinished(() => launcher.close());
    const data = join(work, "data");
    const { version } = JSON.parse(files.get("package.json")?.toString("utf8") ?? "{}") as {
      version: string;
    };
    expect(await launcher.run(data, ["--cli", "--version"])).toMatchObject({
      code: 0,
      stdout: `${version}\n`,
    });

    await mkdir(data, { recursive: true });
    const settings = { version: 1, ...settingsInput(), accounts: [] };
    await writeFile(join(data, "settings.json"), JSON.stringify(settings));
    const checked = await launcher.run(data, ["--cli", "check", "--json"]);
    expect([checked.code, checked.stderr]).toEqual([0, ""]);

    const desktop = await launcher.launch({ dataDirectory: data, args: ["--hidden"] });
    expect((await desktop.ask("tray")).tooltip).toContain("EFS Mail Gateway");
    // It may have ended before it has answered.
    await desktop.ask("quit").catch(() => undefined);
    expect((await desktop.ended).code).toBe(0);
  });
});

describeWith("debian-tools", "the .deb", () => {
  test("has its description, its menu entry and icons; its scripts do nothing surprising", async () => {
    const [deb = ""] = (await readdir(join(work, "linux", "dist"))).filter((name) => name.endsWith(".deb"));
    const path = join(work, "linux", "dist", deb);
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
      StartupWMClass: "efs-mail-gateway",
      Comment:
        "Collects an office’s mail from POP3 mailboxes and forwards it to the office’s own mail server",
      Categories: "Network;Email;",
      Keywords: "mail;POP3;SMTP;gateway;",
    });
    const command = join(folder, "usr/bin/efs");
    expect((await stat(command)).mode & 0o777).toBe(0o755);
    const { options, path: program } = efsCommand(await readFile(command, "utf8"));
    // As the service starts it, and as it is called in the package.
    expect(options).toBe("--ozone-platform=headless --disable-gpu --no-sandbox --cli");
    expect(existsSync(join(folder, program))).toBe(true);
    const sizes = await readdir(join(folder, "usr/share/icons/hicolor"));
    expect(sizes).toEqual(expect.arrayContaining(["16x16", "32x32", "256x256", "512x512"]));

    const scripts = await Promise.all(
      ["postinst", "postrm"].map((name) => readFile(join(folder, "DEBIAN", name), "utf8")),
    );
    // A service goes with its program, by its own command.
    expect(await readFile(join(folder, "DEBIAN", "prerm"), "utf8")).toContain(
      "/usr/bin/efs service remove || true",
    );
    // Installing it is the administrator's own step, and mail is never deleted.
    expect(scripts.join("\n")).not.toMatch(/systemctl|useradd|adduser|crontab|\/var\/lib|\$HOME|curl|wget/);
  });
});

test("the Windows program says what it is and which app.asar belongs to it; its fuses are set", async () => {
  const folder = join(work, "windows", "dist", "win-unpacked");
  const program = await readFile(join(folder, "EFS Mail Gateway.exe"));
  expect(await readFile(join(folder, "efs.cmd"), "utf8")).toContain(
    '"%~dp0EFS Mail Gateway.exe" --cli %*\r\n',
  );
  const { version } = JSON.parse(await readFile(join(projectRoot, "package.json"), "utf8")) as {
    version: string;
  };
  const { strings, integrity } = readResources(program);
  expect(strings).toMatchObject({
    ProductName: "EFS Mail Gateway",
    FileDescription: "EFS Mail Gateway",
    InternalName: "EFS Mail Gateway",
    ProductVersion: expect.stringContaining(version),
  });
  const archive = await readFile(join(folder, "resources", "app.asar"));
  expect(integrity).toEqual([{ file: "resources\\app.asar", alg: "SHA256", value: headerHash(archive) }]);
  expect(readFuses(program)).toEqual(SET);
});

test("the app for macOS says what it is and which app.asar belongs to it; its fuses are set", async () => {
  const contents = join(work, "mac", "dist", "mac", "EFS Mail Gateway.app", "Contents");
  const info = await readFile(join(contents, "Info.plist"), "utf8");
  const named = (key: string): string | undefined =>
    new RegExp(`<key>${key}</key>\\s*<string>([^<]*)</string>`).exec(info)?.[1];
  const archive = await readFile(join(contents, "Resources", "app.asar"));
  expect(["CFBundleName", "CFBundleIdentifier", "LSApplicationCategoryType", "hash"].map(named)).toEqual([
    "EFS Mail Gateway",
    "org.efs-mail-gateway",
    "public.app-category.business",
    headerHash(archive),
  ]);
  expect(await readFile(join(contents, "Resources", named("CFBundleIconFile") ?? ""))).toEqual(
    await readFile(join(projectRoot, "build", "icons", "icon.icns")),
  );
  expect(readFuses(await readFile(join(contents, MAC_FRAMEWORK)))).toEqual(SET);
});

/** What Electron compares before it loads anything of it. */
const headerHash = (archive: Buffer): string =>
  createHash("sha256")
    .update(archive.subarray(16, 16 + archive.readUInt32LE(12)))
    .digest("hex");

const efsCommand = (script: string): { readonly path: string; readonly options: string } => {
  const [, path = "", options = ""] = /^exec "([^"]+)" (.*) "\$@"$/m.exec(script) ?? [];
  return { path, options };
};

const keyAndValue = (line: string): readonly [string, string] => [
  line.slice(0, line.indexOf("=")),
  line.slice(line.indexOf("=") + 1),
];
