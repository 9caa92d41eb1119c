/** Settings and command lines that are wrong: exit 2, each problem with its path, nothing begun or changed. */
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { accountFor, efs, officeSettings } from "../support/office-folder.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { expectPlain, masked, PATIENT, startOffice } from "./office.ts";

const GOOD = officeSettings({ pop3: 110, smtp: 25 });

test("settings.json: syntax, types, unknown keys, newer version, a folder, missing", PATIENT, async () => {
  const office = await startOffice();
  const path = join(office.data, "settings.json");
  const stored = JSON.parse(await readFile(path, "utf8")) as Record<string, unknown>;
  const invalid = (why: string): string =>
    `efs: The settings file DATA/settings.json is not valid: ${why}. Correct the file, or import good settings with: efs import FILE.\n`;
  const files: readonly (readonly [string, string])[] = [
    [
      '{"accounts": [\n  {"id": "main",, }\n]}',
      invalid("not valid JSON in line 2, column 17: a name in double quotes is expected here"),
    ],
    ["\n", invalid("not valid JSON in line 2, column 1: the file is empty")],
    [
      JSON.stringify({
        ...stored,
        accounts: [accountFor("many" as never)],
        domains: { primary: "not a domain" },
        smtp: { host: "127.0.0.1", conections: 4 },
        postmaster: undefined,
      }),
      invalid(
        "accounts[0].port: must be a number, not text; domains.primary: is not a domain name, like example.com; smtp.conections: there is no such setting; check the spelling, or remove it; postmaster: is missing",
      ),
    ],
    [
      JSON.stringify({ ...stored, version: 99 }),
      "efs: The settings file DATA/settings.json was written by a newer program (version 99 of the file). Install the newer program again; nothing was changed.\n",
    ],
  ];
  for (const [content, sentence] of files) {
    await writeFile(path, content);
    const finished = await office.check();
    expect([finished.code, finished.stdout, office.told(finished)]).toEqual([2, "", sentence]);
    expect(await readFile(path, "utf8")).toBe(content);
  }
  await rm(path);
  const missing = await office.check();
  expect([missing.code, office.told(missing)]).toEqual([
    2,
    "efs: There are no settings in DATA yet. Import some with: efs import FILE.\n",
  ]);
  await mkdir(path);
  const folder = await office.check();
  expect([folder.code, office.told(folder)]).toEqual([
    2,
    "efs: Reading the settings file DATA/settings.json failed: it is a folder. Check the path.\n",
  ]);
  expect(office.pop3.counts().sessions).toBe(0);
});

test("settings.json as a power cut leaves it: put aside and named, and mail goes on", PATIENT, async () => {
  const office = await startOffice();
  const path = join(office.data, "settings.json");
  const good = await readFile(path);
  for (const damaged of [Buffer.alloc(0), good.subarray(0, 500), Buffer.alloc(good.length)]) {
    await writeFile(path, damaged);
    // Who does not own the data only reads.
    const exported = await efs(["export", "--data", office.data]);
    expect([exported.code, exported.stderr, (await readFile(path)).equals(damaged)]).toEqual([0, "", true]);
    const finished = await office.check();
    expect(finished.code).toBe(0);
    expect(office.told(finished)).toMatch(
      /^efs: DATA\/settings\.json was damaged; it is kept as settings\.json\.damaged-\d{8}T\d{6}Z, and the last good settings were put in its place\. Mail goes on\. Look whether the settings are as you want them, and check the disk\.\n$/,
    );
    expectPlain(finished);
    expect((await readFile(path)).equals(good)).toBe(true);
  }
  expect(office.arrived()).toHaveLength(4);
});

test("import: whatever is in the file", PATIENT, async () => {
  const folder = await temporaryFolder();
  const data = join(folder, "data");
  const file = join(folder, "file.json");
  const bad: readonly (readonly [string | Buffer, string])[] = [
    ["", "The settings: not valid JSON in line 1, column 1: the file is empty"],
    [
      "accounts = none\n",
      "The settings: not valid JSON in line 1, column 1: a value is expected here: text in double quotes, a number, true, false, null, { or [",
    ],
    ["[]", "The settings: must be a group in { }, not a list"],
    ["x".repeat(9_000_000), "The settings: the file is larger than 8 MB, which no settings are"],
    [
      Buffer.from([0xff, 0xfe, 0x41, 0]),
      "The settings: the text is not UTF-8; save the file with this encoding",
    ],
    ["\ufeff{}", "domains: is missing\nsmtp: is missing\npostmaster: is missing"],
    [
      '{"accounts":[],"accounts":[]}',
      'The settings: not valid JSON in line 1, column 16: "accounts" is given twice in the same group',
    ],
    ['{"version":7}', "version: is 7, from a newer program; this one knows 1"],
    [
      "[".repeat(100_000),
      "The settings: not valid JSON in line 1, column 66: there are too many groups inside each other",
    ],
  ];
  for (const [content, problems] of bad) {
    await writeFile(file, content);
    const finished = await efs(["import", file, "--data", data]);
    expect([finished.code, finished.stdout, masked(finished.stderr, folder)]).toEqual([
      2,
      "",
      `${problems}\nefs: The settings in DATA/file.json are not valid; nothing was imported. Correct them and import them again.\n`,
    ]);
  }
  const places = [
    [folder, "efs: Reading DATA failed: it is a folder. Check the path.\n"],
    [
      join(folder, "none"),
      "efs: Reading DATA/none failed: there is no such file or folder. Check the path.\n",
    ],
  ] as const;
  for (const [path, sentence] of places) {
    const finished = await efs(["import", path, "--data", data]);
    expect([finished.code, masked(finished.stderr, folder)]).toEqual([2, sentence]);
  }
  // With a byte order mark, as Notepad writes it.
  await writeFile(file, `\ufeff${JSON.stringify(GOOD)}`);
  expect(await efs(["import", file, "--data", data])).toEqual({
    code: 0,
    stdout: "Imported: 1 account.\n",
    stderr: "",
  });
});

test("command lines", PATIENT, async () => {
  const office = await startOffice();
  const lines: readonly (readonly [readonly string[], string])[] = [
    [["frobnicate"], "error: unknown command 'frobnicate'\n(efs --help shows how)\n"],
    [["check", "--frob"], "error: unknown option '--frob'\n(efs --help shows how)\n"],
    [["check", "--data"], "error: option '--data <directory>' argument missing\n(efs --help shows how)\n"],
    [
      ["serve", "--port", "99999"],
      "error: option '--port <number>' argument '99999' is invalid. It is a number from 0 to 65535.\n(efs --help shows how)\n",
    ],
    [
      ["queue", "--folder", "Drafts", "--data", office.data],
      'efs: There is no folder "Drafts". Use one of Inbox, Errors, Junk, Backup.\n',
    ],
    [
      ["check", "--account", "nobody", "--data", office.data],
      'efs: There is no account "nobody" in the settings. The accounts are: main.\n',
    ],
  ];
  for (const [args, sentence] of lines) {
    const finished = await efs(args);
    expect([args, finished.code, finished.stdout, finished.stderr]).toEqual([args, 2, "", sentence]);
    expectPlain(finished);
  }
  expect(office.pop3.counts().sessions).toBe(0);
});
