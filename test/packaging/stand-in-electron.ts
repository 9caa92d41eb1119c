/**
 * Electron distributions as far as packaging looks at them: the files and folders it expects, and programs that carry
 * the fuses' mark (and on Windows a version resource). None of them can run.
 */
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const SENTINEL = "dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX";
/** In the order in which their states lie behind the mark. */
const FUSES = [
  "runAsNode",
  "cookieEncryption",
  "nodeOptions",
  "nodeInspect",
  "asarIntegrity",
  "onlyLoadAppFromAsar",
  "browserSnapshot",
  "fileProtocolPrivileges",
] as const;

/** As Electron is delivered. */
const DELIVERED = "10110001";

/** Behind the mark: version 1, how many, and a digit for each. */
const fuseWire = Buffer.concat([
  Buffer.from(SENTINEL, "latin1"),
  Buffer.from([1, FUSES.length]),
  Buffer.from(DELIVERED, "latin1"),
]);

export function readFuses(program: Buffer): Readonly<Record<(typeof FUSES)[number], boolean>> {
  const at = program.indexOf(SENTINEL, 0, "latin1") + SENTINEL.length;
  const states = FUSES.map((name, index) => [name, program[at + 2 + index] === 0x31] as const);
  return Object.fromEntries(states) as Record<(typeof FUSES)[number], boolean>;
}

export async function makeLinuxElectron(folder: string): Promise<void> {
  await makeCommon(folder);
  const program = Buffer.concat([Buffer.from("\x7fELF stand-in\n", "latin1"), fuseWire]);
  for (const name of ["electron", "chrome-sandbox", "chrome_crashpad_handler"]) {
    await writeFile(join(folder, name), program);
    await chmod(join(folder, name), 0o755);
  }
}

export async function makeWindowsElectron(folder: string): Promise<void> {
  await makeCommon(folder);
  await writeFile(join(folder, "electron.exe"), windowsProgram());
}

/** The fuses of macOS lie in the framework that all of its programs share. */
export const MAC_FRAMEWORK = "Frameworks/Electron Framework.framework/Electron Framework";

export async function makeMacElectron(folder: string): Promise<void> {
  const app = "Electron.app/Contents";
  const helpers = ["", " (Renderer)", " (GPU)", " (Plugin)"].map((kind) => `Electron Helper${kind}`);
  const files: readonly (readonly [string, string | Buffer])[] = [
    ["LICENSE", "LICENSE"],
    ["version", "version"],
    [`${app}/Info.plist`, infoPlist("Electron")],
    [`${app}/MacOS/Electron`, "stand-in"],
    [`${app}/Resources/electron.icns`, "stand-in"],
    [`${app}/${MAC_FRAMEWORK}`, fuseWire],
    ...helpers.flatMap((name) => [
      [`${app}/Frameworks/${name}.app/Contents/Info.plist`, infoPlist(name)] as const,
      [`${app}/Frameworks/${name}.app/Contents/MacOS/${name}`, "stand-in"] as const,
    ]),
  ];
  for (const [path, content] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content, { mode: 0o755 });
  }
}

const infoPlist = (program: string): string => `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict>
<key>CFBundleExecutable</key><string>${program}</string>
<key>CFBundleIdentifier</key><string>com.github.${program}</string>
</dict></plist>
`;

async function makeCommon(folder: string): Promise<void> {
  await mkdir(join(folder, "locales"), { recursive: true });
  await mkdir(join(folder, "resources"));
  for (const name of ["version", "LICENSE", "LICENSES.chromium.html", "locales/en-US.pak"]) {
    await writeFile(join(folder, name), name);
  }
}

/** The smallest program with resources in which a version can be written. */
function windowsProgram(): Buffer {
  const executable = resedit.NtExecutable.createEmpty(false, false);
  const resource = resedit.NtExecutableResource.from(executable);
  const version = resedit.Resource.VersionInfo.createEmpty();
  version.lang = 1033;
  version.setStringValues({ lang: 1033, codepage: 1200 }, { ProductName: "Electron" });
  version.outputToResourceEntries(resource.entries);
  resource.outputResource(executable);
  return Buffer.concat([Buffer.from(executable.generate()), fuseWire]);
}

/** The version strings of a Windows program, and its resource that names what app.asar has to be. */
export function readResources(program: Buffer): {
  readonly strings: Readonly<Record<string, string>>;
  readonly integrity: unknown;
} {
  const resource = resedit.NtExecutableResource.from(resedit.NtExecutable.from(program));
  const [version] = resedit.Resource.VersionInfo.fromEntries(resource.entries);
  const [language] = version?.getAllLanguagesForStringValues() ?? [];
  const integrity = resource.entries.find(({ type, id }) => type === "INTEGRITY" && id === "ELECTRONASAR");
  return {
    strings: language === undefined ? {} : (version?.getStringValues(language) ?? {}),
    integrity: integrity && JSON.parse(Buffer.from(integrity.bin).toString("utf8")),
  };
}

/** What electron-builder itself edits Windows programs with; so much of it as is used here. */
interface Resedit {
  readonly NtExecutable: {
    createEmpty(is32Bit: boolean, isDll: boolean): Executable;
    from(program: Buffer): Executable;
  };
  readonly NtExecutableResource: { from(executable: Executable): ExecutableResource };
  readonly Resource: {
    readonly VersionInfo: { createEmpty(): Version; fromEntries(entries: readonly Entry[]): Version[] };
  };
}

interface Executable {
  generate(): ArrayBuffer;
}

interface Entry {
  readonly type: string | number;
  readonly id: string | number;
  readonly bin: ArrayBuffer;
}

interface ExecutableResource {
  readonly entries: Entry[];
  outputResource(executable: Executable): void;
}

interface Language {
  readonly lang: number;
  readonly codepage: number;
}

interface Version {
  lang: number | string;
  setStringValues(language: Language, values: Readonly<Record<string, string>>): void;
  getStringValues(language: Language): Record<string, string>;
  getAllLanguagesForStringValues(): Language[];
  outputToResourceEntries(entries: Entry[]): void;
}

const load = createRequire(createRequire(import.meta.url).resolve("electron-builder"));
const resedit = load("resedit") as Resedit;
