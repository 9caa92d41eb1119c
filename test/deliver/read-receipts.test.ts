import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import type { MessageKind } from "../../core/model/message.ts";
import { openDesk } from "../support/delivery-desk.ts";

const FIELDS = ["Disposition-Notification-To", "Return-Receipt-To"];
const asking =
  "From: a@remote.example\r\nDisposition-Notification-To: a@remote.example,\r\n b@remote.example\r\n" +
  "Subject: read me\r\nreturn-receipt-to: a@remote.example\r\n\r\nReturn-Receipt-To: in the body\r\n";
const plain = "From: a@remote.example\r\nSubject: read me\r\n\r\nReturn-Receipt-To: in the body\r\n";

/** What the server got of a message, and what the file holds then. */
async function send(content: string, kind: MessageKind, withoutFields: readonly string[]) {
  const desk = await openDesk({});
  const session = await desk.session({}, { withoutFields });
  const message = await desk.queue.add({ recipients: ["anna@office.example"], content, kind });
  const transaction = await session.deliver(message, message.recipients, null);
  expect(transaction).toMatchObject({ kind: "ended", finished: true });
  const size = /SIZE=(\d+)/.exec(desk.server.lines.find((line) => line.startsWith("MAIL")) ?? "")?.[1];
  return {
    arrived: desk.server.messages.map(({ content }) => content.toString("latin1")),
    announced: Number(size),
    stored: await readFile(message.path, "latin1"),
  };
}

it("collected mail goes without requests for read receipts; its file keeps them", async () => {
  expect(await send(asking, "mail", FIELDS)).toEqual({
    arrived: [plain],
    // Never less than what is sent.
    announced: asking.length,
    stored: asking,
  });
});

it("a large message, read in blocks", async () => {
  const rest = "x".repeat(70).concat("\r\n").repeat(10_000);
  const { arrived, stored } = await send(asking + rest, "mail", FIELDS);
  expect(arrived).toEqual([plain + rest]);
  expect(stored).toBe(asking + rest);
});

it.each([
  ["switched off", "mail", []],
  ["of our own making", "report", FIELDS],
] as const)("exactly as it is: %s", async (_name, kind, fields) => {
  expect(await send(asking, kind, fields)).toEqual({
    arrived: [asking],
    announced: asking.length,
    stored: asking,
  });
});
