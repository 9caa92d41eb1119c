import { describe, expect, test } from "vitest";
import { actionsFor, isAsked } from "../../../renderer/folders/actions.ts";
import { columnsFor, columnWidth, sortAfterClick, TICK_WIDTH } from "../../../renderer/folders/columns.ts";

describe("what can be done where", () => {
  test("held mail is released, the rest is held, and mixed both", () => {
    const only = (states: Parameters<typeof actionsFor>[1]) =>
      actionsFor("Inbox", states).filter((action) => /hold|release|anyway/.test(action));
    expect(only(["queued", "deferred"])).toEqual(["hold"]);
    expect(only(["held"])).toEqual(["release", "send-anyway"]);
    expect(only(["held", "queued"])).toEqual(["hold", "release", "send-anyway"]);
    expect(only([])).toEqual(["hold", "release", "send-anyway"]);
  });

  test.each(["Errors", "Junk", "Backup"] as const)("nothing is held in %s", (folder) => {
    expect(actionsFor(folder, [])).toEqual([
      "resend-to-postmaster",
      "resend-to-original",
      "resend-to-address",
      "delete",
    ]);
  });

  test("what cannot be taken back is asked, with the number", () => {
    expect([isAsked("send-anyway", 1), isAsked("send-anyway", 2)]).toEqual([false, true]);
    expect([isAsked("delete", 999), isAsked("delete", 1_000)]).toEqual([false, true]);
    expect([isAsked("resend-to-postmaster", 49), isAsked("resend-to-postmaster", 50)]).toEqual([false, true]);
    expect([isAsked("hold", 100_000), isAsked("release", 100_000)]).toEqual([false, false]);
  });
});

describe("columns", () => {
  test("narrow lists leave out what is told less often", () => {
    const names = (width: number) => columnsFor(width).map(({ name }) => name);
    expect(names(500)).toEqual(["state", "sender", "subject", "age"]);
    expect(names(750)).toEqual(["state", "sender", "subject", "recipients", "size", "age"]);
    expect(names(1_300)).toEqual(["state", "sender", "subject", "recipients", "answer", "size", "age"]);
  });

  test.each([500, 750, 1_300])("they fill %s pixels and no more", (width) => {
    const columns = columnsFor(width);
    const all = columns.reduce((sum, column) => sum + columnWidth(column, columns, width), TICK_WIDTH);
    expect(all).toBeLessThanOrEqual(width);
    expect(all).toBeGreaterThan(width - columns.length);
  });

  test("a click turns the order round, or begins with what is looked for first", () => {
    const newest = { sort: "received", descending: true } as const;
    expect(sortAfterClick("received", newest)).toEqual({ sort: "received", descending: false });
    expect(sortAfterClick("size", newest)).toEqual({ sort: "size", descending: true });
    expect(sortAfterClick("sender", newest)).toEqual({ sort: "sender", descending: false });
  });
});
