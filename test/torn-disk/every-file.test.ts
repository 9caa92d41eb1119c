/**
 * Each operation on a file of the data folder, whatever part of the program asks for it, fails once in every way: in a
 * check, and in each command that writes. What is said is said in words; afterwards the mail is all there, each message
 * once, and a file is the old one or the new one.
 */
// Before anything of the program.
import "./fail-here.ts";
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { expectPlain } from "../bad-input/office.ts";
import type { Finished } from "../support/run-efs-process.ts";
import { failHere } from "./fail-here.ts";
import { type WholeOffice, wholeOffice } from "./whole-office.ts";

const LONG = process.env["EFS_LONG"] === "1";
const SLOW = { timeout: LONG ? 1_800_000 : 120_000 };
const CODES = ["ENOSPC", "EIO", "EACCES", "EMFILE"];

let office: WholeOffice;
/** The data folder before each try. */
let whole: string;

beforeEach(async () => {
  office = await wholeOffice();
  whole = `${office.data}.whole`;
  await office.prepare();
  cpSync(office.data, whole, { recursive: true });
});
afterEach(() => {
  failHere.below = "";
});

/**
 * Each operation, with EFS_LONG=1 in each way, else every so many-th in one of them, on a copy of the data folder. Gives
 * how many there are.
 */
async function eachFails(
  stride: number,
  run: () => Promise<Finished>,
  judge: (what: string, finished: Finished) => Promise<void>,
): Promise<number> {
  let total = 0;
  let tried = 0;
  for (let at = 0; at <= total; at += at === 0 || LONG ? 1 : stride) {
    const codes = LONG && at > 0 ? CODES : [CODES[tried % CODES.length] ?? ""];
    for (const code of codes) {
      rmSync(office.data, { recursive: true });
      cpSync(whole, office.data, { recursive: true });
      Object.assign(failHere, { below: office.data, count: 0, at, code, failed: "" });
      const finished = await run();
      failHere.below = "";
      // The first time nothing fails.
      if (at === 0) total = failHere.count;
      else tried += 1;
      const what = at === 0 ? "nothing" : `${at}. ${failHere.failed}: ${code}`;
      const bugs = [...(finished.stderr.match(/.*fault in the program.*/) ?? []), ...office.faults()];
      expect([what, bugs]).toEqual([what, []]);
      expectPlain(finished);
      if (finished.code !== 0) expect([what, finished.stdout + finished.stderr]).not.toEqual([what, ""]);
      await judge(what, finished);
    }
  }
  console.log(`${total} operations, ${tried} failures`);
  return total;
}

test("in a check: collecting, delivering, refusals, reports, copies, lists, logs", SLOW, async () => {
  const total = await eachFails(
    11,
    () => {
      office.mail();
      return office.efs(["check"]);
    },
    (what) => office.expectWhole(what),
  );
  expect(total).toBeGreaterThan(100);
});

const changed = (office: WholeOffice): string =>
  JSON.stringify({ ...office.settings, domains: { primary: "office.test", secondary: ["second.test"] } });

/** Name, what is done, and what is to be seen of it: before, and once it is done. */
const WRITING: readonly (readonly [
  string,
  (office: WholeOffice) => Promise<Finished>,
  (office: WholeOffice) => unknown,
])[] = [
  [
    "new settings",
    (o) => o.efs(["import", "-"], changed(o)),
    ({ data }) => JSON.parse(readFileSync(join(data, "settings.json"), "utf8")).domains.secondary,
  ],
  [
    "a list of users",
    (o) => o.efs(["users", "import", "-"], "ada@office.test\nnobody@office.test\nben@office.test\n"),
    ({ data }) => readFileSync(join(data, "efsusers.txt"), "utf8").includes("ben@"),
  ],
  [
    "a list of aliases",
    (o) => o.efs(["aliases", "import", "-"], "info@office.test = ada@office.test\n"),
    ({ data }) => readFileSync(join(data, "efsalias.txt"), "utf8").includes("info@"),
  ],
  ["a password of the pages", (o) => o.efs(["web-password"], "a long pass phrase\n"), () => null],
  ["serving, and its end", (o) => o.efs(["serve", "--port", "0"], "", /token=/), () => null],
];

test.each(WRITING)("%s", SLOW, async (_name, run, look) => {
  const before = look(office);
  let after: unknown;
  const total = await eachFails(
    8,
    () => run(office),
    async (what, { code }) => {
      const seen = look(office);
      if (what === "nothing") {
        expect(code).toBe(0);
        after = seen;
      }
      // Whoever was told that it is done has it; whoever was told that it failed has what was, or what was to be.
      expect([what, seen]).toEqual([
        what,
        code === 0 ? after : JSON.stringify(seen) === JSON.stringify(after) ? after : before,
      ]);
      const now = await office.efs(["status"]);
      expect([what, now.code, now.stderr]).toEqual([what, 0, ""]);
    },
  );
  expect(total).toBeGreaterThan(10);
});

test("a message saved to a file, and the explanation of a file", SLOW, async () => {
  office.mail();
  await office.efs(["check"]);
  rmSync(whole, { recursive: true });
  cpSync(office.data, whole, { recursive: true });
  const file = join(office.data, "some.eml");
  writeFileSync(join(whole, "some.eml"), "To: ada@office.test\r\n\r\n");
  await eachFails(
    6,
    () => office.efs(["resolve", file]),
    async () => undefined,
  );
  const { stdout } = await office.efs(["queue", "--folder", "Errors"]);
  const id = /[0-9A-F]{12}/.exec(stdout)?.[0] ?? "";
  const to = join(office.data, "saved.eml");
  await eachFails(
    6,
    () => office.efs(["save", id, "--to", to]),
    async (what, { code }) => {
      const saved = readFileIfThere(to);
      // All of it or nothing.
      expect([what, saved === null || saved.includes("X-Sample")]).toEqual([what, true]);
      expect([what, saved !== null]).toEqual([what, code === 0]);
    },
  );
});

function readFileIfThere(path: string): string | null {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return null;
  }
}
