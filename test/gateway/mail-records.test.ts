import { setImmediate } from "node:timers/promises";
import { expect, it } from "vitest";
import { MailRecords, type MailRecordsParts } from "../../core/gateway/mail-records.ts";
import type { QueuedMessage } from "../../core/model/message.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { settlementAt } from "../support/settlements.ts";
import { order, source } from "../support/spool-kit.ts";

const parts: MailRecordsParts = {
  clock: new FakeClock(),
  origin: { host: "gateway", pid: 1 },
  writeMailLog: () => undefined,
  log: () => undefined,
  explain: () => {
    throw new Error("nothing was refused");
  },
  trailOf: () => [],
  onChange: () => undefined,
};

it("tells when so many messages were collected in this run, and only of this run", async () => {
  const records = new MailRecords(parts);
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

it("the mail log has the original address also of what was resolved anew on its way", () => {
  const lines: string[] = [];
  const records = new MailRecords({
    ...parts,
    writeMailLog: (line) => lines.push(line),
    trailOf: () => [
      {
        address: "sales@x",
        header: null,
        headerIndex: null,
        verdict: "mapped",
        rule: "alias",
        to: ["bob@x"],
      },
    ],
  });
  const body = {
    temporaryPath: "",
    size: 9,
    wireSize: 9,
    wholeHash: "",
    headerHash: "",
    bodyHash: "",
    header: Buffer.alloc(0),
    eightBitHeader: false,
    eightBitBody: false,
  };
  const accept = (id: number): void =>
    records.accepted(
      { kind: "queued", id, queueId: `00000000000${id}`, recipients: 1 },
      order(source("a"), body, ["bob@x"]),
    );
  const deliver = (id: number): readonly string[] => {
    const message: QueuedMessage = {
      id,
      queueId: `00000000000${id}`,
      kind: "mail",
      source: source("a"),
      sender: "",
      recipients: [
        { id: 1, address: "bob@x", role: "addressed", state: { kind: "queued" }, tries: 0, unknownTries: 0 },
      ],
      path: "",
      size: 9,
      wireSize: 9,
      eightBitHeader: false,
      eightBitBody: false,
      receivedAt: 0,
      claimedAt: 0,
      usableAge: 0,
      reportOf: null,
      reportForm: null,
    };
    lines.length = 0;
    records.settled(settlementAt(0, message, ["delivered"], { kind: "done", backup: false }));
    return lines.flatMap((line) => /orig_to=<[^>]*>/.exec(line) ?? []);
  };
  for (const id of [1, 2]) accept(id);
  records.resolvedAnew(2);
  expect([deliver(1), deliver(2)]).toEqual([[], ["orig_to=<sales@x>"]]);
});
