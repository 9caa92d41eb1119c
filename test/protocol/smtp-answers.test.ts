/**
 * Every code in every phase of a delivery, with and without PIPELINING: what becomes of the message follows PRODUCT
 * section 5's table, which `expected` says once more in its own words. Single answers with their words (enhanced codes,
 * "too many recipients", "authentication required") and several messages are in test/deliver/answers.
 */
import { describe, expect, test } from "vitest";
import type { SmtpServer } from "../../core/deliver/smtp-server.ts";
import type { RecipientState } from "../../core/model/message.ts";
import { openDesk } from "../support/delivery-desk.ts";
import type { Phase, Step } from "../support/scripted-smtp-server.ts";
import { makeTestCertificate } from "../support/test-certificate.ts";

const ANNA = "anna@office.example";
const BEN = "ben@office.example";
const certificate = makeTestCertificate();

/** One of each class that some rule tells apart, and the borders of the classes; those that are none too. */
const CODES = [
  "000 101 199 200 211 220 221 235 250 251 252 299 300 334 354 399 400 421 422 450 451 452 454 455 499",
  "500 501 502 503 504 521 523 530 534 535 538 541 550 551 552 553 554 555 571 599 600 999 25 2500",
]
  .join(" ")
  .split(" ");

/** What the two recipients end as, then whether the route is `up` or `down`. */
type Outcome = `${string} ${string} ${"up" | "down"}`;

const ROUTE: Outcome = "queued queued down";
const BOTH_DELIVERED: Outcome = "delivered delivered up";
/** Message and session are told apart by whether the connection is left. */
const BOTH_DEFERRED: Outcome = "deferred deferred up";
const BOTH_UNKNOWN: Outcome = "unknown unknown up";
const BOTH_FAILED: Outcome = "failed failed up";

const TO_MAIL_ALL_MESSAGES = new Set([500, 502, 503, 530, 534, 535, 538]);

function expected(phase: string, code: string): Outcome {
  const number = /^[2-5]\d\d$/.test(code) ? Number(code) : null;
  const kind = number === null ? null : Math.floor(number / 100);
  switch (phase) {
    case "greeting":
      return number === 220 ? BOTH_DELIVERED : ROUTE;
    case "ehlo":
      // Refused: HELO follows.
      return number === null || number === 421 ? ROUTE : BOTH_DELIVERED;
    case "ehlo and helo":
    case "starttls, required":
    case "auth":
      return kind === 2 ? BOTH_DELIVERED : ROUTE;
    case "starttls, where offered":
      return BOTH_DELIVERED;
    case "mail":
      if (kind === 2) return BOTH_DELIVERED;
      if (number !== null && TO_MAIL_ALL_MESSAGES.has(number)) return ROUTE;
      return kind === 5 ? BOTH_FAILED : BOTH_DEFERRED;
    case "one rcpt":
      if (kind === 2) return BOTH_DELIVERED;
      // The connection is over, with all that was asked for on it.
      if (kind === null || number === 421) return BOTH_DEFERRED;
      return kind === 5 ? "delivered failed up" : "delivered deferred up";
    case "each rcpt":
      if (kind === 2) return BOTH_DELIVERED;
      return kind === 5 ? BOTH_FAILED : BOTH_DEFERRED;
    case "data":
      if (number === 354) return BOTH_DELIVERED;
      return kind === 5 ? BOTH_FAILED : BOTH_DEFERRED;
    case "final":
      if (kind === 2) return BOTH_DELIVERED;
      if (kind === 5) return BOTH_FAILED;
      return kind === 4 ? BOTH_DEFERRED : BOTH_UNKNOWN;
    case "rset":
      // The refusal before it stands, unless answers and commands are out of step.
      return number === 354 || kind === null ? BOTH_DEFERRED : BOTH_FAILED;
    case "quit":
      return BOTH_DELIVERED;
    default:
      throw new Error(phase);
  }
}

interface PhaseCase {
  readonly phases: readonly Phase[];
  readonly recipient?: string;
  /** Said in another phase, so that this one is reached. */
  readonly before?: Readonly<Partial<Record<Phase, string>>>;
  readonly server?: Partial<SmtpServer>;
  readonly extension?: string;
  readonly tls?: boolean;
}

const PINNED = { security: "starttls", acceptedCertificate: certificate.fingerprint } as const;
const PHASES: Readonly<Record<string, PhaseCase>> = {
  greeting: { phases: ["greeting"] },
  ehlo: { phases: ["ehlo"] },
  "ehlo and helo": { phases: ["ehlo", "helo"] },
  "starttls, required": { phases: ["starttls"], server: PINNED, tls: true },
  "starttls, where offered": { phases: ["starttls"], server: { security: "opportunistic" }, tls: true },
  auth: { phases: ["auth"], server: { username: "efs", password: "pa55word" }, extension: "AUTH PLAIN" },
  mail: { phases: ["mail"] },
  "one rcpt": { phases: ["rcpt"], recipient: BEN },
  "each rcpt": { phases: ["rcpt"] },
  data: { phases: ["data"] },
  final: { phases: ["final"] },
  rset: { phases: ["rset"], before: { rcpt: "550 5.1.1 no such user" } },
  quit: { phases: ["quit"] },
};

async function deliver(
  { phases, recipient, before, server, extension, tls }: PhaseCase,
  step: string | Step,
  pipelining: boolean,
): Promise<Outcome> {
  const desk = await openDesk({
    ...(tls === true ? { certificate } : {}),
    extensions: [
      ...(pipelining ? ["PIPELINING"] : []),
      "8BITMIME",
      ...(extension === undefined ? [] : [extension]),
    ],
    script: (moment) => {
      const scripted =
        phases.includes(moment.phase) && (recipient === undefined || moment.recipient === recipient);
      return scripted ? step : before?.[moment.phase];
    },
  });
  await desk.queue.add({ recipients: [ANNA, BEN] });
  const dispatcher = desk.dispatcher({ server: { ...desk.target, ...server } });
  await dispatcher.run({ kinds: ["mail"] });
  const names = desk.queue.states(1).map((state) => nameOf(state, desk.clock.now()));
  const outcome = `${names.join(" ")} ${desk.queue.record.failures === 0 ? "up" : "down"}` as Outcome;
  expect([...desk.queue.claimed]).toEqual([]);
  await dispatcher.close();
  expect(desk.clock.pending).toBe(0);
  await desk.server.until(() => desk.server.open === 0);
  const told = JSON.stringify([desk.alerts, desk.transcript, desk.queue.results]);
  expect(told).not.toContain("pa55word");
  expect(told).not.toContain(Buffer.from("\0efs\0pa55word").toString("base64"));
  await desk.server.close();
  return outcome;
}

function nameOf(state: RecipientState, now: number): string {
  if (state.kind !== "deferred" || state.failure.scope !== "unknown-outcome") return state.kind;
  return state.nextAt - now >= 1_800_000 ? "unknown" : "unknown, too soon";
}

/** What looks like a good reply and is none by RFC 5321 4.2: three digits, then a blank, a hyphen or the end. */
const NO_REPLY = (good: string): readonly string[] => [
  `${good}0 ok`,
  `${good}ok`,
  `${good}\tok`,
  `${good}.ok`,
  ` ${good} ok`,
  `${good.slice(0, 2)} ok`,
  `${good.charAt(0)}xx ok`,
  `+OK ${good} ok`,
  `${good}-one\r\n${Number(good) + 1} two`,
  `${good}-one\r\nnothing\r\n${good} two`,
  `${good}0-one\r\n${good}0 two`,
];
const SETTING_UP: Readonly<Record<string, string>> = {
  greeting: "220",
  ehlo: "250",
  "ehlo and helo": "250",
  "starttls, required": "220",
  auth: "235",
};

test.each(Object.entries(SETTING_UP))("no reply to %s: the route waits, nobody fails", async (name, good) => {
  const phaseCase = PHASES[name] as PhaseCase;
  const outcomes: Record<string, Outcome> = {};
  for (const say of NO_REPLY(good)) outcomes[say] = await deliver(phaseCase, say, true);
  expect(outcomes).toEqual(Object.fromEntries(NO_REPLY(good).map((say) => [say, ROUTE])));
  for (const say of [good, `${good} `, `${good}-one\r\n${good} two`, `${good}-\r\n${good}`])
    expect([say, await deliver(phaseCase, say, true)]).toEqual([say, BOTH_DELIVERED]);
});

describe.each([true, false])("pipelining %s", (pipelining) => {
  test.each(Object.entries(PHASES))("every code to %s", { timeout: 60_000 }, async (name, phaseCase) => {
    const outcomes: Record<string, Outcome> = {};
    for (const code of CODES) {
      outcomes[code] = await deliver(phaseCase, `${code} so it is`, pipelining);
    }
    expect(outcomes).toEqual(Object.fromEntries(CODES.map((code) => [code, expected(name, code)])));
  });
});
