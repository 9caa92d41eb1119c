/**
 * Nobody can make this program think for long: each regular expression on 1 MB of what is worst for it, and
 * everything that reads mail, answers or files on as much of what is hard to read. The limits are generous, many times
 * what is needed; what takes quadratic time takes hours at this size.
 */
import { describe, expect, test } from "vitest";
import { apopTimestamp, parseStatusLine } from "../../core/collect/pop3-reply.ts";
import { readReply } from "../../core/deliver/smtp-connection.ts";
import { headerFacts } from "../../core/envelope/header-facts.ts";
import { summarize } from "../../core/envelope/summary.ts";
import { explainText } from "../../core/explain/explain.ts";
import { rules } from "../../core/explain/rules.ts";
import { resolveMessage } from "../../core/gateway/resolve-message.ts";
import { importSettings } from "../../core/settings/import-settings.ts";
import { parseAliasFile } from "../../core/wire/alias-file.ts";
import { parseHeaderBlock } from "../../core/wire/header-block.ts";
import { parseReceivedHeader } from "../../core/wire/received-header.ts";
import { isOwnTrace } from "../../core/wire/trace-header.ts";
import { parseUsersFile } from "../../core/wire/users-file.ts";
import { fakeSecrets } from "../support/fake-secrets.ts";
import { sampleSettings } from "../support/sample-settings.ts";
import { LONG } from "./fuzz.ts";
import { patternsOf, workOf, worstOf } from "./patterns-of.ts";

const MEGABYTE = 1_000_000;
const PATIENCE = { timeout: 120_000 };

const LOOK = LONG
  ? { characters: 16_000, milliseconds: 80, large: 4 }
  : { characters: 4_000, milliseconds: 12, large: 1 };
/** Of the readers' input; some of it is of half a million lines. */
const READ = LONG ? MEGABYTE : 100_000;
const BOUNDED_MILLISECONDS = 100;
const READ_MILLISECONDS = 10_000;

/** Patterns that take quadratic time, with the characters that they can be given at the most, and who sees to that. */
const BOUNDED: Readonly<Record<string, number>> = {
  // organisation(): cut to 255.
  "core/envelope/header-facts.ts /^[[(]+|[\\])>,;.]+$/g": 255,
  // The computer's own name.
  "core/gateway/helo-name.ts /^[-.]+|[-.]+$/g": 255,
  // Summaries (1,000 characters), addresses (320).
  'core/spool/history-words.ts /[^\\s<>"(),:;[\\]\\\\]+@[^\\s<>"(),:;[\\]\\\\]+/g': 2_000,
  "core/spool/history-words.ts /^[\\s<]+|[\\s>]+$/g": 2_000,
  // Arguments of a command line of our own.
  'core/headless/service/windows-task.ts /(\\\\*)"/g': 1_000,
  "core/headless/service/windows-task.ts /(\\\\+)$/": 1_000,
  // A name that the administrator types.
  "renderer/tabs/pop3/accounts.ts /-+$/": 1_000,
  // Names of our own sessions.
  "renderer/detail-window/answers.ts /(\\d+)$/": 100,
};

describe("each regular expression of the program", () => {
  const patterns = ["core", "renderer", "electron"].flatMap(patternsOf);

  test("all are found", () => {
    const files = new Set(patterns.map(({ file }) => file));
    expect(patterns.length).toBeGreaterThan(350);
    expect([...files]).toEqual(
      expect.arrayContaining(["core/wire/addresses.ts", "core/deliver/classify.ts"]),
    );
    const texts = new Set(patterns.map(({ text }) => text));
    const missing = rules
      .flatMap(({ text = [], link = [] }) => [...text, ...link])
      .filter((pattern) => !texts.has(String(pattern)));
    expect(missing).toEqual([]);
  });

  test("on 1 MB, or on as much as it can get", PATIENCE, () => {
    const slow: string[] = [];
    const met = new Set<string>();
    for (const one of patterns) {
      const name = `${one.file} ${one.text}`;
      const most = BOUNDED[name];
      if (most !== undefined) met.add(name);
      // A first look, small enough that quadratic time shows without hours of it.
      const size = Math.min(most ?? LOOK.characters, LOOK.characters);
      const limit = most === undefined ? LOOK.milliseconds : BOUNDED_MILLISECONDS;
      const first = worstOf(one, size, limit);
      const worst = first[0];
      if (worst !== undefined && worst.milliseconds > limit) {
        slow.push(`${name}: ${worst.milliseconds.toFixed(0)} ms on ${size} of ${JSON.stringify(worst.pump)}`);
      } else if (most === undefined) {
        const pumps = first.slice(0, LOOK.large).map(({ pump }) => pump);
        const [large] = worstOf(one, MEGABYTE, 2_000, pumps);
        if (large !== undefined && large.milliseconds > 2_000)
          slow.push(`${name}: ${large.milliseconds.toFixed(0)} ms on 1 MB of ${JSON.stringify(large.pump)}`);
      }
    }
    expect(slow).toEqual([]);
    // The list does not outlive its patterns.
    expect(Object.keys(BOUNDED).filter((name) => !met.has(name))).toEqual([]);
  });
});

describe("everything that reads, on a lot of it", () => {
  const fill = (piece: string): string => piece.repeat(Math.ceil(READ / piece.length));
  const HARD: readonly string[] = [
    ...[
      "a",
      "@",
      "<",
      ">",
      '"',
      "(",
      ")",
      "\\",
      ",",
      ";",
      ":",
      " ",
      "\t",
      ".",
      "=?",
      "[",
      "]",
      "\0",
      "\xff",
      "=",
    ],
    ...[
      "a@",
      "@a",
      "a@b.example,",
      "<a@b.example>",
      '"a',
      "(a",
      "((",
      "a.",
      "=?x?q?",
      "=?utf-8?b?YQ==?=",
      "=?utf-8?q?a",
    ],
    ...[
      "for ",
      "by for ",
      "from x by ",
      "x ",
      "a:b;",
      "mailto:",
      "%",
      "xn--",
      "\r\n ",
      "\r",
      "\n",
      "\r\n",
      "a\r\n",
    ],
    ...[
      "X: y\r\n",
      "To: a@office.example\r\n",
      "Received: x\r\n",
      "Received: ))))))\r\n",
      " (EFS Mail Gateway 5b1c) ",
    ],
    ...[
      "250-a\r\n",
      "250 ",
      "550 5.1.1 <a@b> ",
      "said: 550 ",
      "status=sent (",
      "user ",
      "#",
      "a = b\r\n",
      '{"a":',
      "[[",
    ],
  ];
  const settings = sampleSettings({ domains: { primary: "office.example" } });
  const [account = null] = settings.accounts;
  const names = ["To", "Received", "Delivered-To", "Return-Path", "From", "Subject", "Message-ID", "Date"];

  const READERS: Readonly<Record<string, (text: string) => void>> = {
    "a whole header": (text) => {
      const header = Buffer.from(
        `${names.map((name) => `${name}: ${text.slice(0, 120_000)}\r\n`).join("")}\r\n`,
        "latin1",
      );
      resolveMessage({
        header,
        size: header.length,
        settings,
        account,
        lists: { aliases: {}, users: null },
        installationId: "5b1c",
      });
    },
    "one header field": (text) => {
      const block = parseHeaderBlock(Buffer.from(`Subject: ${text}\r\nTo: ${text}\r\n`, "latin1"));
      summarize(block);
    },
    "the header finder": (text) => {
      const lines = Array.from({ length: 50 }, () => `Received: from ${text.slice(0, 20_000)} by x\r\n`).join(
        "",
      );
      headerFacts(Buffer.from(lines, "latin1"));
    },
    "a Received line": (text) => void parseReceivedHeader(text),
    "our own trace": (text) => void isOwnTrace(text, "5b1c"),
    "an answer of POP3": (text) => {
      parseStatusLine(text);
      apopTimestamp(text);
    },
    "a reply of SMTP": (text) => void readReply(text),
    "an answer to explain": (text) => void explainText(text),
    "a users list": (text) => void parseUsersFile(text),
    "an alias table": (text) => void parseAliasFile(text),
    settings: (text) => void importSettings(text, fakeSecrets(), null),
  };
  test.each(Object.entries(READERS))("%s", PATIENCE, (_name, read) => {
    const slow: string[] = [];
    for (const piece of HARD) {
      const text = fill(piece);
      let least = Number.POSITIVE_INFINITY;
      for (let turn = 0; turn < 3 && least > READ_MILLISECONDS; turn += 1) {
        least = Math.min(
          least,
          workOf(() => read(text)),
        );
      }
      if (least > READ_MILLISECONDS) slow.push(`${JSON.stringify(piece)}: ${least.toFixed(0)} ms`);
    }
    expect(slow).toEqual([]);
  });
});
