/**
 * The gateway between a real Dovecot and a real Postfix: what leaves the mailbox arrives, octet by octet, at exactly
 * the people it is for, once; what cannot be delivered is told to the postmaster; an outage costs nothing.
 */
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { RunSummary } from "../../core/model/event.ts";
import type { Dovecot } from "../servers/dovecot.ts";
import { startDovecot } from "../servers/dovecot.ts";
import type { DeliveredCopy, Postfix } from "../servers/postfix.ts";
import { startPostfix } from "../servers/postfix.ts";
import { firstDifference, normaliseLineEnds, stripTrace } from "../support/line-ends.ts";
import { contentBytes, contentSize } from "../support/message-content.ts";
import type { SampleMessage, SampleOptions } from "../support/sample-messages.ts";
import { makeSamples, SAMPLE_USERS } from "../support/sample-messages.ts";
import { describeWith } from "../support/skip.ts";
import { gatewayKit, officeSettings } from "./gateway-kit.ts";

const DEADLINE = { timeout: 120_000 };
const COUNT = 300;
const POSTMASTER = "postmaster@office.test";
/** Nobody at the mail server. */
const STRANGERS = ["former.colleague", "adda"];
/** Answered 450 until the rule is lifted. */
const BUSY = ["defer-quinn", "defer-rosa"];

interface Expected {
  readonly sample: SampleMessage;
  readonly recipients: readonly string[];
}

/** Every delivery to every recipient, compared with what was sent. */
interface Comparison {
  /** What is not as it should be; empty when all is well. */
  readonly faults: readonly string[];
  /** `uid recipient` pairs that arrived more than once. */
  readonly repeated: readonly string[];
  readonly arrived: number;
  /** What is not one of the samples: reports. */
  readonly others: readonly DeliveredCopy[];
}

function compare(expected: readonly Expected[], delivered: readonly DeliveredCopy[]): Comparison {
  const wanted = new Map(expected.map((each) => [each.sample.uid, each]));
  const faults: string[] = [];
  const others: DeliveredCopy[] = [];
  const arrived = new Map<string, number>();
  const originals = new Map<string, Buffer>();
  for (const copy of delivered) {
    const uid = sampleOf(copy.bytes);
    if (uid === null) {
      others.push(copy);
      continue;
    }
    const want = wanted.get(uid);
    const pair = `${uid} ${copy.recipient}`;
    if (want === undefined || !want.recipients.includes(copy.recipient)) {
      faults.push(`${pair}: not for them`);
      continue;
    }
    arrived.set(pair, (arrived.get(pair) ?? 0) + 1);
    if (copy.sender !== want.sample.sender)
      faults.push(`${pair}: from <${copy.sender}>, not <${want.sample.sender}>`);
    const original = originals.get(uid) ?? normaliseLineEnds(contentBytes(want.sample.content));
    originals.set(uid, original);
    const difference = firstDifference(stripTrace(copy.bytes), original);
    if (difference !== null) faults.push(`${pair}: ${difference}`);
  }
  for (const { sample, recipients } of expected) {
    for (const recipient of recipients) {
      if (!arrived.has(`${sample.uid} ${recipient}`))
        faults.push(`${sample.uid} ${recipient}: did not arrive`);
    }
  }
  const repeated = [...arrived].filter(([, times]) => times > 1).map(([pair]) => pair);
  return { faults: faults.slice(0, 10), repeated, arrived: arrived.size, others };
}

/** The sample's id, from the header alone: a report holds the same line in its body. */
function sampleOf(bytes: Buffer): string | null {
  const header = bytes.subarray(0, bytes.indexOf("\r\n\r\n") + 2).toString("latin1");
  return /\r\nX-Sample: (\S+)\r\n/.exec(header)?.[1] ?? null;
}

/** Quoted-printable undone (RFC 2045 6.7), wherever it is. */
function unquoted(bytes: Buffer): string {
  return bytes
    .toString("latin1")
    .replace(/=\r\n/g, "")
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

function everything(samples: readonly SampleMessage[]): Expected[] {
  return samples.map((sample) => ({ sample, recipients: sample.recipients }));
}

function pairs(expected: readonly Expected[]): number {
  return expected.reduce((sum, { recipients }) => sum + recipients.length, 0);
}

function octets(samples: readonly SampleMessage[]): number {
  return samples.reduce((sum, { content }) => sum + contentSize(content), 0);
}

function codes({ problems }: RunSummary): string[] {
  return problems.map(({ code }) => code);
}

describeWith("real-servers", "a real Dovecot, the gateway and a real Postfix", () => {
  let dovecot: Dovecot;
  let postfix: Postfix;
  let user = "";
  let users = 0;
  beforeAll(async () => {
    [dovecot, postfix] = await Promise.all([
      startDovecot(),
      startPostfix({ users: [...SAMPLE_USERS, ...BUSY], sizeLimit: 50_000_000 }),
    ]);
  });
  afterAll(async () => {
    await Promise.all([dovecot?.close(), postfix?.close()]);
  });
  beforeEach(async () => {
    users += 1;
    user = `mailbox${users}`;
    await postfix.setMode("normal");
    await postfix.untilEmpty();
    postfix.clear();
  });

  /** A mailbox of the test's own, full. */
  function fill(seed: string, options: SampleOptions = {}, count = COUNT): SampleMessage[] {
    const samples = makeSamples(count, { seed, ...options });
    dovecot.load(user, samples);
    return samples;
  }
  const pop = (more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => ({
    host: dovecot.host,
    port: dovecot.port,
    username: user,
    password: dovecot.password,
    ...more,
  });
  const smtp = (more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => ({
    host: postfix.host,
    port: postfix.port,
    ...more,
  });
  /** Everything that Postfix accepted, when it has delivered it. */
  async function arrivals(): Promise<DeliveredCopy[]> {
    await postfix.untilEmpty();
    return postfix.delivered();
  }

  const ways: readonly (readonly [
    name: string,
    account: () => Record<string, unknown>,
    server: () => Record<string, unknown>,
  ])[] = [
    ["in plaintext", () => pop(), () => smtp()],
    [
      "with STLS, and STARTTLS to the mail server, both certificates pinned",
      () => pop({ security: "starttls", acceptedCertificate: dovecot.certificate.fingerprint }),
      () => smtp({ security: "starttls", acceptedCertificate: postfix.certificate.fingerprint }),
    ],
    [
      "over TLS, with opportunistic STARTTLS to the mail server",
      () =>
        pop({ port: dovecot.tlsPort, security: "tls", acceptedCertificate: dovecot.certificate.fingerprint }),
      () => smtp({ security: "opportunistic" }),
    ],
  ];
  test.each(ways)(
    "300 messages %s: all arrive, octet by octet, once",
    DEADLINE,
    async (name, account, server) => {
      const samples = fill(`way ${name.slice(0, 8)}`.replace(/\W+/g, "-"));
      const kit = await gatewayKit(officeSettings(account(), server()));
      const summary = await kit.check();

      const expected = everything(samples);
      const { seconds, ...rest } = summary;
      expect(rest).toEqual({
        collected: COUNT,
        collectedBytes: octets(samples),
        toCollect: COUNT,
        delivered: COUNT,
        deliveredBytes: octets(samples),
        deferred: 0,
        errors: 0,
        junk: 0,
        discarded: 0,
        reports: 0,
        bytes: octets(samples),
        problems: [],
        findings: [],
      });
      expect(seconds).toBeGreaterThan(0);
      expect(compare(expected, await arrivals())).toEqual({
        faults: [],
        repeated: [],
        arrived: pairs(expected),
        others: [],
      });
      expect(dovecot.count(user)).toBe(0);
      for (const folder of ["Inbox", "Errors", "Junk", "Backup"] as const)
        expect(kit.files(folder).size).toBe(0);
      expect(kit.heard.progress.at(-1)?.delivered).toBe(COUNT);
      expect(kit.heard.transcript.some(({ text }) => text.includes(dovecot.password))).toBe(false);
      expect(
        kit
          .mailLog()
          .split("\n")
          .filter((line) => line.includes("status=sent")),
      ).toHaveLength(pairs(expected));
    },
  );

  test("an untrusted certificate is a clear problem, and nothing is touched", DEADLINE, async () => {
    fill("untrusted", { profile: "small" }, 3);
    for (const account of [
      pop({ security: "starttls" }),
      pop({ port: dovecot.tlsPort, security: "tls" }),
      pop({ port: dovecot.tlsPort, security: "tls", acceptedCertificate: "0".repeat(64) }),
    ]) {
      const kit = await gatewayKit(officeSettings(account, smtp()));
      const { code, summary, stderr } = await kit.efsCheck();
      expect([code, stderr]).toEqual([1, ""]);
      expect(summary?.collected).toBe(0);
      expect(summary?.problems.map(({ code }) => code)).toEqual(["pop3-certificate-untrusted"]);
      expect(summary?.problems[0]?.what).toContain(`127.0.0.1 (port ${account["port"]})`);
      expect(`${summary?.problems[0]?.what} ${summary?.problems[0]?.cure}`).toContain("certificate");
      // Nothing but the alert to the postmaster.
      expect(kit.history().filter(({ kind }) => kind !== "alert")).toEqual([]);
    }
    expect(dovecot.count(user)).toBe(3);
    expect(await arrivals()).toEqual([]);

    const kit = await gatewayKit(
      officeSettings(pop(), smtp({ security: "starttls", acceptedCertificate: "0".repeat(64) })),
    );
    const refused = await kit.check();
    expect([refused.collected, refused.delivered, refused.deferred, codes(refused)]).toEqual([
      3,
      0,
      3,
      ["smtp-certificate"],
    ]);
    expect(kit.files("Inbox").size).toBe(3);
    await kit.importSettings(
      officeSettings(
        pop(),
        smtp({ security: "starttls", acceptedCertificate: postfix.certificate.fingerprint }),
      ),
    );
    expect((await kit.check()).delivered).toBe(3);
    expect(kit.files("Inbox").size).toBe(0);
  });

  test(
    "unknown users end at the postmaster with the 550; 450 stays queued for them alone, until it is lifted",
    DEADLINE,
    async () => {
      const samples = fill("refusals", { users: [...SAMPLE_USERS.slice(0, 12), ...STRANGERS, ...BUSY] });
      const is = (names: readonly string[]) => (address: string) =>
        names.includes(address.split("@")[0] ?? "");
      const [strange, busy] = [is(STRANGERS), is(BUSY)];
      const known = samples.map((sample) => ({
        sample,
        recipients: sample.recipients.filter((address) => !strange(address) && !busy(address)),
      }));
      const withStrangers = samples.filter(({ recipients }) => recipients.some(strange));
      const withBusy = samples.filter(({ recipients }) => recipients.some(busy));
      const onlyStrange = withStrangers.filter(({ recipients }) => !recipients.some(busy));
      // The mail is varied enough to prove something.
      expect(onlyStrange.length).toBeGreaterThan(20);
      expect(withBusy.length).toBeGreaterThan(20);
      expect(withBusy.some(({ recipients }) => !recipients.every(busy))).toBe(true);
      expect(withBusy.some(({ recipients }) => recipients.some(strange))).toBe(true);

      const kit = await gatewayKit(officeSettings(pop(), smtp()));
      const first = await kit.efsCheck();
      expect([first.code, first.stderr]).toEqual([1, ""]);
      expect(first.summary).toMatchObject({
        collected: COUNT,
        delivered: COUNT - withBusy.length - onlyStrange.length,
        deferred: withBusy.length,
        // Those that wait for somebody too are not done with.
        errors: onlyStrange.length,
        reports: onlyStrange.length,
        junk: 0,
        discarded: 0,
        problems: [],
      });
      expect(dovecot.count(user)).toBe(0);
      expect([kit.files("Inbox").size, kit.files("Errors").size]).toEqual([
        withBusy.length,
        onlyStrange.length,
      ]);

      // Send now, while the mailboxes are still busy: nobody else gets it again.
      const second = await kit.efsCheck("--send-now");
      expect(second.summary).toMatchObject({
        collected: 0,
        delivered: 0,
        deferred: withBusy.length,
        errors: 0,
      });
      const nowThere = compare(known, await arrivals());
      expect({ ...nowThere, others: nowThere.others.length }).toEqual({
        faults: [],
        repeated: [],
        arrived: pairs(known),
        others: onlyStrange.length,
      });

      // Lifted: back-off has to pass, or somebody says "send now".
      await postfix.setMode("patient");
      expect((await kit.check()).deferred).toBe(withBusy.length);
      const third = await kit.efsCheck("--send-now");
      const both = withBusy.filter(({ recipients }) => recipients.some(strange));
      expect(third.summary).toMatchObject({
        delivered: withBusy.length - both.length,
        errors: both.length,
        reports: both.length,
        deferred: 0,
        problems: [],
      });
      const expected = samples.map((sample) => ({
        sample,
        recipients: sample.recipients.filter((address) => !strange(address)),
      }));
      const end = compare(expected, await arrivals());
      expect({ ...end, others: [] }).toEqual({
        faults: [],
        repeated: [],
        arrived: pairs(expected),
        others: [],
      });

      // One report for each message, to the postmaster, with who and why; the original whole in Errors.
      const reports = end.others.map(({ recipient, sender, bytes }) => {
        const text = unquoted(bytes);
        expect([recipient, sender]).toEqual([POSTMASTER, "MAILER-DAEMON@office.test"]);
        return text;
      });
      const errors = [...kit.files("Errors").values()];
      for (const { uid, content, recipients } of withStrangers) {
        const about = reports.filter((text) => text.includes(`X-Sample: ${uid}\r\n`));
        expect([uid, about.length]).toEqual([uid, 1]);
        for (const address of recipients.filter(strange)) {
          expect(about[0]).toContain(
            `${address}\r\n    The server's answer: 550 5.1.1 <${address}>: Recipient address rejected`,
          );
        }
        expect(errors.filter((bytes) => bytes.equals(contentBytes(content)))).toHaveLength(1);
      }
      expect([kit.files("Inbox").size, errors.length]).toEqual([0, withStrangers.length]);
      // Once told is enough.
      expect((await kit.check()).reports).toBe(0);
    },
  );

  test("everybody deferred: all stay queued; a later run delivers them", DEADLINE, async () => {
    const samples = fill("all-later", { profile: "small" }, 60);
    await postfix.setMode("defer-all");
    const kit = await gatewayKit(officeSettings(pop(), smtp()));
    const first = await kit.check();
    expect([first.collected, first.delivered, first.deferred, first.errors, codes(first)]).toEqual([
      60,
      0,
      60,
      0,
      [],
    ]);
    expect(dovecot.count(user)).toBe(0);
    await postfix.setMode("normal");
    // Too early: the first step of the back-off is a minute.
    expect(await kit.check()).toMatchObject({ delivered: 0, deferred: 60 });
    kit.clock.goOn(61_000);
    expect(await kit.check()).toMatchObject({ delivered: 60, deferred: 0, problems: [] });
    const expected = everything(samples);
    expect(compare(expected, await arrivals())).toEqual({
      faults: [],
      repeated: [],
      arrived: pairs(expected),
      others: [],
    });
  });

  test.each([40, 150])(
    "Postfix stops after %i deliveries, in the midst of the run: everything arrives, once",
    DEADLINE,
    async (after) => {
      const samples = fill(`stop-${after}`);
      const kit = await gatewayKit(officeSettings(pop(), smtp(), { alerts: { mail: false } }));
      const gateway = await kit.open();
      const stopped = kit
        .event((event) => event.kind === "progress" && event.totals.delivered >= after)
        .then(() => postfix.stop());
      const first = await gateway.check();
      await stopped;
      expect(first.collected).toBe(COUNT);
      expect(first.delivered).toBeGreaterThanOrEqual(after);
      expect(first.delivered).toBeLessThan(COUNT);
      expect(first.delivered + first.deferred).toBe(COUNT);
      expect([first.errors, first.junk, first.discarded]).toEqual([0, 0, 0]);
      expect(dovecot.count(user)).toBe(0);
      // What had no answer to its final dot may be there or not: the only ones that may come twice.
      const uncertain = gateway
        .queue({ folder: "Inbox", limit: 1_000 })
        .filter(({ recipients }) => recipients.some(({ unknownTries }) => unknownTries > 0))
        .map(({ file }) => sampleOf(kit.files("Inbox").get(file) ?? Buffer.alloc(0)));
      expect(uncertain.length).toBeLessThanOrEqual(gateway.settings().smtp.connections);
      // Where nothing else was left to be sent, nobody had to find out that the server is gone.
      const wasTried = first.deferred > uncertain.length;
      expect([codes(first).length, codes(first).every((code) => code.startsWith("smtp-"))]).toEqual([
        wasTried ? 1 : 0,
        true,
      ]);

      // Still down: one problem, and no message suffers.
      expect(await gateway.check()).toMatchObject({ delivered: 0, deferred: first.deferred, errors: 0 });
      await postfix.start();
      // Past the wait after a missing answer, which is half an hour.
      kit.clock.goOn(31 * 60_000);
      const last = await gateway.check();
      expect(last).toMatchObject({
        collected: 0,
        delivered: first.deferred,
        deferred: 0,
        errors: 0,
        problems: [],
      });
      const expected = everything(samples);
      const { repeated, ...comparison } = compare(expected, await arrivals());
      expect(comparison).toEqual({ faults: [], arrived: pairs(expected), others: [] });
      const unexplained = repeated.filter((pair) => !uncertain.includes(pair.split(" ")[0] ?? ""));
      expect(unexplained).toEqual([]);
      console.log(
        `stopped after ${first.delivered}: ${uncertain.length} without an answer, ${repeated.length} copies repeated`,
      );
    },
  );

  test(
    "Postfix down from the start: one problem, nothing lost, all delivered at the next run",
    DEADLINE,
    async () => {
      const samples = fill("down");
      await postfix.stop();
      const kit = await gatewayKit(officeSettings(pop(), smtp(), { alerts: { mail: false } }));
      const { code, summary, stderr } = await kit.efsCheck();
      expect([code, stderr]).toEqual([1, ""]);
      expect(summary).toMatchObject({
        collected: COUNT,
        delivered: 0,
        deferred: COUNT,
        errors: 0,
        junk: 0,
        discarded: 0,
      });
      expect(summary?.problems.map(({ code }) => code)).toEqual(["smtp-refused"]);
      expect(summary?.problems[0]?.what).toContain(`127.0.0.1:${postfix.port}`);
      expect([dovecot.count(user), kit.files("Inbox").size]).toEqual([0, COUNT]);
      // Messages were not tried: nothing but the route is deferred.
      const pending = await kit.rows("Inbox");
      expect(
        new Set(
          pending.flatMap(({ recipients }) => recipients.map(({ state, tries }) => `${state.kind} ${tries}`)),
        ),
      ).toEqual(new Set(["queued 0"]));
      await postfix.start();
      expect(await kit.check()).toMatchObject({ collected: 0, delivered: COUNT, deferred: 0, problems: [] });
      const expected = everything(samples);
      expect(compare(expected, await arrivals())).toEqual({
        faults: [],
        repeated: [],
        arrived: pairs(expected),
        others: [],
      });
    },
  );
});
