/** The short bench runs: everybody moved all mail. How fast is no matter here. */
import { spawnSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { describeWith } from "../support/skip.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { namedFiles } from "./first-page.ts";
import type { Run } from "./moving.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

function bench(...args: string[]) {
  return spawnSync(process.execPath, ["test/bench/bench.ts", "--no-install", ...args], {
    cwd: root,
    encoding: "utf8",
    timeout: 170_000,
  });
}

interface Report {
  readonly sections: readonly {
    readonly name: string;
    readonly figures: { readonly runs: readonly Run[] };
  }[];
}

describeWith("bench", "the short bench", () => {
  test("moves 200 messages with the gateway and with the ceiling, all of them checked", async () => {
    const out = join(await temporaryFolder(), "bench.json");
    const { status, stdout, stderr } = bench("--short", "--out", out);
    expect([status, stderr.replace(/^npm warn .*\n/gm, "")], stdout).toEqual([0, ""]);
    const { sections } = JSON.parse(await readFile(out, "utf8")) as Report;
    expect(sections.map(({ name }) => name)).toEqual(["small"]);
    const runs = sections[0]?.figures.runs ?? [];
    expect(runs.map(({ what }) => what)).toEqual(expect.arrayContaining(["efs", "ceiling"]));
    for (const { messages, fault, wall, peak } of runs) {
      expect([messages, fault, wall > 0, peak > 0]).toEqual([200, null, true, true]);
    }
    expect(stdout).toContain("| efs check");
  }, 180_000);
});

test("an option that is none: one sentence, how it is used, exit 2", () => {
  const { status, stdout, stderr } = bench("--only", "tiny");
  expect([status, stdout]).toEqual([2, ""]);
  expect(stderr).toMatch(/^bench: --only does not know "tiny"[^\n]*\nnpm run bench/);
});

test("the files that a page names are its scripts and styles", () => {
  const html =
    '<link rel="icon" href="/icon.svg"><script src="/assets/a-1.js"></script><link rel="modulepreload" href="/assets/b-2.js"><link href="/assets/c.css">';
  expect(namedFiles(html)).toEqual(["/assets/a-1.js", "/assets/b-2.js", "/assets/c.css"]);
});
