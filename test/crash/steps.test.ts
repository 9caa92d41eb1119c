/**
 * `kill -9` at every step of a message's way, by name: while collecting, sending, reporting, and while the start puts
 * right what the kill before left (EFS_LONG=1: 500 kills, also at odd times). Counted on both sides:
 *
 * 1. Lost: none. Every message arrives for each of its recipients byte for byte; each that was refused is in Errors,
 *    and reported.
 * 2. What arrives again was the last message of a connection of a killed process: at most one a connection, each listed.
 * 3. In the end the mailbox is empty, and folders and journal agree.
 */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { firstDifference, normaliseLineEnds, stripTrace } from "../support/line-ends.ts";
import { contentBytes } from "../support/message-content.ts";
import { officeFolder, officeSettings, startEfs } from "../support/office-folder.ts";
import { startMailboxServer } from "../support/pop3-mailbox-server.ts";
import { createRandom, type Random } from "../support/random.ts";
import { makeSamples, type SampleMessage } from "../support/sample-messages.ts";
import { startMailServer } from "../support/smtp-mail-server.ts";
import { COLLECTING, REPORTING, SENDING, STARTING } from "./crash-steps.ts";
import { spoolState } from "./spool-state.ts";

const PRELOAD = pathToFileURL(join(import.meta.dirname, "die-here.ts")).href;
const LONG = process.env["EFS_LONG"] === "1";
const SEED = process.env["EFS_SEED"] ?? "20261120";
const ROUNDS = LONG ? 8 : 1;
const ODD_TIMES = LONG ? 20 : 1;

/** One round: each step once, at its first to third time; the order is by chance, as what is left of one meets the next. */
function round(random: Random): readonly string[] {
  // Several messages and answers may come in one piece.
  const once = /QUIT|answered|fetched|Errors/;
  const nth = (step: string): string => (once.test(step) ? step : `${step}:${random.integer(1, 3)}`);
  const times = Array.from({ length: ODD_TIMES }, () => `time:${random.integer(1, 400)}`);
  const groups: (readonly string[])[] = [
    ...[...COLLECTING, ...SENDING].map((step) => [nth(step)]),
    ...REPORTING.map((step) => [step]),
    ...STARTING.map(([before, step]) => [before, step]),
    ...times.map((time) => [time]),
  ];
  return random.sample(groups, groups.length).flat();
}

/** Six for one kill: one is refused whole, one for a part of its recipients. */
function mailFor(kill: number): readonly SampleMessage[] {
  const options = { seed: `steps-${SEED}`, profile: "small" } as const;
  const first = kill * 10;
  return [
    ...makeSamples(4, { ...options, first }),
    ...makeSamples(1, { ...options, first: first + 4, users: ["unknown-bob"], ways: ["x-original-to"] }),
    ...makeSamples(1, { ...options, first: first + 5, users: ["ada", "unknown-bob"], ways: ["x-rcpt-to"] }),
  ];
}

test("killed at every step: nothing is lost, only what was in flight repeats", {
  timeout: LONG ? 1_800_000 : 240_000,
}, async () => {
  const pop3 = await startMailboxServer([]);
  onTestFinished(() => pop3.close());
  const smtp = await startMailServer();
  onTestFinished(() => smtp.close());
  const data = await officeFolder(
    officeSettings({ pop3: pop3.port, smtp: smtp.port }, { alerts: { mail: false } }),
  );
  const run = (step: string | null) =>
    startEfs(["check", "--data", data, "--send-now"], {
      environment: step === null ? {} : { NODE_OPTIONS: `--import=${PRELOAD}`, EFS_CRASH_AT: step },
    }).finished;

  const random = createRandom(SEED);
  const steps = Array.from({ length: ROUNDS }, () => round(random)).flat();
  const samples: SampleMessage[] = [];
  const survived: string[] = [];
  for (const [kill, step] of steps.entries()) {
    const more = mailFor(kill);
    samples.push(...more);
    pop3.add(more);
    const { code, stderr } = await run(step);
    // A time may come too late; a step that has a name is reached.
    if (code !== null && !(step.startsWith("time:") && code <= 1))
      survived.push(`${kill}. ${step}: ${code} ${stderr}`);
    await pop3.idle();
  }
  expect(survived).toEqual([]);
  const beforeEnd = smtp.messages.length;
  // The first ends what the last kill left, the second finds nothing to do.
  await run(null);
  expect(await run(null)).toMatchObject({ code: 0, stderr: "" });

  const arrivals = arrived(samples, smtp.messages);
  expect(arrivals.damaged).toEqual([]);
  expect([...arrivals.pairs.keys()].sort()).toEqual(expectedPairs(samples));

  // Whatever came again: each earlier arrival was the last message on its connection, and that process was killed.
  const lastOf = new Map(smtp.messages.map(({ connection, sequence }) => [connection, sequence]));
  const repeats = new Map<string, number>();
  const unexplained: string[] = [];
  for (const [pair, sequences] of arrivals.pairs) {
    for (const sequence of sequences.slice(0, -1)) {
      const { connection = "" } = smtp.messages[sequence - 1] ?? {};
      const arrival = `${pair.split(" ")[0]}, message ${sequence} on connection ${connection}`;
      const inFlight = lastOf.get(connection) === sequence && sequence <= beforeEnd;
      if (inFlight) repeats.set(arrival, (repeats.get(arrival) ?? 0) + 1);
      else unexplained.push(`${pair}: ${arrival}`);
    }
  }
  const listed = [...repeats].map(([arrival, recipients]) => `  ${arrival}: ${recipients} recipient(s)`);
  console.log(
    `seed ${SEED}: ${steps.length} kills, ${samples.length} messages, ${arrivals.pairs.size} arrivals wanted, ` +
      `lost 0, repeated ${repeats.size} messages on ${lastOf.size} connections:\n${listed.join("\n")}`,
  );
  expect(unexplained).toEqual([]);

  expect(pop3.left()).toEqual([]);
  const { files, ...state } = await spoolState(data);
  const refused = samples.filter(({ recipients }) => recipients.some(isUnknown)).length;
  expect(files.length).toBe(refused);
  expect(files.filter((file) => !file.startsWith("Errors/"))).toEqual([]);
  expect(state).toEqual({ rows: files, temporary: [], integrity: "ok", pending: 0, tasks: 0 });
});

function isUnknown(address: string): boolean {
  return address.startsWith("unknown-");
}

/** "uid recipient", and "uid report" for what was refused. */
function expectedPairs(samples: readonly SampleMessage[]): readonly string[] {
  return samples
    .flatMap(({ uid, recipients }) => {
      const wanted = recipients.length === 0 ? ["postmaster@office.test"] : recipients;
      const good = wanted.filter((address) => !isUnknown(address)).map((address) => `${uid} ${address}`);
      return good.length === wanted.length ? good : [...good, `${uid} report`];
    })
    .sort();
}

function arrived(
  samples: readonly SampleMessage[],
  messages: readonly {
    readonly bytes: Buffer | null;
    readonly rcptTo: readonly string[];
    readonly sequence: number;
  }[],
) {
  const pairs = new Map<string, number[]>();
  const damaged: string[] = [];
  const expected = new Map(
    samples.map(({ uid, content }) => [uid, normaliseLineEnds(contentBytes(content))]),
  );
  for (const { bytes, rcptTo, sequence } of messages) {
    const whole = Buffer.from(bytes ?? []);
    const text = whole.toString("latin1");
    const uid = /^X-Sample: (\S+)/m.exec(text)?.[1] ?? "";
    const report = /^X-EFS-Report: /im.test(text);
    const difference = report
      ? null
      : firstDifference(stripTrace(whole), expected.get(uid) ?? Buffer.alloc(0));
    if (difference !== null) damaged.push(`${uid}: ${difference}`);
    for (const to of report ? ["report"] : rcptTo) {
      pairs.set(`${uid} ${to}`, [...(pairs.get(`${uid} ${to}`) ?? []), sequence]);
    }
  }
  return { pairs, damaged };
}
