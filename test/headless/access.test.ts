/** The parts of the pages' access that need no socket. */
import { expect, test } from "vitest";
import { openAccess } from "../../core/headless/access.ts";
import { createOneTimeTokens } from "../../core/headless/one-time-tokens.ts";
import { type GuardedRequest, refuseRequest } from "../../core/headless/request-guard.ts";
import { readCookies } from "../../core/headless/session-cookie.ts";
import { createTryLimit, network } from "../../core/headless/try-limit.ts";
import { openWebSessions } from "../../core/headless/web-sessions.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { cheapPasswordHash } from "../support/pages-kit.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const reached: GuardedRequest = {
  host: "127.0.0.1:7025",
  origin: undefined,
  encrypted: false,
  localAddress: "127.0.0.1",
  localPort: 7_025,
};

test.each<readonly [number | null, Partial<GuardedRequest>]>([
  [null, {}],
  [421, { host: undefined }],
  [421, { host: "" }],
  [421, { host: "127.0.0.1" }],
  [421, { host: "127.0.0.1:7025.attacker.example" }],
  [421, { host: "attacker.example:7025" }],
  [421, { host: "user@127.0.0.1:7025" }],
  [null, { host: "OFFICE.example:7025" }],
  [null, { host: "192.168.1.5:7025", localAddress: "192.168.1.5" }],
  [null, { host: "192.168.1.5:7025", localAddress: "::ffff:192.168.1.5" }],
  [null, { host: "[fe80::1]:7025", localAddress: "fe80::1" }],
  [421, { host: "192.168.1.6:7025", localAddress: "192.168.1.5" }],
  [null, { host: "office.example", localPort: 443, encrypted: true }],
  [null, { host: "office.example", localPort: 80 }],
  [421, { host: "office.example", localPort: 443 }],
  [null, { origin: "http://127.0.0.1:7025" }],
  [403, { origin: "http://office.example:7025" }],
  [403, { origin: "https://127.0.0.1:7025" }],
  [403, { origin: "null" }],
  [403, { origin: "" }],
  [null, { host: "office.example", origin: "https://office.example", localPort: 443, encrypted: true }],
])("%s: %o", (status, changes) => {
  const refused = refuseRequest({ ...reached, ...changes }, ["127.0.0.1", "office.example"]);
  expect(refused?.status ?? null).toBe(status);
});

test("ten tries a minute from one network, a hundred from all; whoever waits is let in again", async () => {
  const clock = new FakeClock();
  const limit = createTryLimit(clock);
  const wrong = (address: string, times: number): void => {
    for (let count = 0; count < times; count += 1) limit.wrong(address);
  };
  wrong("192.0.2.1", 9);
  expect(limit.wait("192.0.2.1")).toBe(0);
  await clock.advance(10_000);
  wrong("192.0.2.1", 1);
  expect([limit.wait("192.0.2.1"), limit.wait("::ffff:192.0.2.1"), limit.wait("192.0.2.2")]).toEqual([
    50, 50, 0,
  ]);
  // Setting the clock does not help.
  clock.step(3_600_000);
  expect(limit.wait("192.0.2.1")).toBe(50);
  await clock.advance(49_999);
  expect(limit.wait("192.0.2.1")).toBe(1);
  await clock.advance(1);
  expect(limit.wait("192.0.2.1")).toBe(0);
  for (let host = 1; host <= 11; host += 1) wrong(`198.51.100.${host}`, 9);
  expect([limit.wait("203.0.113.1"), limit.wait("198.51.100.1")]).toEqual([10, 10]);
});

test.each([
  ["192.0.2.1", "192.0.2.1"],
  ["::ffff:192.0.2.1", "192.0.2.1"],
  ["::1", "0:0:0:0"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
  ["2001:DB8:1:2::6", "2001:db8:1:2"],
  ["2001:db8::6", "2001:db8:0:0"],
  ["fe80::1%eth0", "fe80:0:0:0"],
])("%s is of the network %s", (address, expected) => {
  expect(network(address)).toBe(expected);
});

test("twenty addresses are good at once, each once", () => {
  const tokens = createOneTimeTokens(new FakeClock());
  const issued = Array.from({ length: 21 }, () => tokens.issue());
  expect(new Set(issued).size).toBe(21);
  expect(issued.map((token) => tokens.redeem(token))).toEqual([false, ...new Array<boolean>(20).fill(true)]);
  expect(issued.some((token) => tokens.redeem(token))).toBe(false);
});

test("a hundred sessions at most: the one unused for longest goes", async () => {
  const clock = new FakeClock();
  const sessions = await openWebSessions(await temporaryFolder(), clock);
  const secrets: string[] = [];
  for (let count = 0; count < 100; count += 1) {
    secrets.push(await sessions.begin(null));
    await clock.advance(1);
  }
  await clock.advance(2 * 3_600_000);
  expect(sessions.find(secrets[0] ?? "", null)).not.toBeNull();
  await clock.advance(1);
  await sessions.begin(null);
  expect([0, 1, 2].map((index) => sessions.find(secrets[index] ?? "", null) !== null)).toEqual([
    true,
    false,
    true,
  ]);
});

test("cookies: all of the name, nothing that cannot be ours", () => {
  const secret = "A".repeat(43);
  expect(readCookies(undefined, "a")).toEqual([]);
  expect(
    readCookies(`b=${secret}; a=${secret}; aa=${secret}; a=x; a="${secret}";a=${"B".repeat(43)}`, "a"),
  ).toEqual([secret, "B".repeat(43)]);
});

test("passwords given at once are compared one after another: a wrong one counts before the next", async () => {
  const stored = cheapPasswordHash("correct horse");
  const access = await openAccess(await temporaryFolder(), new FakeClock(), () => stored);
  const from = "192.0.2.1";
  for (let count = 1; count <= 9; count += 1) access.limit.wrong(from);
  expect(
    await Promise.all(["wrong", "correct horse"].map((password) => access.withPassword(password, from))),
  ).toEqual([{ kind: "wrong" }, { kind: "wait", seconds: 60 }]);
  expect(await access.withPassword("correct horse", "192.0.2.2")).toMatchObject({ kind: "in" });
  // More than eight in a row are not even kept.
  const many = await Promise.all(
    Array.from({ length: 9 }, () => access.withPassword("correct horse", "192.0.2.3")),
  );
  expect(many.map(({ kind }) => kind)).toEqual([...new Array<string>(8).fill("in"), "wait"]);
});
