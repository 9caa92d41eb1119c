import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { type ReportParts, spoolDueReports } from "../../core/gateway/send-reports.ts";
import type { AcceptOrder, ReportOrder } from "../../core/model/message.ts";
import { ProblemError } from "../../core/model/problem.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { sampleSettings } from "../support/sample-settings.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const diskFull = new ProblemError({ code: "disk-full", what: "The disk is full.", cure: "Make room." });

async function setUp(write: (id: number) => Promise<void> | undefined = () => undefined) {
  const folder = await temporaryFolder();
  const path = join(folder, "original.eml");
  await writeFile(path, "Subject: x\r\n\r\n".padEnd(3_000_000, "text\r\n"));
  const order = (id: number): ReportOrder => ({
    id,
    queueId: `00000000000${id}`,
    path,
    sender: "a@remote.example",
    summary: { from: "a", subject: "s", messageId: "<m>", date: null },
    receivedAt: 0,
    accountId: "main",
    size: 3,
    form: "with-content",
    failed: [],
    delivered: [],
  });
  const taken: (readonly [number | null, string | null])[] = [];
  const logs: string[] = [];
  let writing = 0;
  const clock = new FakeClock();
  const parts = {
    clock,
    log: ({ text }: { readonly text: string }) => logs.push(text),
    settings: () => sampleSettings(),
    context: () => ({
      primaryDomain: "example.com",
      postmaster: "postmaster@example.com",
      style: "attach",
      reportedDays: 30,
      hostName: "gateway",
      installationId: "5b1c0e9a7d44",
      now: clock.now(),
      explain: () => ({ meaning: "", cure: "" }),
    }),
    outcomes: { reportsDue: () => [order(1), order(2), order(3)] },
    bodies: {
      receive: async () => {
        writing += 1;
        const id = writing;
        return { write: () => write(id), complete: async () => ({}), abort: async () => undefined };
      },
      accept: async ({ reportOf, reportForm }: AcceptOrder) => {
        taken.push([reportOf, reportForm]);
      },
    },
  } as unknown as ReportParts;
  return { parts, taken, logs };
}

it("makes the reports of the others when one cannot be made", async () => {
  const { parts, taken, logs } = await setUp((id) =>
    id <= 2 ? Promise.reject(new Error("bug")) : undefined,
  );
  expect(await spoolDueReports(parts)).toBe(2);
  expect(taken).toEqual([
    [2, "with-content"],
    [3, "with-content"],
  ]);
  expect(logs).toEqual(["The report could not be made because of a fault in this program: bug"]);
});

it("stops at a full disk", async () => {
  const { parts, taken, logs } = await setUp(() => Promise.reject(diskFull));
  expect(await spoolDueReports(parts)).toBe(0);
  expect([taken, logs]).toEqual([[], ["The disk is full. Make room."]]);
});
