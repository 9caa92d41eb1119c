/**
 * Tests that need something from outside, and the only way to skip them: by name, with the reason in the title.
 *
 * With CI=true only `corpus` may skip; where the real servers or the browser are missing, their tests fail.
 */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, test } from "vitest";
import { whyNoBrowser, whyNoRealServers } from "../servers/real-servers.ts";

export type SkipName = "real-servers" | "browser" | "corpus";

const ALLOWED_IN_CI: readonly SkipName[] = ["corpus"];

const projectRoot = fileURLToPath(new URL("../../", import.meta.url));

/** The folder of real messages: `EFS_CORPUS`, or `shared/corpus` beside the project; it need not be there. */
export function corpusFolder(): string {
  return resolve(projectRoot, process.env["EFS_CORPUS"] ?? "../shared/corpus");
}

function whyNot(name: SkipName): string | null {
  switch (name) {
    case "real-servers":
      return whyNoRealServers();
    case "browser":
      return whyNoBrowser();
    case "corpus":
      return existsSync(corpusFolder()) ? null : `no folder ${corpusFolder()} (set EFS_CORPUS)`;
  }
}

/** `describe`, if it can be: else skipped, or failing where a skip is not allowed. */
export function describeWith(name: SkipName, title: string, tests: () => void): void {
  const reason = whyNot(name);
  if (reason === null) {
    describe(title, tests);
    return;
  }
  const full = `${title} [skipped: ${name}: ${reason}]`;
  if (process.env["CI"] === "true" && !ALLOWED_IN_CI.includes(name)) {
    describe(title, () => {
      test(`needs ${name}`, () => {
        throw new Error(`${name} may not be skipped in CI: ${reason}`);
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
