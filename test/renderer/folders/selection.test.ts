import { describe, expect, test } from "vitest";
import {
  allSelected,
  cleared,
  cursorAt,
  extended,
  extending,
  nothingSelected,
  rangeTo,
  rowAfterKey,
  type Selection,
  toggled,
} from "../../../renderer/folders/selection.ts";

const ROWS = ["a", "b", "c", "d", "e", "f"];

/** As the page does it. */
function extendTo(selection: Selection, row: number): Selection {
  const { first, last } = rangeTo(selection, row);
  return extended(selection, row, ROWS.slice(first, last + 1));
}

const chosen = ({ ids }: Selection): string => [...ids].sort().join("");

describe("selection", () => {
  test("a message is selected, and let go when it is chosen once more", () => {
    const one = toggled(nothingSelected, 2, "c");
    expect(one).toEqual({ ids: new Set(["c"]), cursor: 2, anchor: 2, base: new Set(["c"]) });
    expect(chosen(toggled(one, 2, "c"))).toBe("");
  });

  test("moving selects nothing", () => {
    expect(cursorAt(toggled(nothingSelected, 2, "c"), 4)).toEqual({
      ids: new Set(["c"]),
      cursor: 4,
      anchor: 4,
      base: new Set(["c"]),
    });
  });

  test("a range grows from where it began, in both directions, and lets go what it leaves", () => {
    const begun = cursorAt(nothingSelected, 2);
    expect(chosen(extendTo(begun, 4))).toBe("cde");
    expect(chosen(extendTo(extendTo(begun, 4), 3))).toBe("cd");
    expect(chosen(extendTo(extendTo(begun, 4), 0))).toBe("abc");
  });

  test("a range keeps what was selected before it", () => {
    const before = toggled(nothingSelected, 0, "a");
    const second = toggled(before, 3, "d");
    expect(chosen(extendTo(second, 5))).toBe("adef");
    expect(chosen(extendTo(extendTo(second, 5), 3))).toBe("ad");
  });

  test("without an anchor a range is the row itself", () => {
    expect(extendTo(nothingSelected, 3)).toEqual({
      ids: new Set(["d"]),
      cursor: 3,
      anchor: 3,
      base: new Set(),
    });
  });

  test("the end of a range moves before it is known who is in it", () => {
    const begun = toggled(nothingSelected, 2, "c");
    expect(extending(begun, 4)).toEqual({ ids: new Set(["c"]), cursor: 4, anchor: 2, base: new Set(["c"]) });
    expect(extending(nothingSelected, 4)).toEqual({ ids: new Set(), cursor: 4, anchor: 4, base: new Set() });
  });

  test("all, and nothing; the keys stay where they are", () => {
    const all = allSelected(cursorAt(nothingSelected, 1), ROWS);
    expect([chosen(all), all.cursor]).toEqual(["abcdef", 1]);
    expect([chosen(cleared(all)), cleared(all).cursor]).toEqual(["", 1]);
  });
});

describe("keys", () => {
  test.each([
    ["ArrowDown", null, 0],
    ["End", null, 99],
    ["ArrowDown", 5, 6],
    ["j", 5, 6],
    ["k", 5, 4],
    ["ArrowUp", 0, 0],
    ["ArrowDown", 99, 99],
    ["PageDown", 5, 15],
    ["PageDown", 95, 99],
    ["PageUp", 5, 0],
    ["Home", 50, 0],
    ["End", 50, 99],
    ["x", 50, null],
  ] as const)("%s at %s goes to %s", (key, cursor, row) => {
    expect(rowAfterKey(key, cursor, 100, 10)).toBe(row);
  });

  test("there is no row in an empty list", () => {
    expect(rowAfterKey("End", null, 0, 10)).toBeNull();
  });
});
