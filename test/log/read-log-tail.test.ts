import { appendFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openDailyFile } from "../../core/log/daily-file.ts";
import { createProgramLog } from "../../core/log/program-log.ts";
import { readLogTail } from "../../core/log/read-log-tail.ts";
import type { LogLine } from "../../core/model/event.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

test("lines are read back as they were told", async () => {
  const path = join(await temporaryFolder(), "efs.log");
  const clock = new FakeClock();
  const file = openDailyFile({ path, keep: () => 1, clock });
  const told: LogLine[] = [];
  const { log, fault } = createProgramLog({ file, clock, onLine: (line) => told.push(line) });
  log({ source: "pop3", level: "info", text: 'Account "main": 3 messages' });
  await clock.advance(1_500);
  log({ source: "smtp", level: "warning", text: "550 \x1b[2J", queueId: "0123456789AB" });
  log({ source: "spool", level: "error", text: "Umlaut \u00e4 \u2028" });
  await file.close();
  expect(await readLogTail(path, 10)).toEqual(told);
  expect(await readLogTail(path, 2)).toEqual(told.slice(1));
  fault(new Error("no details here"), "sorting");
  await file.close();
  const last = (await readLogTail(path, 1))[0];
  expect(last).toEqual({
    at: clock.now(),
    source: "program",
    level: "error",
    text: "Fault in the program while sorting",
  });
});

test("what is no line of a log is left out; of a long file only the end is read", async () => {
  const path = join(await temporaryFolder(), "efs.log");
  expect(await readLogTail(path, 10)).toEqual([]);
  const line = (n: number): string =>
    `{"level":"info","time":"2026-11-20T12:00:00.000Z","source":"x","msg":"${n}"}`;
  await writeFile(path, `${line(1)}\nnot JSON\n{"level":"info"}\n{"level":"odd"}\n[]\n{"lev`);
  expect((await readLogTail(path, 10)).map(({ text }) => text)).toEqual(["1"]);
  await appendFile(path, `\n${Array.from({ length: 10_000 }, (_, n) => line(n)).join("\n")}\n`);
  const tail = (await readLogTail(path, 500)).map(({ text }) => text);
  expect([tail.length, tail[0], tail.at(-1)]).toEqual([500, "9500", "9999"]);
});
