import { expect, test } from "vitest";
import { formatCount, formatFigure, formatRatio, formatSection, formatTable } from "./section.ts";

test("figures have three places that count, and thousands apart", () => {
  expect([0.034, 1.3, 12.34, 123.4, 12_345.6, null, Number.NaN].map(formatFigure)).toEqual([
    "0.03",
    "1.30",
    "12.3",
    "123",
    "12,346",
    "-",
    "-",
  ]);
  expect([formatCount(20), formatCount(2_000)]).toEqual(["20", "2,000"]);
  expect([formatRatio(1.3), formatRatio(null)]).toEqual(["1.30 x", "-"]);
});

test("a table is aligned: names to the left, figures to the right", () => {
  expect(
    formatTable(
      ["", "messages/s"],
      [
        ["efs", "2,000"],
        ["fetchmail", "20.5"],
      ],
    ),
  ).toBe(
    [
      "|           | messages/s |",
      "| --------- | ---------: |",
      "| efs       |      2,000 |",
      "| fetchmail |       20.5 |",
    ].join("\n"),
  );
});

test("a section says what was met, what was not, and what was broken", () => {
  const text = formatSection({
    name: "small",
    title: "4 KB each",
    head: ["", "a"],
    rows: [["efs", "1"]],
    notes: ["Best peer: fetchmail."],
    verdicts: [
      { target: "at least 2 x", value: "3 x", met: true },
      { target: "below 1 MB", value: "2 MB", met: false },
    ],
    faults: ["efs, round 1: exit 1"],
    failed: true,
    figures: null,
  });
  expect(text.split("\n")).toEqual([
    "",
    "## small: 4 KB each",
    "",
    "|     |   a |",
    "| --- | --: |",
    "| efs |   1 |",
    "",
    "Best peer: fetchmail.",
    "met      at least 2 x: 3 x",
    "NOT met  below 1 MB: 2 MB",
    "BROKEN   efs, round 1: exit 1",
  ]);
});
