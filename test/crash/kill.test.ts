/**
 * `kill -9` at 20 seeded moments of a 300-message run (PRODUCT section 2, "never lose, hardly ever repeat").
 *
 * 1. Every message arrives for each of its recipients, byte for byte.
 * 2. What arrives again was in flight on an SMTP connection at a kill, at most one message a connection.
 * 3. In the end the mailbox is empty, and folders and journal agree.
 */
import { expect, onTestFinished, test } from "vitest";
import { firstDifference, normaliseLineEnds, stripTrace } from "../support/line-ends.ts";
import { contentBytes } from "../support/message-content.ts";
import { officeFolder, officeSettings, startEfs } from "../support/office-folder.ts";
import { createRandom } from "../support/random.ts";
import { makeSamples } from "../support/sample-messages.ts";
import { startMailboxProcess, startMailServerProcess } from "../support/server-process.ts";
import { type Moment, seededMoments, startKillSwitch } from "./kill-switch.ts";
import { spoolState } from "./spool-state.ts";

const COUNT = 300;
const CONNECTIONS = 4;

interface Kill {
  readonly moment: Moment;
  readonly arrivedBefore: number;
  /** "uid recipient" of each message whose final dot had passed, and that was not followed by another's yet. */
  readonly inFlight: readonly string[];
  readonly connections: number;
}

test.for([1])(
  "20 kills, seed %i: nothing is lost, only what was in flight repeats",
  { timeout: 180_000 },
  async (seed) => {
    const samples = makeSamples(COUNT, { seed: `kill-${seed}` });
    const pop3 = await startMailboxProcess({
      kind: "samples",
      count: COUNT,
      options: { seed: `kill-${seed}` },
    });
    onTestFinished(() => pop3.close());
    // The pause makes sending slower than collecting: there is work left for every kill.
    const smtp = await startMailServerProcess({ finalPauseMilliseconds: 70 });
    onTestFinished(() => smtp.close());
    const killer = await startKillSwitch(pop3.port, smtp.port);
    onTestFinished(() => killer.close());
    const data = await officeFolder(officeSettings({ pop3: killer.pop3Port, smtp: killer.smtpPort }));
    const run = async (moment: Moment | null) => {
      const process = startEfs(["check", "--data", data]);
      killer.arm(moment, process.child);
      return process.finished;
    };

    const kills: Kill[] = [];
    for (const moment of seededMoments(createRandom(`kill-${seed}`))) {
      const arrivedBefore = await smtp.count();
      const finished = await run(moment);
      await pop3.idle();
      const { fired, inFlight, open } = killer.report();
      expect([moment, fired, finished.code, finished.stderr]).toEqual([moment, true, null, ""]);
      kills.push({
        moment,
        arrivedBefore,
        inFlight: inFlight.flatMap(({ uid, recipients }) => recipients.map((to) => `${uid} ${to}`)),
        connections: open,
      });
      expect(inFlight.length).toBeLessThanOrEqual(CONNECTIONS);
    }
    // Plain runs end it. Only a message that was under way at three kills in a row has to wait for its next try.
    let last = await run(null);
    const waiting = Number(/deferred (\d+)/.exec(last.stdout)?.[1]);
    if (waiting > 0) {
      killer.arm(null, null);
      last = await startEfs(["check", "--send-now", "--data", data]).finished;
    }
    expect([last.code, last.stderr]).toEqual([0, ""]);
    expect(waiting).toBeLessThanOrEqual(3 * CONNECTIONS);

    const arrived = new Map<string, number[]>();
    const damaged: string[] = [];
    const expected = new Map(
      samples.map(({ uid, content }) => [uid, normaliseLineEnds(contentBytes(content))]),
    );
    for (const { bytes, rcptTo, sequence } of await smtp.messages()) {
      const whole = Buffer.from(bytes ?? []);
      const uid = /^X-Sample: (\S+)/m.exec(whole.subarray(0, 65_536).toString("latin1"))?.[1] ?? "";
      const difference = firstDifference(stripTrace(whole), expected.get(uid) ?? Buffer.alloc(0));
      if (difference !== null) damaged.push(`${uid}: ${difference}`);
      for (const to of rcptTo)
        arrived.set(`${uid} ${to}`, [...(arrived.get(`${uid} ${to}`) ?? []), sequence]);
    }
    expect(damaged).toEqual([]);
    const wanted = samples.flatMap(({ uid, recipients }) =>
      (recipients.length === 0 ? ["postmaster@office.test"] : recipients).map((to) => `${uid} ${to}`),
    );
    expect([...arrived.keys()].sort()).toEqual(wanted.sort());

    // Each further arrival needs a kill of its own at which it was in flight.
    const unexplained: string[] = [];
    let repeats = 0;
    for (const [pair, sequences] of arrived) {
      repeats += sequences.length - 1;
      const chances = kills.filter(({ inFlight }) => inFlight.includes(pair)).length;
      if (sequences.length - 1 > chances) unexplained.push(`${pair} came ${sequences.length} times`);
    }
    const table = kills.map(({ moment, arrivedBefore, inFlight, connections }, index) => {
      const number =
        "nth" in moment
          ? moment.nth
          : "count" in moment
            ? moment.count
            : "milliseconds" in moment
              ? moment.milliseconds
              : 1;
      return `${index + 1}. ${moment.at} ${number}: ${arrivedBefore} had arrived, ${connections} connections, ${inFlight.length} recipients in flight`;
    });
    const inFlight = kills.reduce((sum, kill) => sum + kill.inFlight.length, 0);
    console.log(
      `${table.join("\n")}\n${arrived.size} recipients of ${COUNT} messages, ${inFlight} in flight at the kills, ${repeats} repeated, ${waiting} waited`,
    );
    expect(unexplained).toEqual([]);

    expect(await pop3.left()).toEqual([]);
    expect(await spoolState(data)).toEqual({
      files: [],
      rows: [],
      temporary: [],
      integrity: "ok",
      pending: 0,
      tasks: 0,
    });
  },
);
