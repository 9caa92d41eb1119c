/** Two processes on the same data, signals, and a reader that goes away. Nothing is lost by any of them. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { efs, startEfs } from "../support/office-folder.ts";
import { expectPlain, type Office, type OfficeOrder, PATIENT, startOffice } from "./office.ts";

/** Slow enough to be met while it sends. */
const SLOW: OfficeOrder = { messages: 60, smtp: { finalPauseMilliseconds: 150 } };

async function inbox(office: Office): Promise<number> {
  return (await readdir(join(office.data, "mail", "Inbox"))).length;
}

test("while `check` is at work the others say so, exit 3; it is not disturbed", PATIENT, async () => {
  // Busy for longer than the others are patient.
  const office = await startOffice({ messages: 60, smtp: { finalPauseMilliseconds: 500 } });
  const first = startEfs(["check", "--data", office.data]);
  await office.smtp.received(1);
  const others = await Promise.all(
    [["check"], ["queue"], ["serve", "--port", "0"]].map((args) => efs([...args, "--data", office.data])),
  );
  for (const other of others) {
    expect([other.code, other.stdout, office.told(other)]).toEqual([
      3,
      "",
      "efs: Another process of this program is at work on DATA. Use that one, or end it first; only one may own a data folder.\n",
    ]);
  }
  const finished = await first.finished;
  expect([finished.code, finished.stderr]).toEqual([0, ""]);
  expect(office.arrived()).toHaveLength(60);
});

test("while `serve` runs, `check` is handed over and gets its answer", PATIENT, async () => {
  const office = await startOffice();
  const serve = startEfs(["serve", "--port", "0", "--data", office.data]);
  await serve.wrote("is running at http://127.0.0.1:");
  // The schedule's first run may have begun; this one comes after it.
  const check = await office.check("--json");
  expect([check.code, check.stderr]).toEqual([0, ""]);
  expect(JSON.parse(check.stdout)).toMatchObject({ deferred: 0, errors: 0, problems: [] });
  await office.smtp.received(4);
  const queue = await efs(["queue", "--data", office.data]);
  expect([queue.code, queue.stderr]).toEqual([0, ""]);
  const second = await efs(["serve", "--port", "0", "--data", office.data]);
  expect([second.code, office.told(second)]).toEqual([
    3,
    "efs: Another process of this program is at work on DATA. Use that one, or end it first; only one may own a data folder.\n",
  ]);
  serve.child.kill("SIGTERM");
  const finished = await serve.finished;
  expect([finished.code, finished.stderr]).toEqual([0, ""]);
  office.expectNothingLost(0);
});

test(
  "SIGTERM during `check`: what is in flight is finished, the rest stays, nothing repeats",
  PATIENT,
  async () => {
    const office = await startOffice(SLOW);
    const first = startEfs(["check", "--data", office.data]);
    await office.smtp.received(5);
    first.child.kill("SIGTERM");
    const finished = await first.finished;
    expect(finished.code).toBe(1);
    expect(finished.stdout).toMatch(/^collected \d+, delivered \d+, deferred \d+, /);
    expectPlain(finished);
    const arrived = office.arrived().length;
    expect(arrived).toBeLessThan(60);
    // What was collected and not sent is in Inbox; what was not collected is still on the server.
    const waiting = await inbox(office);
    expect(Number(/delivered (\d+)/.exec(finished.stdout)?.[1])).toBe(arrived);
    expect(arrived + waiting + office.pop3.left().length).toBeGreaterThanOrEqual(60);
    const again = await office.check();
    expect([again.code, again.stderr]).toEqual([0, ""]);
    expect(office.arrived()).toHaveLength(60);
    expect([office.pop3.left(), await inbox(office)]).toEqual([[], 0]);
  },
);

test("SIGTERM during `serve` while it sends: exit 0, the rest next time", PATIENT, async () => {
  const office = await startOffice(SLOW);
  const serve = startEfs(["serve", "--port", "0", "--data", office.data]);
  await office.smtp.received(3);
  serve.child.kill("SIGTERM");
  const finished = await serve.finished;
  expect([finished.code, finished.stderr]).toEqual([0, ""]);
  const again = await office.check();
  expect([again.code, again.stderr]).toEqual([0, ""]);
  expect(office.arrived()).toHaveLength(60);
});

test("a reader that closes its end harms nothing", PATIENT, async () => {
  const office = await startOffice();
  const run = startEfs(["check", "--data", office.data]);
  run.child.stdout?.destroy();
  run.child.stderr?.destroy();
  const { code } = await run.finished;
  expect(code).toBe(0);
  expect(office.arrived()).toHaveLength(4);
});
