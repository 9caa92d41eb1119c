import { describe, expect, it } from "vitest";
import { AlertDesk, type AlertNotes } from "../../core/gateway/alert-desk.ts";
import { RecentLog } from "../../core/gateway/recent-log.ts";
import type { LogLine } from "../../core/model/event.ts";
import { FakeClock } from "../support/fake-clock.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const problem = { code: "x", what: "It broke.", cure: "Mend it." };

function setUp() {
  const clock = new FakeClock();
  const kept = new Map<string, string>();
  const notes: AlertNotes = {
    read: (name) => JSON.parse(kept.get(name) ?? "null"),
    write: async (name, value) => {
      kept.set(name, JSON.stringify(value));
    },
  };
  const make = () => new AlertDesk({ clock, linesAbout: () => [] });
  const open = () => {
    const desk = make();
    desk.keepIn(notes);
    return desk;
  };
  return { clock, kept, notes, make, open };
}

/** What a mail would be about. */
const waiting = (desk: AlertDesk) =>
  desk.waiting().map(({ cause, times, over }) => `${cause} ${times}${over ? " over" : ""}`);

function mail(desk: AlertDesk): string[] {
  const told = waiting(desk);
  desk.done(desk.waiting());
  return told;
}

describe("AlertDesk", () => {
  it("mails one an hour for one cause, and tells with the next how often it came meanwhile", async () => {
    const { clock, open } = setUp();
    const desk = open();
    const start = clock.now();
    desk.raise({ cause: "a", problem });
    desk.raise({ cause: "b", problem });
    expect(mail(desk)).toEqual(["a 1", "b 1"]);
    for (const _ of [1, 2, 3]) {
      await clock.advance(15 * MINUTE);
      desk.raise({ cause: "a", problem });
    }
    expect(mail(desk)).toEqual([]);
    await clock.advance(15 * MINUTE);
    desk.raise({ cause: "a", problem });
    expect(desk.waiting()).toEqual([
      { cause: "a", problem, firstAt: start, lastAt: start + HOUR, times: 4, over: false, lines: [] },
    ]);
    expect(mail(desk)).toEqual(["a 4"]);
    await clock.advance(2 * HOUR);
    desk.raise({ cause: "a", problem });
    expect(mail(desk)).toEqual(["a 1"]);
  });

  it("groups by cause what has to wait, the last words of each", async () => {
    const { clock, open } = setUp();
    const desk = open();
    const start = clock.now();
    desk.raise({ cause: "route-down", problem });
    await clock.advance(3 * HOUR);
    desk.raise({ cause: "pop3-lost:main", problem });
    const last = { ...problem, what: "It broke again." };
    desk.raise({ cause: "route-down", problem: last });
    expect(desk.waiting()).toEqual([
      {
        cause: "route-down",
        problem: last,
        firstAt: start,
        lastAt: start + 3 * HOUR,
        times: 2,
        over: true,
        lines: [],
      },
      {
        cause: "pop3-lost:main",
        problem,
        firstAt: start + 3 * HOUR,
        lastAt: start + 3 * HOUR,
        times: 1,
        over: false,
        lines: [],
      },
    ]);
    expect(desk.waitingSince()).toBe(start);
  });

  it("remembers over restarts what was mailed and what waits", async () => {
    const { clock, open } = setUp();
    const first = open();
    first.raise({ cause: "a", problem });
    expect(mail(first)).toEqual(["a 1"]);
    first.raise({ cause: "b", problem: { ...problem, quote: "550 no" } });
    await first.saved();
    await clock.advance(30 * MINUTE);
    const second = open();
    expect(second.waiting()).toEqual(first.waiting());
    second.raise({ cause: "a", problem });
    expect(mail(second)).toEqual(["b 1"]);
    await second.saved();
    await clock.advance(30 * MINUTE);
    const third = open();
    third.raise({ cause: "a", problem });
    expect(waiting(third)).toEqual(["a 2"]);
  });

  it("takes what was raised before the journal was open", async () => {
    const { clock, notes, make, open } = setUp();
    const first = open();
    first.raise({ cause: "a", problem });
    first.done(first.waiting());
    await first.saved();
    await clock.advance(MINUTE);
    const second = make();
    second.raise({ cause: "a", problem });
    second.raise({ cause: "damaged", problem });
    second.keepIn(notes);
    expect(waiting(second)).toEqual(["damaged 1"]);
    await second.saved();
    expect(waiting(open())).toEqual(["damaged 1"]);
  });

  it("keeps for the next mail what was raised while one was made", async () => {
    const { clock, open } = setUp();
    const desk = open();
    desk.raise({ cause: "a", problem });
    desk.raise({ cause: "b", problem });
    const mailed = desk.waiting();
    await clock.advance(1);
    desk.raise({ cause: "b", problem });
    desk.raise({ cause: "c", problem });
    desk.done(mailed);
    expect(waiting(desk)).toEqual(["b 2", "c 1"]);
  });

  it("is not silenced by a clock that was set back", () => {
    const { clock, open } = setUp();
    const desk = open();
    desk.raise({ cause: "a", problem });
    mail(desk);
    clock.step(-24 * HOUR);
    desk.raise({ cause: "a", problem });
    expect(mail(desk)).toEqual(["a 1"]);
  });

  it("holds no more than a flood needs", async () => {
    const { kept, open } = setUp();
    const desk = open();
    desk.raise({ cause: "route-down", problem });
    for (let index = 0; index < 5_000; index += 1)
      desk.raise({ cause: `pop3-too-large:main:${index}`, problem });
    expect(waiting(desk).slice(0, 2)).toEqual(["route-down 1 over", "pop3-too-large:main:0 1"]);
    expect(desk.waiting()).toHaveLength(200);
    mail(desk);
    // Those that had no room may be raised again.
    desk.raise({ cause: "pop3-too-large:main:4999", problem });
    expect(mail(desk)).toEqual(["pop3-too-large:main:4999 1"]);
    for (let index = 0; index < 2_000; index += 1) {
      desk.raise({ cause: `other:${index}`, problem });
      mail(desk);
    }
    await desk.saved();
    expect(JSON.parse(kept.get("alerts") ?? "{}").causes).toHaveLength(1_000);
  });

  it("takes damaged notes for none, and a journal that cannot be written for no trouble of its own", async () => {
    const { kept, make, open } = setUp();
    kept.set("alerts", '{"causes": 7}');
    expect(open().waiting()).toEqual([]);
    const desk = make();
    desk.keepIn({ read: () => null, write: () => Promise.reject(new Error("disk full")) });
    desk.raise({ cause: "a", problem });
    await desk.saved();
    expect(waiting(desk)).toEqual(["a 1"]);
  });

  it("leaves out what is a mail of its own", () => {
    const desk = setUp().open();
    desk.raise({ cause: "pop3-headers-sent:main:uid-1", problem });
    expect(desk.waiting()).toEqual([]);
  });
});

describe("RecentLog", () => {
  const line = (source: string, text: string): LogLine => ({ at: 0, source, level: "info", text });
  const log = new RecentLog();
  for (let index = 0; index < 3_000; index += 1) log.add(line("gateway", `old ${index}`));
  log.add(line("pop3", 'Account "main": 3 listed'));
  for (let index = 1; index <= 6; index += 1) log.add(line("pop3", `main: ${index}`));
  log.add(line("smtp", "sent"));
  log.add(line("pop3", "main-2: other"));
  const texts = (cause: string) => log.about(cause).map(({ text }) => text);

  it("gives the last five lines about an account", () => {
    expect(texts("pop3-lost:main")).toEqual(["main: 2", "main: 3", "main: 4", "main: 5", "main: 6"]);
    expect(texts("pop3-too-large:main-2:uid:with:colons")).toEqual(["main-2: other"]);
  });

  it("gives those about the server, and all where none belongs to the cause", () => {
    expect(texts("route-down")).toEqual(["sent"]);
    expect(texts("journal-damaged")).toEqual(["main: 4", "main: 5", "main: 6", "sent", "main-2: other"]);
    expect(texts("spool-folder:Inbox")).toEqual(["main: 4", "main: 5", "main: 6", "sent", "main-2: other"]);
  });
});
