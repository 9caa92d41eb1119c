import { beforeEach, expect, test } from "vitest";
import type { GatewayState } from "../../core/model/event.ts";
import { lookForUpdates, type Updater } from "../../electron/updates.ts";
import { FakeClock } from "../support/fake-clock.ts";

const DAY = 86_400_000;
const ADDRESS = "https://updates.office.example/";

let clock: FakeClock;
let state: GatewayState | null;
let did: string[];
let downloaded: () => void;

const updater: Updater = {
  autoDownload: false,
  autoInstallOnAppQuit: false,
  setFeedURL: ({ url }) => did.push(`look at ${url}`),
  async checkForUpdates() {
    did.push("look");
    throw new Error("no connection");
  },
  quitAndInstall: () => did.push("install"),
  on(event, listener) {
    if (event === "update-downloaded") downloaded = listener as () => void;
    return updater;
  },
};

beforeEach(() => {
  clock = new FakeClock();
  state = "idle";
  did = [];
});

function start(address: string | null, given: Updater | null = updater, endsGateway = true): void {
  lookForUpdates({
    updater: given,
    address,
    clock,
    endsGateway,
    status: async () => (state === null ? null : { state }),
    finish: async () => void did.push("finish"),
    onFault: () => undefined,
  });
}

test("nobody looks unless an address is given and there is an updater", async () => {
  start(null);
  start(ADDRESS, null);
  await clock.advance(3 * DAY);
  expect([did, clock.pending]).toEqual([[], 0]);
});

test("a minute after the start, then once a day", async () => {
  start(ADDRESS);
  await clock.advance(59_000);
  expect(did).toEqual([`look at ${ADDRESS}`]);
  await clock.advance(1_000);
  await clock.advance(DAY);
  expect(did).toEqual([`look at ${ADDRESS}`, "look", "look"]);
});

test("never installed while mail is moving", async () => {
  start(ADDRESS);
  did = [];
  for (const busy of ["checking", "sending", "stopping", null] as const) {
    state = busy;
    if (busy === "checking") downloaded();
    await clock.advance(60_000);
    expect(did.filter((each) => each !== "look")).toEqual([]);
  }
  state = "paused";
  await clock.advance(60_000);
  expect(did.filter((each) => each !== "look")).toEqual(["finish", "install"]);
});

test("a quit installs nothing while another process's gateway goes on", () => {
  start(ADDRESS);
  expect(updater.autoInstallOnAppQuit).toBe(true);
  start(ADDRESS, updater, false);
  expect(updater.autoInstallOnAppQuit).toBe(false);
});
