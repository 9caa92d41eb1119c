import { expect, test } from "vitest";
import type { Resolution } from "../../core/model/envelope.ts";
import { resolutionSentence, trailPlace, trailSentence } from "../../core/model/trail-sentence.ts";

test("one rule that means two things", () => {
  expect(trailSentence({ rule: "unknown-user", verdict: "dropped" })).toBe("It is not in the list of users.");
  expect(trailSentence({ rule: "unknown-user", verdict: "kept" })).toBe(
    "None of the recipients is in the list of users, so the postmaster gets the message.",
  );
});

test.each([
  [{ header: "To", headerIndex: 0 }, "To, field 1"],
  [{ header: "To", headerIndex: null }, "To"],
  [{ header: null, headerIndex: null }, ""],
])("%j: %s", (step, place) => {
  expect(trailPlace(step)).toBe(place);
});

test.each<[Resolution["kind"], boolean, string]>([
  ["addressed", true, "The message is for known recipients."],
  ["no-recipient", true, "No address of our domains was found in the header; it goes to the postmaster."],
  ["no-recipient", false, "No address of our domains was found in the header."],
  ["unknown-user", true, "None of its recipients is in the list of users; it goes to the postmaster."],
  ["unknown-user", false, "None of its recipients is in the list of users."],
  ["ignored-by-alias", false, "All its recipients have an alias that says IGNORE: nobody gets it."],
])("%s, somebody %s", (kind, somebody, sentence) => {
  const recipients = somebody
    ? [{ address: "a@b.example", role: "postmaster", duplicatesChecked: true } as const]
    : [];
  expect(resolutionSentence({ kind, recipients, sender: "", trail: [] })).toBe(sentence);
});
