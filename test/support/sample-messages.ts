/**
 * Varied office mail as an ISP's catch-all mailbox holds it: same seed, same octets. Every message is proper (CRLF,
 * lines of at most 998 octets unless its kind says otherwise); `hostile-messages.ts` has the others.
 *
 * Each message says who it is for by the rules of envelope headers, `Received ... for`, and To/Cc, as the
 * default settings read them (the topmost two Received lines are trusted).
 */
import type { LazyContent, MessageContent } from "./message-content.ts";
import type { Random } from "./random.ts";
import { createRandom } from "./random.ts";
import { bodyKinds } from "./sample-bodies.ts";
import type { AddressingWay, SampleEnvelope } from "./sample-headers.ts";
import { makeHeaders } from "./sample-headers.ts";

/** `small`: 4 KB. `office`: half below 30 KB, 3 % of 1 to 5 MB. `big`: 25,000,000 octets, made while read. */
export type SampleProfile = "small" | "office" | "big";

export interface SampleOptions {
  readonly seed?: string | number;
  readonly profile?: SampleProfile;
  /** Default `office.test`. */
  readonly domain?: string;
  /** Local parts. */
  readonly users?: readonly string[];
  /** Only these ways of addressing; default: all of them, mixed. */
  readonly ways?: readonly AddressingWay[];
  /** The first message's number; default 0. */
  readonly first?: number;
}

export interface SampleMessage {
  /** Its UIDL, its X-Sample header, unique for seed and number. */
  readonly uid: string;
  readonly content: MessageContent;
  /** What its body is made of, e.g. `plain-8bit`. */
  readonly kind: string;
  readonly way: AddressingWay;
  /** Envelope sender; "" is the null sender. */
  readonly sender: string;
  /** Addresses of the domain that the message is for, sorted; none: nobody of the domain is named. */
  readonly recipients: readonly string[];
  readonly messageId: string | null;
}

export const SAMPLE_USERS: readonly string[] = [
  "ada",
  "ben",
  "carla",
  "dmitri",
  "eva",
  "frank",
  "grace",
  "hugo",
  "info",
  "jonas",
  "k.lee",
  "lena",
  "m-ortiz",
  "nora",
  "o'brien",
  "paul",
  "sales",
  "tom",
  "ute",
  "vera",
];

export const BIG_SIZE = 25_000_000;

export function makeSamples(count: number, options: SampleOptions = {}): SampleMessage[] {
  const first = options.first ?? 0;
  return Array.from({ length: count }, (_, index) => makeSample(first + index, options));
}

/** One message; needs only its number, so that any of a run can be made again alone. */
export function makeSample(number: number, options: SampleOptions = {}): SampleMessage {
  const { seed = 1, profile = "office", domain = "office.test", users = SAMPLE_USERS } = options;
  const random = createRandom(`${seed}/${profile}/${number}`);
  const uid = `${seed}-${profile}-${String(number).padStart(5, "0")}`;
  const size = targetSize(random, profile);
  const kind =
    size > 100_000 ? "mixed" : random.weighted(bodyKinds.map((each) => [each.name, each.weight] as const));
  const body = bodyKinds
    .find((each) => each.name === kind)
    ?.make(random, profile === "big" ? 20_000 : size - 900);
  if (body === undefined) throw new Error(`no kind ${kind}`);
  const { header, ...rest } = makeHeaders(random, {
    uid,
    number,
    domain,
    users,
    ways: options.ways,
    mime: body.headers,
  });
  const envelope: SampleEnvelope = rest;
  const head = Buffer.concat([header, Buffer.from("\r\n")]);
  const content = profile === "big" ? bigContent(head, uid) : Buffer.concat([head, body.octets]);
  return { uid, content, kind: profile === "big" ? "big" : kind, ...envelope };
}

function targetSize(random: Random, profile: SampleProfile): number {
  if (profile === "small") return 4_096;
  if (profile === "big") return BIG_SIZE;
  if (random.chance(0.03)) return random.integer(1_000_000, 5_000_000);
  return Math.round(Math.min(900_000, Math.max(1_500, random.logNormal(30_000, 1))));
}

/** Exactly BIG_SIZE octets: the header, then base64-like lines that differ from block to block. */
function bigContent(head: Buffer, uid: string): LazyContent {
  const row = Buffer.from(`${"QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo".repeat(3).slice(0, 76)}\r\n`);
  const block = Buffer.concat(Array.from({ length: 840 }, () => row));
  return {
    size: BIG_SIZE,
    *chunks() {
      yield head;
      let left = BIG_SIZE - head.length;
      for (let number = 0; left > block.length; number += 1) {
        const copy = Buffer.from(block);
        copy.write(`.${uid} block ${number} `, 0, "latin1");
        yield copy;
        left -= copy.length;
      }
      // The rest ends with a line end of its own.
      const last = Buffer.alloc(left, "z");
      for (let at = 76; at < left - 2; at += 78) last.write("\r\n", at, "latin1");
      if (left >= 2) last.write("\r\n", left - 2, "latin1");
      yield last;
    },
  };
}
