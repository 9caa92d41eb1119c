import { expect, it } from "vitest";
import { isAlertWanted } from "../../core/gateway/alert-problems.ts";

it.each([
  // trouble, errors on, time-outs on, wanted
  ["login", true, false, true],
  ["connect", true, false, true],
  ["protocol", true, true, true],
  [null, true, false, true],
  ["login", false, true, false],
  ["timeout", true, false, false],
  ["timeout", true, true, true],
  ["timeout", false, true, true],
])("%s, POP3 errors %s, time-outs %s: %s", (trouble, pop3Errors, pop3Timeouts, wanted) => {
  expect(isAlertWanted(trouble, { mail: true, pop3Errors, pop3Timeouts })).toBe(wanted);
});
