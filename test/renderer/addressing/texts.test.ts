import { expect, test } from "vitest";
import type { Resolution, TrailRule } from "../../../core/model/envelope.ts";
import { resolutionSentence, trailSentence } from "../../../core/model/trail-sentence.ts";
import { resolutionKey, trailKey } from "../../../renderer/components/try-it/trail-texts.ts";
import { catalogue } from "../../support/catalogue.ts";

const english = catalogue("en");

test("the sentences of a trail are those of the command line", () => {
  const rules = [...english.keys()].flatMap((key) => /^addressing\.trail\.(.+)$/.exec(key)?.[1] ?? []);
  for (const rule of rules.filter((name) => name !== "unknown-user-postmaster") as TrailRule[]) {
    for (const verdict of ["kept", "mapped", "dropped"] as const) {
      expect(english.get(trailKey({ rule, verdict }))).toBe(trailSentence({ rule, verdict }));
    }
  }
  expect(rules).toHaveLength(21);
});

test("what it comes to as well", () => {
  const somebody = [{ address: "a@x.test", role: "postmaster", duplicatesChecked: true }] as const;
  for (const kind of ["addressed", "no-recipient", "unknown-user", "ignored-by-alias"] as const) {
    for (const recipients of [[], somebody]) {
      const resolution: Resolution = { kind, recipients, sender: "", trail: [] };
      expect(english.get(resolutionKey(resolution))).toBe(resolutionSentence(resolution));
    }
  }
});
