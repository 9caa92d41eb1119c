import { expect, test } from "vitest";
import { createProgramLog } from "../../core/log/program-log.ts";
import type { LogLine } from "../../core/model/event.ts";
import type { Clock } from "../../core/model/ports.ts";
import { FakeClock } from "../support/fake-clock.ts";

function setUp(onLine: (line: LogLine) => void, clock: Clock = new FakeClock(0)) {
  const written: Record<string, unknown>[] = [];
  const file = {
    write: (line: string) => {
      written.push(JSON.parse(line) as Record<string, unknown>);
    },
    flush: async () => undefined,
    close: async () => undefined,
  };
  return { written, log: createProgramLog({ file, clock, onLine }) };
}

test("a line goes into the file and to the listeners, harmless in both", () => {
  const lines: LogLine[] = [];
  const { written, log } = setUp((line) => lines.push(line));
  log.log({ source: "pop3", level: "warning", text: "said \x1b[2J", queueId: "AB" });
  expect(lines).toEqual([{ at: 0, source: "pop3", level: "warning", text: "said \\x1b[2J", queueId: "AB" }]);
  expect(written).toMatchObject([
    { level: "warn", time: "1970-01-01T00:00:00.000Z", source: "pop3", queueId: "AB", msg: "said \\x1b[2J" },
  ]);
});

test("a fault: its stack in the file, one line for people", () => {
  const lines: LogLine[] = [];
  const { written, log } = setUp((line) => lines.push(line));
  log.fault(new TypeError("x is not a function"), "settling");
  expect(lines.map(({ text }) => text)).toEqual(["Fault in the program while settling: x is not a function"]);
  expect(written).toMatchObject([
    {
      level: "fatal",
      msg: "settling",
      err: { type: "TypeError", stack: expect.stringContaining("program-log") },
    },
  ]);
});

test("a listener that throws harms nobody", () => {
  const { written, log } = setUp(() => {
    throw new Error("mine");
  });
  log.log({ source: "gateway", level: "info", text: "started" });
  expect(written).toHaveLength(1);
});

test("file and listeners are told the same moment, however the clock goes on in between", () => {
  const lines: LogLine[] = [];
  const { written, log } = setUp((line) => lines.push(line), tickingClock());
  log.log({ source: "gateway", level: "info", text: "started" });
  log.fault(new Error("no"), "settling");
  expect(written.map(({ time }) => Date.parse(String(time)))).toEqual(lines.map(({ at }) => at));
});

test("only trouble in the file, everything to the listeners, as the level says at that moment", () => {
  const told: string[] = [];
  const written: string[] = [];
  let level: "info" | "warning" = "warning";
  const { log } = createProgramLog({
    file: {
      write: (line: string) => void written.push(line),
      flush: async () => undefined,
      close: async () => undefined,
    },
    clock: new FakeClock(),
    onLine: ({ text }) => told.push(text),
    level: () => level,
  });
  log({ source: "smtp", level: "info", text: "a" });
  log({ source: "smtp", level: "warning", text: "b" });
  log({ source: "smtp", level: "error", text: "c" });
  level = "info";
  log({ source: "smtp", level: "info", text: "d" });
  const texts = written.map((line) => (JSON.parse(line) as { msg: string }).msg);
  expect([told, texts]).toEqual([
    ["a", "b", "c", "d"],
    ["b", "c", "d"],
  ]);
});

/** A millisecond later whenever it is looked at. */
function tickingClock(): Clock {
  let now = 0;
  return {
    now() {
      now += 1;
      return now;
    },
    after: () => () => undefined,
  };
}
