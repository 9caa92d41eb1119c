import { expect, onTestFinished, test } from "vitest";
import { HUGE_SIZE, makeHostileMessages, makeHugeMessage } from "./hostile-messages.ts";
import { openLineClient } from "./line-client.ts";
import { contentHash } from "./message-content.ts";
import { makeSamples } from "./sample-messages.ts";
import { startMailboxProcess, startMailServerProcess } from "./server-process.ts";

test("a mailbox in a process of its own serves 100,000 messages and tells what happened", async () => {
  const server = await startMailboxProcess({ kind: "crowd", count: 100_000, recipient: "ada@office.test" });
  onTestFinished(() => server.close());
  const client = await openLineClient(server.port);
  await client.line();
  client.write("USER catchall\r\nPASS secret\r\n");
  await client.line();
  expect(await client.line()).toBe("+OK 100000 messages");
  client.write("UIDL\r\n");
  const listing = (await client.until("\r\n.\r\n")).toString("latin1");
  expect(listing.split("\r\n")).toHaveLength(100_003);
  client.write("RETR 100000\r\nDELE 1\r\nQUIT\r\n");
  const rest = (await client.rest()).toString("latin1");
  expect(rest).toContain("Number 0099999.\r\n.\r\n");
  client.close();
  await server.idle();
  expect(await server.counts()).toMatchObject({ sessions: 1, retrieved: 1, deleted: 1, left: 99_999 });
  expect((await server.events(2)).map(({ kind }) => kind)).toEqual(["retrieved", "deleted", "closed"]);
});

test("a mail server in a process of its own receives; both sides make the same messages", async () => {
  const server = await startMailServerProcess({ keepBytes: false });
  onTestFinished(() => server.close());
  const [sample] = makeSamples(1, { seed: "process", profile: "big" });
  if (sample === undefined || Buffer.isBuffer(sample.content)) throw new Error("no lazy sample");
  const client = await openLineClient(server.port);
  await client.reply();
  client.write("EHLO a\r\nMAIL FROM:<a@r.test>\r\nRCPT TO:<b@o.test>\r\nDATA\r\n");
  await client.until("354 ");
  await client.line();
  for (const chunk of sample.content.chunks())
    client.write(Buffer.from(chunk.toString("latin1").replace(/^\./, ".."), "latin1"));
  client.write(".\r\n");
  await server.received(1);
  client.close();
  expect(await server.messages()).toMatchObject([
    { size: sample.content.size, sha256: contentHash(sample.content), bytes: null },
  ]);
  await server.stop();
  await expect(openLineClient(server.port)).rejects.toThrow("ECONNREFUSED");
  await server.restart();
  (await openLineClient(server.port)).close();
});

test("a call that fails rejects; a process that is over says so", async () => {
  const server = await startMailboxProcess({ kind: "none" });
  await expect(server.add({ kind: "folder", path: "/no/such/folder" })).rejects.toThrow("ENOENT");
  await server.close();
  await expect(server.counts()).rejects.toThrow("is over");
});

test("hostile messages have names of their own and say what they are", () => {
  const all = makeHostileMessages();
  expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
  const text = (name: string): string => String(all.find((each) => each.name === name)?.content);
  expect([text("empty"), text("only-line-end")]).toEqual(["", "\r\n"]);
  expect(text("lf-dot-lf")).toContain("\n.\nMAIL FROM");
  expect(text("crowd-in-to").match(/u\d+@office\.test/g)).toHaveLength(5_000);
  expect(text("all-lf")).not.toContain("\r");
  const huge = makeHugeMessage().content;
  expect(Buffer.isBuffer(huge) ? 0 : huge.size).toBeGreaterThanOrEqual(HUGE_SIZE);
});
