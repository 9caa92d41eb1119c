import { expect, test } from "vitest";
import { fastest, measuredOf, rate, ratioOf } from "./figures.ts";
import { growthSection, growthSizes } from "./growth.ts";
import type { Run } from "./moving.ts";
import { hasFailed, movingSection, turnsOf } from "./moving-section.ts";
import { judge } from "./targets.ts";
import { type ToolId, tools } from "./tools.ts";
import { workloads } from "./workloads.ts";

function run(what: string, round: number, wall: number, changes: Partial<Run> = {}): Run {
  return {
    what,
    round,
    messages: 100,
    octets: 400_000,
    wall,
    cpu: wall / 2,
    peak: 10_000_000,
    fault: null,
    ...changes,
  };
}

test("rows are medians of the good runs", () => {
  const runs = [
    run("efs", 0, 1),
    run("efs", 1, 4),
    run("efs", 2, 2),
    run("efs", 3, 0.001, { fault: "exit 1" }),
    run("fetchmail", 0, 1, { fault: "exit 1" }),
  ];
  expect(measuredOf(runs)).toEqual([
    {
      what: "efs",
      messages: 100,
      rounds: 3,
      messagesPerSecond: { median: 50, least: 25, most: 100 },
      megabytesPerSecond: { median: 0.2, least: 0.1, most: 0.4 },
      cpuPerThousand: { median: 10, least: 5, most: 20 },
      peak: { median: 10_000_000, least: 10_000_000, most: 10_000_000 },
    },
  ]);
});

test("the fastest is found by messages per second, among those who are asked for only", () => {
  const measured = measuredOf([run("efs", 0, 0.1), run("a", 0, 3), run("b", 0, 2)]);
  expect([fastest(measured, ["a", "b"]), fastest(measured, ["c"])]).toEqual(["b", null]);
});

test("a ratio is that of the rates, even of different numbers of messages", () => {
  const runs = [run("efs", 0, 1), run("fetchmail", 0, 2, { messages: 20 })];
  expect([ratioOf(runs, "efs", "fetchmail", rate), ratioOf(runs, "efs", null, rate)]).toEqual([10, null]);
});

test("targets are judged by the same run, and only where there is something to compare with", () => {
  const runs = [run("efs", 0, 1), run("fetchmail-qa", 0, 1.2), run("fetchmail-nd", 0, 3)];
  expect(judge("small", runs)).toEqual([
    { target: "at least 1.00 x the best peer (aim: 1.30 x)", value: "1.20 x", met: true },
  ]);
  expect(judge("office", [...runs, run("fetchmail", 0, 1.1)])).toEqual([
    { target: "at least 2.00 x the best peer (aim: 3.00 x)", value: "1.10 x", met: false },
  ]);
  // The other one is faster when it comes to the median; mpop is not asked.
  const slower = [1, 2].map((round) => run("fetchmail-qa", round, 9));
  expect(judge("rtt20", [...runs, ...slower, run("mpop-nd", 0, 0.1)])).toEqual([
    { target: "at least 20.0 x fetchmail without its stall", value: "3.00 x", met: false },
  ]);
  expect(judge("big", [run("efs", 0, 1, { peak: 149_000_000 })])).toEqual([
    { target: "peak RSS below 150 MB", value: "149 MB", met: true },
  ]);
});

test("each gets its number of messages, at most as many as wanted, or all of them", () => {
  const [small] = workloads;
  if (small === undefined) throw new Error("no workload");
  const counts = (most: number, full: boolean): unknown =>
    Object.fromEntries(
      turnsOf(small, { tools, rounds: 1, most, full }).map(({ what, load }) => [what, load.messages]),
    );
  expect(counts(50_000, false)).toEqual(small.messages);
  expect(counts(300, false)).toMatchObject({ efs: 300, "mpop-nd": 300, fetchmail: 200 });
  expect(counts(50_000, true)).toMatchObject({ efs: 2_000, getmail: 2_000 });
});

test("the table has everybody in the order of the list, with ratios to the best peer", () => {
  const [small] = workloads;
  if (small === undefined) throw new Error("no workload");
  const runs = [run("fetchmail", 0, 10), run("fetchmail-qa", 0, 2), run("efs", 0, 1)];
  const ids: readonly ToolId[] = ["efs", "fetchmail-qa", "fetchmail"];
  const chosen = tools.filter(({ id }) => ids.includes(id));
  const { rows, notes } = movingSection(small, chosen, runs);
  expect(rows).toEqual([
    ["efs check", "100", "100", "100 to 100", "0.40", "5.00", "10.0", "2.00 x", "0.50 x", "1.00 x", "10.0 x"],
    [
      ...["fetchmail, quick ACK", "100", "50.0", "50.0 to 50.0", "0.20", "10.0", "10.0"],
      ...["1.00 x", "1.00 x", "1.00 x", "5.00 x"],
    ],
    [
      ...["fetchmail, as shipped", "100", "10.0", "10.0 to 10.0", "0.04", "50.0", "10.0"],
      ...["0.20 x", "5.00 x", "1.00 x", "1.00 x"],
    ],
  ]);
  expect(notes).toEqual(["Best peer: fetchmail, quick ACK."]);
});

test("growth takes the start off: what looks cheaper in large mailboxes may not be", () => {
  const of = (messages: number, wall: number): Run => run(String(messages), 0, wall, { messages });
  const empty = [1, 0.9, 9].map((wall) => of(0, wall));
  const section = growthSection([1_000, 10_000], [...empty, of(1_000, 11), of(10_000, 121)]);
  expect(section.rows.map((row) => row.slice(0, 4))).toEqual([
    ["1,000", "10.0", "5.00", "0.0 %"],
    ["10,000", "12.0", "6.00", "20.0 %"],
  ]);
  expect(section.verdicts).toEqual([
    { target: "the cost of a message grows by less than 10.0 %", value: "20.0 %", met: false },
  ]);
  const busy = growthSection([1_000, 10_000], [of(0, 30), of(1_000, 11), of(10_000, 121)]);
  expect([busy.verdicts, busy.notes]).toEqual([
    [],
    ["What a message costs could not be told from the program's start."],
  ]);
  const few = growthSection([10, 100], [of(0, 1), of(10, 1.1), of(100, 2.2)]);
  expect([few.verdicts, few.notes]).toEqual([
    [],
    ["No verdict: the smallest mailbox has fewer than 500 messages."],
  ]);
  expect([growthSizes(50_000), growthSizes(500)]).toEqual([
    [1_000, 10_000, 50_000],
    [10, 100, 500],
  ]);
});

test("a peer may fail once, not always; we may not", () => {
  const broken = { fault: "exit 1" };
  const good = [run("efs", 0, 1), run("getmail", 0, 1), run("getmail", 1, 1, broken)];
  expect(hasFailed(good)).toBe(false);
  expect(hasFailed([...good, run("mpop", 0, 1, broken)])).toBe(true);
  expect(hasFailed([...good, run("efs", 1, 1, broken)])).toBe(true);
  expect(hasFailed([...good, run("ceiling", 0, 1, broken)])).toBe(true);
});
