import { describe, expect, test } from "vitest";
import type { ListedMessage } from "../../../core/model/folder-list.ts";
import {
  hiddenPositions,
  positionOf,
  rowAt,
  type Windows,
  windowsFor,
} from "../../../renderer/folders/folder-windows.ts";

const row = (queueId: string): ListedMessage => ({
  id: 1,
  queueId,
  kind: "mail",
  accountId: "main",
  sender: "",
  from: "",
  subject: "",
  size: 1,
  receivedAt: 0,
  state: "reported",
  nextAt: null,
  recipients: [],
  recipientCount: 0,
  lastAnswer: null,
  junkReason: null,
  reportState: null,
});

describe("windows of a list", () => {
  test("the first always, and those that hold what is in sight", () => {
    expect(windowsFor(0, 40)).toEqual([0]);
    expect(windowsFor(95, 130)).toEqual([0, 100]);
    expect(windowsFor(19_950, 19_999)).toEqual([0, 19_900]);
    expect(windowsFor(450, 700)).toEqual([0, 400, 500, 600, 700]);
  });

  test("a row is found in its window, or has not come yet", () => {
    const windows: Windows = new Map([
      [0, [row("a"), row("b")]],
      [200, [row("c")]],
    ]);
    expect([0, 1, 2, 150, 200].map((position) => rowAt(windows, position)?.queueId)).toEqual([
      "a",
      "b",
      undefined,
      undefined,
      "c",
    ]);
  });
});

describe("rows that are not shown", () => {
  const windows: Windows = new Map([
    [100, [row("x"), row("b")]],
    [0, [row("a"), row("y")]],
  ]);

  test("are found in the order of the whole list where it is known", () => {
    expect(hiddenPositions(new Set(["c", "a"]), ["a", "b", "c"], windows)).toEqual([0, 2]);
  });

  test("else among the rows that have come", () => {
    expect(hiddenPositions(new Set(["x", "y", "elsewhere"]), undefined, windows)).toEqual([1, 100]);
  });

  test("nothing is looked for where nothing is hidden", () => {
    expect(hiddenPositions(new Set(), ["a"], windows)).toEqual([]);
  });

  test("the others close up", () => {
    const all = ["a", "b", "c", "d", "e", "f", "g", "h"];
    for (const hidden of [[], [0], [7], [0, 1, 2], [1, 3, 5], [2, 3, 4, 7]]) {
      const shown = all.filter((_, position) => !hidden.includes(position));
      expect(shown.map((_, index) => all[positionOf(index, hidden)])).toEqual(shown);
    }
  });
});
