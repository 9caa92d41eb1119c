/**
 * An office whose every way is used: mail that is delivered and copied, that is refused whole or in part, reports, lists.
 * Whatever happened to its disk, `expectWhole` has the disk in order and looks: each message with each recipient once,
 * each refusal reported once, each file in the folder where it belongs.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { expect, onTestFinished } from "vitest";
import { openGateway } from "../../core/gateway.ts";
import { runEfs } from "../../core/headless/run-efs.ts";
import { openSetUp } from "../../core/set-up.ts";
import { AheadClock } from "../end-to-end/gateway-kit.ts";
import { normaliseLineEnds, stripTrace } from "../support/line-ends.ts";
import { contentBytes } from "../support/message-content.ts";
import { officeSettings } from "../support/office-folder.ts";
import { startMailboxServer } from "../support/pop3-mailbox-server.ts";
import type { Finished } from "../support/run-efs-process.ts";
import { makeSamples, type SampleMessage } from "../support/sample-messages.ts";
import { startMailServer } from "../support/smtp-mail-server.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const HOUR = 3_600_000;
const NOBODY = "nobody@office.test";
const UNREAD = "its file has gone from the Errors folder, or cannot be read";

export interface WholeOffice {
  readonly data: string;
  readonly settings: Readonly<Record<string, unknown>>;
  /** `efs` in this process; it is told to stop as soon as it has written `until`. */
  efs(args: readonly string[], input?: string, until?: RegExp): Promise<Finished>;
  /** Settings, lists and an empty mailbox, in the data folder. */
  prepare(): Promise<void>;
  /** Four messages in the mailbox. */
  mail(): void;
  /** `repeats`: messages that may have come again, with whoever accepted them in flight when the journal failed. */
  expectWhole(what: string, repeats?: number): Promise<void>;
  /** What the program's own log calls a bug. */
  faults(): readonly string[];
}

export async function wholeOffice(): Promise<WholeOffice> {
  const pop3 = await startMailboxServer([]);
  onTestFinished(() => pop3.close());
  const smtp = await startMailServer({ users: ["ada", "postmaster"] });
  onTestFinished(() => smtp.close());
  const data = join(await temporaryFolder(), "data");
  const ports = { pop3: pop3.port, smtp: smtp.port };
  const settings = officeSettings(ports, { backup: { enabled: true }, alerts: { mail: false } });
  const clock = new AheadClock();
  let first = 0;
  let samples: readonly SampleMessage[] = [];
  let since = 0;

  const efs: WholeOffice["efs"] = async (args, input = "", until) => {
    const outputs = { stdout: "", stderr: "" };
    const stop = new AbortController();
    const stream = (name: "stdout" | "stderr"): PassThrough => {
      const pass = new PassThrough();
      pass.setEncoding("utf8").on("data", (text: string) => {
        outputs[name] += text;
        if (until?.test(outputs[name])) stop.abort();
      });
      return pass;
    };
    async function* stdin(): AsyncGenerator<Buffer> {
      yield Buffer.from(input);
    }
    const code = await runEfs([...args, "--data", data], {
      stdin: stdin(),
      stdout: stream("stdout"),
      stderr: stream("stderr"),
      clock,
      openSetUp,
      openGateway,
      signal: stop.signal,
    });
    return { code, ...outputs };
  };

  /** "uid recipient" or "uid report", octets compared. */
  const arrivals = (): readonly string[] => {
    const sent = new Map(samples.map(({ uid, content }) => [uid, normaliseLineEnds(contentBytes(content))]));
    return smtp.messages.slice(since).flatMap(({ bytes, rcptTo }) => {
      const whole = Buffer.from(bytes ?? []);
      const text = whole.toString("latin1").replaceAll("=\r\n", "");
      const uid = /^X-Sample: (\S+)/m.exec(text)?.[1] ?? "?";
      if (/^X-EFS-Report: /im.test(text)) return [`${text.includes(UNREAD) ? "unread" : uid} report`];
      const same = stripTrace(whole).equals(sent.get(uid) ?? Buffer.alloc(0));
      return rcptTo.map((to) => `${uid} ${same ? to : "damaged"}`);
    });
  };
  const wanted = (): readonly string[] =>
    samples.flatMap(({ uid, recipients }) =>
      recipients.map((to) => `${uid} ${to === NOBODY ? "report" : to}`),
    );

  return {
    data,
    settings,
    efs,
    async prepare() {
      expect((await efs(["import", "-"], JSON.stringify(settings))).code).toBe(0);
      writeFileSync(join(data, "efsusers.txt"), `ada@office.test\n${NOBODY}\npostmaster@office.test\n`);
      writeFileSync(join(data, "efsalias.txt"), "sales@office.test = ada@office.test\n");
      expect((await efs(["check"])).code).toBe(0);
    },
    mail() {
      first += 10;
      const make = (
        at: number,
        count: number,
        users: readonly string[],
        way: "x-original-to" | "x-rcpt-to",
      ) => makeSamples(count, { profile: "small", first: first + at, users, ways: [way] });
      samples = [
        ...make(0, 2, ["ada"], "x-original-to"),
        ...make(2, 1, ["nobody"], "x-original-to"),
        ...make(3, 1, ["ada", "nobody"], "x-rcpt-to"),
      ];
      since = smtp.messages.length;
      pop3.add(samples);
    },
    async expectWhole(what, repeats = 0) {
      await efs(["check", "--send-now"]);
      // What was put off for an hour comes too.
      clock.goOn(2 * HOUR);
      const last = await efs(["check", "--send-now"]);
      clock.goOn(-2 * HOUR);
      expect([what, last]).toEqual([what, { code: 0, stdout: expect.any(String), stderr: "" }]);
      expect([what, pop3.left()]).toEqual([what, []]);
      const arrived = arrivals();
      const missing = wanted().filter((pair) => !arrived.includes(pair));
      const unread = arrived.filter((pair) => pair === "unread report");
      // An original that could not be read while the report was made is not in it.
      if (unread.length > 0) expect(missing.filter((pair) => !pair.endsWith(" report"))).toEqual([]);
      else expect([what, missing]).toEqual([what, []]);
      expect([what, arrived.filter((pair) => !wanted().includes(pair) && pair !== "unread report")]).toEqual([
        what,
        [],
      ]);
      expect([what, arrived.length - wanted().length]).toEqual([
        what,
        expect.toSatisfy((more: number) => more >= 0 && more <= repeats),
      ]);
      const refused = samples.filter(({ recipients }) => recipients.includes(NOBODY)).length;
      const folders = ["Inbox", "Errors", "Backup", ".temporary"].map(
        (name) => readdirSync(join(data, "mail", name)).length,
      );
      expect([what, ...folders]).toEqual([what, 0, refused, samples.length - refused, 0]);
    },
    faults() {
      try {
        const text = readFileSync(join(data, "log", "efs.log"), "utf8");
        return text.split("\n").filter((line) => line.includes('"err":'));
      } catch {
        return [];
      }
    },
  };
}
