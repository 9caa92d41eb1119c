/** What an open page has of the gateway, over real sockets. */
import { expect, test } from "vitest";
import type { GatewayMessage, StreamItem, StreamName } from "../../core/api/contract.ts";
import type { Pages } from "../support/pages-kit.ts";
import {
  clientFrame,
  createFrameReader,
  openBarePage,
  openPage,
  type PageConnection,
  signIn,
  startPages,
} from "../support/pages-kit.ts";

/** Numbers of what came, `12-20` for a gap; at least until the number `last` has come. */
async function readUntil(page: PageConnection, last: number): Promise<readonly (number | string)[]> {
  const got: (number | string)[] = [];
  while (got.at(-1) !== last) got.push(...items(await page.next()).map(numberOf));
  return got;
}

function items(message: GatewayMessage): readonly StreamItem<StreamName>[] {
  return "items" in message ? message.items : [];
}

function numberOf(item: StreamItem<StreamName>): number | string {
  return "gap" in item ? `${item.gap.from}-${item.gap.to}` : item.sequence;
}

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

/** An answer says that the gateway has read everything before. */
async function answered(page: PageConnection, id: number): Promise<void> {
  page.send({ id, call: "status", input: {} });
  expect(await page.next()).toMatchObject({ id });
}

async function openSignedIn(
  pages: Pages,
): Promise<{ readonly page: PageConnection; readonly cookie: string }> {
  const cookie = await signIn(pages);
  return { page: await openPage(pages.port, cookie), cookie };
}

test("a page that lost its connection goes on where it was, without a gap and without a repetition", async () => {
  const pages = await startPages();
  const { page, cookie } = await openSignedIn(pages);
  pages.source.tellLines(1, 700);
  page.send({ subscription: 1, subscribe: "transcript", after: null });
  expect(await readUntil(page, 700)).toEqual(range(1, 700));
  page.close();
  await page.closed;
  pages.source.tellLines(701, 800);
  const again = await openPage(pages.port, cookie);
  again.send({
    subscription: 1,
    subscribe: "transcript",
    after: { epoch: pages.streams.epoch, sequence: 700 },
  });
  expect(await readUntil(again, 800)).toEqual(range(701, 800));
});

test("a gateway that was started anew says so, and gives all that it holds", async () => {
  const first = await startPages();
  const { page, cookie } = await openSignedIn(first);
  page.send({ subscription: 1, subscribe: "transcript" });
  await answered(page, 1);
  first.source.tellLines(1, 5);
  expect(await readUntil(page, 5)).toEqual(range(1, 5));
  await first.server.close();
  expect(await page.closed).toBe(1001);

  const second = await startPages({ dataDirectory: first.folder, port: first.port });
  second.source.tellLines(1, 3);
  const again = await openPage(first.port, cookie);
  again.send({
    subscription: 1,
    subscribe: "transcript",
    after: { epoch: first.streams.epoch, sequence: 5 },
  });
  const message = await again.next();
  expect([items(message).map(numberOf), "epoch" in message && message.epoch]).toEqual([
    [1, 2, 3],
    second.streams.epoch,
  ]);
  expect(second.streams.epoch).not.toBe(first.streams.epoch);
});

test("a page that does not read holds nobody up, costs little memory, and gets a gap", async () => {
  const pages = await startPages();
  const socket = await openBarePage(pages.port, await signIn(pages));
  const readFrames = createFrameReader();
  const messages: GatewayMessage[] = [];
  socket.on("data", (piece: Buffer) => messages.push(...readFrames(piece)));
  const until = async (enough: () => boolean): Promise<void> => {
    while (!enough() && !socket.destroyed) await pages.clock.advance(20);
  };
  socket.write(clientFrame({ id: 1, call: "status", input: {} }));
  socket.write(clientFrame({ subscription: 1, subscribe: "transcript", after: null }));
  await until(() => messages.length === 1);
  socket.pause();

  // 60 MB, three times what is held: far more than all buffers between the two.
  const text = "x".repeat(1_000);
  const before = process.memoryUsage().arrayBuffers;
  for (let line = 1; line <= 60_000; line += 500) {
    pages.source.tellLines(line, line + 499, text);
    await pages.clock.advance(20);
  }
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(30_000_000);

  socket.resume();
  const last = (): unknown => messages.slice(-1).flatMap(items).map(numberOf).at(-1);
  await until(() => last() === 60_000);
  const numbers = messages.flatMap(items).map(numberOf);
  const gap = numbers.filter((number) => typeof number === "string");
  expect(gap).toHaveLength(1);
  const [from = 0, to = 0] = String(gap[0]).split("-").map(Number);
  // Everything is there once, or named as missed.
  expect(to).toBe(40_000);
  expect(numbers.filter((number) => typeof number === "number")).toEqual([
    ...range(1, from - 1),
    ...range(to + 1, 60_000),
  ]);
});

test.each(["{", "hello", "null", '{"call": 1}', '{"id": 1, "call": "status", "input": {}, "more": 1}'])(
  "%s closes the connection",
  async (text) => {
    const pages = await startPages();
    const { page } = await openSignedIn(pages);
    page.sendText(text);
    expect(await page.closed).toBe(4400);
    expect(pages.faults).toEqual([]);
  },
);

test("a message larger than any settings closes the connection", async () => {
  const pages = await startPages();
  const { page } = await openSignedIn(pages);
  page.sendText("x".repeat(25 * 1_048_576));
  expect([1006, 1009]).toContain(await page.closed);
  expect(pages.faults).toEqual([]);
});

test("a page that answers its pings stays, one that is silent is cut off", async () => {
  const pages = await startPages();
  const cookie = await signIn(pages);
  const page = await openPage(pages.port, cookie);
  const silent = await openBarePage(pages.port, cookie);
  const cut = new Promise((resolve) => silent.once("close", resolve));
  // Reads, and says nothing: not even that.
  silent.resume();
  for (let beat = 1; beat <= 3; beat += 1) {
    await answered(page, beat);
    await pages.clock.advance(30_000);
    // Its pong is on the way before this question.
    await answered(page, 100 + beat);
  }
  await cut;
  await answered(page, 1_000);
});

test("an open page is closed when its session is over", async () => {
  const pages = await startPages();
  const { page } = await openSignedIn(pages);
  await answered(page, 1);
  // The computer slept.
  pages.clock.step(31 * 86_400_000);
  await pages.clock.advance(30_000);
  expect(await page.closed).toBe(4401);
});

test("when the gateway stops, calls are refused, what runs is finished, and pages are told", async () => {
  const work = Promise.withResolvers<{ readonly ok: string }>();
  const pages = await startPages({ dispatch: () => work.promise });
  const { page } = await openSignedIn(pages);
  page.send({ id: 1, call: "check", input: {} });
  page.send({ id: 2, call: "nothing", input: {} });
  page.send({ subscription: 1, subscribe: "events", after: { epoch: "", sequence: 0 } });
  pages.source.tell({ kind: "state", state: "stopping" });
  expect(items(await page.next()).map(numberOf)).toEqual([1]);
  await pages.server.refuse();
  page.send({ id: 3, call: "check", input: {} });
  expect(await page.next()).toMatchObject({ id: 3, result: { error: { code: "owner-stopping" } } });
  work.resolve({ ok: "done" });
  expect([await page.next(), await page.next()]).toEqual([
    { id: 1, result: { ok: "done" } },
    { id: 2, result: { ok: "done" } },
  ]);
  await pages.server.close();
  expect(await page.closed).toBe(1001);
});
