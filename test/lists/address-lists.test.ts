/** efsusers.txt and efsalias.txt in a real folder: what is in force, what is told, and how often. */
import { mkdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type AddressLists, openAddressLists, readAddressLists } from "../../core/lists/address-lists.ts";
import { importList } from "../../core/lists/import-list.ts";
import { ProblemError } from "../../core/model/problem.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

class Office {
  readonly folder: string;
  readonly alerts: string[] = [];
  readonly logs: string[] = [];
  #told: unknown = null;
  #minute = 0;

  constructor(folder: string) {
    this.folder = folder;
  }

  open(): Promise<AddressLists> {
    return openAddressLists({
      dataDirectory: this.folder,
      log: ({ text }) => void this.logs.push(text),
      raiseAlert: ({ problem }) => void this.alerts.push(problem.code),
      told: {
        read: () => this.#told,
        write: async (versions) => {
          this.#told = JSON.parse(JSON.stringify(versions));
        },
      },
    });
  }

  /** Each write has a time of its own, however fast the test is. */
  async write(name: string, content: string | Buffer): Promise<void> {
    const path = join(this.folder, name);
    await writeFile(path, content);
    this.#minute += 1;
    await utimes(path, 0, 1_000_000 + 60 * this.#minute);
  }

  users(count: number): Promise<void> {
    return this.write(
      "efsusers.txt",
      Array.from({ length: count }, (_, n) => `u${n}@office.example\n`).join(""),
    );
  }

  count(lists: AddressLists): number | null {
    return lists.inForce().users?.size ?? null;
  }

  /** What was told since the last call. */
  news(): string[] {
    return this.alerts.splice(0);
  }
}

const office = async (): Promise<Office> => new Office(await temporaryFolder());

describe("users", () => {
  test("no file: no list; a file, and a change of it: in force at the next check", async () => {
    const it = await office();
    const lists = await it.open();
    expect([it.count(lists), lists.status()[1]]).toEqual([
      null,
      {
        list: "users",
        path: join(it.folder, "efsusers.txt"),
        inForce: "none",
        entries: 0,
        lineProblems: [],
        lineProblemCount: 0,
        problem: null,
      },
    ]);
    await it.users(3);
    await lists.refresh();
    expect([it.count(lists), lists.status()[1]?.inForce]).toEqual([3, "file"]);
    const three = lists.inForce();
    await lists.refresh();
    expect(lists.inForce()).toBe(three);
    await it.users(5);
    await lists.refresh();
    expect([it.count(lists), it.news()]).toEqual([5, []]);
  });

  test("empty or less than half as long: the last good list stays, told once for each version", async () => {
    const it = await office();
    await it.users(10);
    const lists = await it.open();
    for (const [content, shown] of [
      ["", "is empty. The last good list, of 10, stays in force."],
      ["# nobody\n", "is empty. The last good list, of 10, stays in force."],
      [
        "u1@office.example\nu2@office.example\n",
        "has only 2 addresses; it had 10. The last good list, of 10, stays in force.",
      ],
    ] as const) {
      await it.write("efsusers.txt", content);
      await lists.refresh();
      await lists.refresh();
      expect([it.count(lists), it.news(), lists.status()[1]?.inForce]).toEqual([
        10,
        ["list-not-believed"],
        "last-good",
      ]);
      expect(lists.status()[1]?.problem?.what).toContain(shown);
    }
    await it.users(5);
    await lists.refresh();
    expect([it.count(lists), it.news(), lists.status()[1]?.problem]).toEqual([5, [], null]);
  });

  test("the last good list outlives restarts, and so does what was told", async () => {
    const it = await office();
    await it.users(10);
    await it.open();
    await it.users(4);
    const counts: (number | null)[] = [];
    for (let start = 0; start < 3; start += 1) counts.push(it.count(await it.open()));
    expect([counts, it.news()]).toEqual([[10, 10, 10], ["list-not-believed"]]);
    expect((await readAddressLists(it.folder)).users?.size).toBe(10);
  });

  test("an empty file where there was no list: everybody is known, with an alert", async () => {
    const it = await office();
    await it.write("efsusers.txt", "\r\n");
    const lists = await it.open();
    expect([it.count(lists), it.news()]).toEqual([null, ["list-not-believed"]]);
    expect(lists.status()[1]?.problem?.what).toContain("No list is in force: every user counts as known.");
  });

  test("a deleted file switches the list off, and a new one of any length is believed", async () => {
    const it = await office();
    await it.users(10);
    const lists = await it.open();
    await rm(join(it.folder, "efsusers.txt"));
    await lists.refresh();
    expect([it.count(lists), it.news()]).toEqual([null, []]);
    await it.users(2);
    await lists.refresh();
    expect([it.count(lists), it.news()]).toEqual([2, []]);
    expect(it.count(await it.open())).toBe(2);
  });

  test("unreadable: the last good list stays, told once; readable again: taken", async () => {
    const it = await office();
    await it.users(4);
    const lists = await it.open();
    await rm(join(it.folder, "efsusers.txt"));
    await mkdir(join(it.folder, "efsusers.txt"));
    for (let check = 0; check < 3; check += 1) await lists.refresh();
    expect([it.count(lists), it.news(), lists.status()[1]?.inForce]).toEqual([
      4,
      ["list-unreadable"],
      "last-good",
    ]);
    expect(it.count(await it.open())).toBe(4);
    await rm(join(it.folder, "efsusers.txt"), { recursive: true });
    await it.users(6);
    await lists.refresh();
    expect(it.count(lists)).toBe(6);
  });

  test("a malformed line: told with its number once for each version, the others are in force", async () => {
    const it = await office();
    await it.write("efsusers.txt", "anna@office.example\nnonsense \x1b[2J\nbob@office.example\n");
    const lists = await it.open();
    await lists.refresh();
    await it.open();
    expect([it.count(lists), it.news()]).toEqual([2, ["list-lines"]]);
    expect(it.logs.filter((line) => line.includes("line 2"))).toEqual([
      `${join(it.folder, "efsusers.txt")}, line 2 ("nonsense \\x1b[2J") is not an address, like name@example.com`,
    ]);
    expect(lists.status()[1]).toMatchObject({
      lineProblems: [{ line: 2 }],
      lineProblemCount: 1,
      inForce: "file",
    });
    await it.write("efsusers.txt", "anna@office.example\nnonsense\nmore\nbob@office.example\n");
    await lists.refresh();
    expect(it.news()).toEqual(["list-lines"]);
  });
});

describe("aliases", () => {
  test("read, re-read, and gone with the file", async () => {
    const it = await office();
    await it.write(
      "efsalias.txt",
      "info@office.example = anna@office.example\r\nspam@office.example = IGNORE\r\n",
    );
    const lists = await it.open();
    expect(lists.inForce().aliases).toEqual({
      "info@office.example": ["anna@office.example"],
      "spam@office.example": "IGNORE",
    });
    await it.write("efsalias.txt", "info@office.example = bob@office.example\r\n");
    await lists.refresh();
    expect(lists.inForce().aliases).toEqual({ "info@office.example": ["bob@office.example"] });
    await it.write("efsalias.txt", "");
    await lists.refresh();
    expect(lists.inForce().aliases).toEqual({});
    expect(it.news()).toEqual([]);
  });

  test("a circle: told with its line, in force all the same", async () => {
    const it = await office();
    await it.write(
      "efsalias.txt",
      "x@a.example = y@a.example\n\na@a.example = b@a.example\nb@a.example = a@a.example\n",
    );
    const lists = await it.open();
    expect([Object.keys(lists.inForce().aliases).length, it.news()]).toEqual([3, ["list-lines"]]);
    expect(lists.status()[0]?.lineProblems).toEqual([
      {
        line: 3,
        text: "a@a.example",
        message:
          "goes round in a circle: a@a.example -> b@a.example -> a@a.example; mail ends where the circle closes",
      },
    ]);
  });

  test("unreadable: those that were in force stay, over a restart too", async () => {
    const it = await office();
    await it.write("efsalias.txt", "spam@office.example = IGNORE\n");
    await it.open();
    await rm(join(it.folder, "efsalias.txt"));
    await mkdir(join(it.folder, "efsalias.txt"));
    expect((await it.open()).inForce().aliases).toEqual({ "spam@office.example": "IGNORE" });
    expect(it.news()).toEqual(["list-unreadable"]);
  });
});

describe("import", () => {
  const code = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => "imported",
      (error: unknown) => (error instanceof ProblemError ? error.problem.code : String(error)),
    );

  test("takes the place of the file, comments included, as UTF-8", async () => {
    const it = await office();
    const bytes = Buffer.from("\ufeff# Büro\r\nanna@office.example\r\n", "utf16le");
    expect(await importList(it.folder, "users", bytes)).toEqual({ entries: 1 });
    expect(await readFile(join(it.folder, "efsusers.txt"), "utf8")).toBe("# Büro\r\nanna@office.example\r\n");
  });

  test("a wrong line: nothing is changed", async () => {
    const it = await office();
    await it.write("efsalias.txt", "a@x.example = b@x.example\n");
    for (const text of ["a@x.example = ", "a@x.example = b@x.example\nb@x.example = a@x.example\n"]) {
      expect(await code(importList(it.folder, "aliases", Buffer.from(text)))).toBe("settings-list-invalid");
    }
    expect(await readFile(join(it.folder, "efsalias.txt"), "utf8")).toBe("a@x.example = b@x.example\n");
  });

  test("a much shorter list of users only when it is meant; then it is believed", async () => {
    const it = await office();
    await it.users(10);
    const lists = await it.open();
    const short = Buffer.from("anna@office.example\n");
    expect(await code(importList(it.folder, "users", short))).toBe("settings-list-shorter");
    expect(await code(importList(it.folder, "users", Buffer.from("\n"), { shorter: true }))).toBe(
      "settings-list-shorter",
    );
    expect(await importList(it.folder, "users", short, { shorter: true })).toEqual({ entries: 1 });
    await lists.refresh();
    expect([it.count(lists), it.count(await it.open()), it.news()]).toEqual([1, 1, []]);
  });

  test("a data folder that is not there: told", async () => {
    const it = await office();
    expect(await code(importList(join(it.folder, "none"), "users", Buffer.from("a@x.example")))).toBe(
      "settings-missing",
    );
  });
});
