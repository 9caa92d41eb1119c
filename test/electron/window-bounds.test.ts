import { expect, test } from "vitest";
import { visibleBounds } from "../../electron/window-bounds.ts";

const MAIN = { x: 0, y: 25, width: 1_920, height: 1_015 };
const SECOND = { x: 1_920, y: 0, width: 1_280, height: 1_024 };
const LIKED = { width: 1_200, height: 800 };

test.each([
  [
    "never shown: in the middle of the main screen",
    null,
    [MAIN],
    { x: 360, y: 133, width: 1_200, height: 800 },
  ],
  [
    "where it was",
    { x: 100, y: 100, width: 900, height: 600 },
    [MAIN],
    { x: 100, y: 100, width: 900, height: 600 },
  ],
  [
    "on another screen",
    { x: 2_000, y: 40, width: 900, height: 600 },
    [MAIN, SECOND],
    { x: 2_000, y: 40, width: 900, height: 600 },
  ],
  [
    "that screen is gone",
    { x: 2_000, y: 40, width: 900, height: 600 },
    [MAIN],
    { x: 510, y: 233, width: 900, height: 600 },
  ],
  [
    "partly outside, to be taken hold of",
    { x: -700, y: 900, width: 900, height: 600 },
    [MAIN],
    { x: -700, y: 900, width: 900, height: 600 },
  ],
  [
    "too little of it left",
    { x: -850, y: 100, width: 900, height: 600 },
    [MAIN],
    { x: 510, y: 233, width: 900, height: 600 },
  ],
  [
    "its title bar above the screen",
    { x: 100, y: -10, width: 900, height: 600 },
    [MAIN],
    { x: 510, y: 233, width: 900, height: 600 },
  ],
  [
    "its title bar below the screen",
    { x: 100, y: 1_030, width: 900, height: 600 },
    [MAIN],
    { x: 510, y: 233, width: 900, height: 600 },
  ],
  [
    "larger than the screen now is",
    { x: 0, y: 30, width: 3_840, height: 2_160 },
    [MAIN],
    { x: 0, y: 30, width: 1_920, height: 1_015 },
  ],
])("%s", (_what, remembered, screens, shown) => {
  expect(visibleBounds(remembered, LIKED, screens)).toEqual(shown);
});
