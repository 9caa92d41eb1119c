import { expect, test } from "vitest";
import { isSamePage } from "../../../renderer/state/page-of-address.ts";

test.each([
  ["/pop3", "/pop3/office", true],
  ["/pop3/a", "/pop3/b", true],
  ["/", "/", true],
  ["/", "/pop3", false],
  ["/errors", "/errors-of-old", false],
  ["/history?x=1", "/history#y", true],
])("%s and %s: %s", (one, other, same) => {
  expect(isSamePage(one, other)).toBe(same);
});
