import { setImmediate } from "node:timers/promises";
import { expect, it } from "vitest";
import { MailRecords } from "../../core/gateway/mail-records.ts";
import { FakeClock } from "../support/fake-clock.ts";

it("tells when so many messages were collected in this run, and only of this run", async () => {
  const records = new MailRecords({
    clock: new FakeClock(),
    origin: { host: "gateway", pid: 1 },
    writeMailLog: () => undefined,
    log: () => undefined,
    explain: () => {
      throw new Error("nothing was refused");
    },
    trailOf: () => [],
    onChange: () => undefined,
  });
  const told: string[] = [];
  const collect = async (messages: number): Promise<readonly string[]> => {
    for (let left = messages; left > 0; left -= 1) records.collected(100);
    await setImmediate();
    return told.splice(0);
  };
  await collect(20);
  records.restart();
  for (const messages of [3, 5]) void records.collectedAtLeast(messages).then(() => told.push(`${messages}`));
  expect([await collect(2), await collect(1), await collect(1), await collect(1)]).toEqual([
    [],
    ["3"],
    [],
    ["5"],
  ]);
  void records.collectedAtLeast(5).then(() => told.push("already"));
  expect(await collect(0)).toEqual(["already"]);
});
