/**
 * Tests that need something from outside, and the only way to skip them: by name, with the reason in the title.
 *
 * With CI=true only `corpus` and `real-electron` may skip; where the real servers or the browser are missing, their tests
 * fail. Who asks for Electron itself (`EFS_DESKTOP=real`) may not skip that either.
 */
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, test } from "vitest";
import { whyNoBench, whyNoBrowser, whyNoRealServers } from "../servers/real-servers.ts";

export type SkipName = "real-servers" | "bench" | "browser" | "debian-tools" | "corpus" | "real-electron";

const ALLOWED_IN_CI: readonly SkipName[] = ["corpus", "real-electron"];

/** Look at packages and units; every Debian with systemd has them. */
const DEBIAN_TOOLS = ["/usr/bin/dpkg-deb", "/usr/bin/systemd-analyze"];

const projectRoot = fileURLToPath(new URL("../../", import.meta.url));

/** The folder of real messages: `EFS_CORPUS`, or `shared/corpus` beside the project; it need not be there. */
export function corpusFolder(): string {
  return resolve(projectRoot, process.env["EFS_CORPUS"] ?? "../shared/corpus");
}

function whyNot(name: SkipName): string | null {
  switch (name) {
    case "real-servers":
      return whyNoRealServers();
    case "bench":
      return whyNoBench();
    case "browser":
      return whyNoBrowser();
    case "debian-tools": {
      const absent = DEBIAN_TOOLS.filter((tool) => !existsSync(tool));
      return absent.length === 0 ? null : `no ${absent.join(", ")}`;
    }
    case "corpus":
      return existsSync(corpusFolder()) ? null : `no folder ${corpusFolder()} (set EFS_CORPUS)`;
    case "real-electron":
      return electronProgram() === null ? "Electron's program is not installed" : null;
  }
}

/** Where Electron's own package has put its program; null: it was never downloaded. */
export function electronProgram(): string | null {
  const folder = resolve(projectRoot, "node_modules", "electron");
  const name = join(folder, "path.txt");
  if (!existsSync(name)) return null;
  const program = join(folder, "dist", readFileSync(name, "utf8").trim());
  return existsSync(program) ? program : null;
}

function mayNotSkip(name: SkipName): boolean {
  if (name === "real-electron" && process.env["EFS_DESKTOP"] === "real") return true;
  return process.env["CI"] === "true" && !ALLOWED_IN_CI.includes(name);
}

/** `describe`, if it can be: else skipped, or failing where a skip is not allowed. */
export function describeWith(name: SkipName, title: string, tests: () => void): void {
  const reason = whyNot(name);
  if (reason === null) {
    describe(title, tests);
    return;
  }
  const full = `${title} [skipped: ${name}: ${reason}]`;
  if (mayNotSkip(name)) {
    describe(title, () => {
      test(`needs ${name}`, () => {
        throw new Error(`${name} may not be skipped here: ${reason}`);
      });
    });
    return;
  }
  console.log(`skipped: ${full}`);
  // The tests themselves are not even collected: what they need while they are declared is not there.
  describe.skip(full, () => {
    test("all of it", () => {});
  });
}
