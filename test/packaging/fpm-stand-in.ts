/**
 * What electron-builder asks of fpm for a .deb, done with dpkg-deb: `fpm -s dir -t deb [options] FROM=TO ...`. Every
 * option has a value but for the ones named here.
 */
import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const FLAGS = ["--force", "--debug"];
const options = new Map<string, string[]>();
const files: string[] = [];
const args = process.argv.slice(2);
while (args.length > 0) {
  const name = args.shift() ?? "";
  if (FLAGS.includes(name)) continue;
  if (!name.startsWith("-")) files.push(name);
  else options.set(name, [...(options.get(name) ?? []), args.shift() ?? ""]);
}
const all = (name: string): string => (options.get(name) ?? []).join(", ");
if (all("-t") !== "deb") throw new Error(`only deb: ${all("-t")}`);

const root = mkdtempSync(join(tmpdir(), "efs-fpm-"));
try {
  for (const file of files) {
    const [from = "", to = ""] = file.split("=");
    mkdirSync(dirname(join(root, to)), { recursive: true });
    cpSync(from, join(root, to), { recursive: true });
  }
  const control = join(root, "DEBIAN");
  mkdirSync(control);
  chmodSync(root, 0o755);
  const [synopsis = "", ...description] = all("--description").split("\n");
  const lines = [
    `Package: ${all("--name")}`,
    `Version: ${all("--version")}`,
    `Architecture: ${all("--architecture")}`,
    `Maintainer: ${all("--maintainer")}`,
    `Depends: ${all("-d")}`,
    `Section: ${all("--category")}`,
    `Homepage: ${all("--url")}`,
    `Description: ${synopsis}`,
    ...description.map((line) => ` ${line.trim() || "."}`),
  ];
  writeFileSync(join(control, "control"), `${lines.join("\n")}\n`);
  for (const [option, name] of Object.entries({
    "--after-install": "postinst",
    "--after-remove": "postrm",
    "--before-remove": "prerm",
  })) {
    copyFileSync(all(option), join(control, name));
    chmodSync(join(control, name), 0o755);
  }
  // -Zgzip: the archive is looked at once.
  execFileSync("dpkg-deb", ["-Zgzip", "-z1", "--root-owner-group", "-b", root, all("--package")]);
} finally {
  rmSync(root, { recursive: true, force: true });
}
