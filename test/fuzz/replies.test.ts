/**
 * What servers say, of any octets, cut in any way: the readers of POP3 and SMTP answers never throw, never wait for ever,
 * and never take for a success what is none. The POP3 dialogue itself is in test/collect/pop3-dialogue.
 */
import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import fc from "fast-check";
import { expect, test } from "vitest";
import { ListingReader, SizeColumn, UidColumn } from "../../core/collect/pop3-listing.ts";
import {
  apopTimestamp,
  parseCapabilities,
  parseMailboxStatus,
  parseStatusLine,
} from "../../core/collect/pop3-reply.ts";
import { MASK, Pop3Transcript } from "../../core/collect/pop3-transcript.ts";
import { isLoss } from "../../core/deliver/loss.ts";
import { readReply, SmtpConnection } from "../../core/deliver/smtp-connection.ts";
import { explainText } from "../../core/explain/explain.ts";
import { explainFailure } from "../../core/explain/explain-failure.ts";
import type { SmtpPhase } from "../../core/model/failure.ts";
import { limits } from "../../core/model/limits.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { cut, cuts, fuzz, fuzzLater, PATIENCE, soup } from "./fuzz.ts";

const CONTROL = /[\x00-\x08\x0a-\x1f\x7f-\x9f]/;

const pop3Text = soup([
  ...["+OK", "+ok", "-ERR", "+", "-", " ", "\t", "\r", "\n", "\r\n", "\0", ".", ".\r\n", "[", "]"],
  ...["[IN-USE]", "[SYS/TEMP]", "[AUTH]", "<1.2@host>", "<@>", "1", "2", "320", "99999999999999999999", "-1"],
  ...["UIDL", "TOP", "STLS", "PIPELINING", "SASL PLAIN", "uid-1", "0", "1 uid", "2 20", "\x1b[2J", "\xff"],
]);

test("POP3: status lines, greetings, CAPA, STAT", PATIENCE, () => {
  fuzz(5_000, pop3Text, (text) => {
    const status = parseStatusLine(text);
    expect(["ok", "error", "continue", "odd"]).toContain(status.kind);
    if (/^\+ok(?:[ \t]|$)/i.test(text)) expect(status.kind).toBe("ok");
    if (!text.startsWith("+")) expect(status.kind).not.toBe("ok");
    expect(apopTimestamp(text) ?? "<a@b>").toMatch(/^<[\x21-\x7e]+@[\x21-\x7e]*>$/);
    const stat = parseMailboxStatus(text);
    if (stat !== null)
      expect([Number.isSafeInteger(stat.messages), Number.isSafeInteger(stat.octets)]).toEqual([true, true]);
    const { tags } = parseCapabilities(text.split("\n"));
    for (const tag of tags.keys()) expect(tag).toMatch(/^\S+$/);
    const transcript = new Pop3Transcript("main", (line) => expect(line.text).not.toMatch(CONTROL));
    transcript.hide("pass word");
    transcript.server(`${text}pass word${text}`);
    expect(transcript.clean(`${text}pass word`)).toContain(MASK);
  });
});

test(
  "POP3: a listing is the same however it is cut, and holds nothing that could end a command",
  PATIENCE,
  () => {
    const rows = soup(
      ["1", "2", "3", " ", "\t", "\r\n", "\n", "\r", "uid", "a".repeat(512), "0", "\0", "\xff"],
      60,
    );
    fuzz(3_000, fc.tuple(rows, cuts), ([text, lengths]) => {
      const octets = Buffer.from(text, "latin1");
      for (const Values of [UidColumn, SizeColumn]) {
        const whole = new ListingReader<string | number>(new Values());
        whole.write(octets);
        const pieces = new ListingReader<string | number>(new Values());
        for (const piece of cut(octets, lengths)) pieces.write(piece);
        const listing = whole.finish();
        const again = pieces.finish();
        expect([...again.entries]).toEqual([...listing.entries]);
        expect([again.malformed, again.full]).toEqual([listing.malformed, listing.full]);
        for (const [number, value] of listing.entries) {
          expect(Number.isSafeInteger(number) && number > 0).toBe(true);
          expect(listing.entries.get(number)).toBe(value);
          expect(String(value)).toMatch(/^[\x21-\x7e]{1,512}$/);
        }
      }
    });
  },
);

const smtpText = soup([
  ...[
    "250",
    "250 ",
    "250-",
    "354 go ahead",
    "220 hello",
    "421 ",
    "450 4.2.0 later",
    "550 5.1.1 no",
    "25",
    "2500 ",
  ],
  ...["\r\n", "\r\n", "\r\n", "\n", "\r", " ", "-", "5.1.1", "<a@b.example>", "\0", "\x1b[31m", "\xff", "x"],
]);

test("SMTP: replies", PATIENCE, () => {
  fuzz(5_000, smtpText, (text) => {
    const reply = readReply(text);
    if (reply === null) return;
    expect(reply.code >= 200 && reply.code <= 599).toBe(true);
    expect(reply.text).not.toMatch(CONTROL);
    const last = text.split(/\r?\n/).at(-1) ?? "";
    expect(last.startsWith(String(reply.code))).toBe(true);
    if (reply.enhanced !== null) expect(reply.enhanced.charAt(0)).toBe(String(reply.code).charAt(0));
  });
});

/** A socket that is none: what the server says is pushed, what we say is kept. */
function fakeSocket(): {
  readonly socket: Socket;
  readonly written: () => string;
  push(piece: Buffer | null): void;
} {
  const written: string[] = [];
  const duplex = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      written.push(chunk.toString("latin1"));
      done();
    },
  });
  const socket = Object.assign(duplex, {
    setKeepAlive: () => duplex,
    setNoDelay: () => duplex,
    setTimeout: () => duplex,
    remoteAddress: "192.0.2.1",
  }) as unknown as Socket;
  return { socket, written: () => written.join(""), push: (piece) => void duplex.push(piece) };
}

test("SMTP: a whole conversation with a server that says anything", PATIENCE, async () => {
  const said = fc.oneof(
    smtpText,
    fc
      .array(
        fc.constantFrom(
          "220 hi\r\n",
          "250-test\r\n250 PIPELINING\r\n",
          "250 ok\r\n",
          "250 ok\r\n",
          "354 go\r\n",
          "550 no\r\n",
          "421 bye\r\n",
          "250-",
        ),
        { maxLength: 8 },
      )
      .map((parts) => `220 hi\r\n250-test\r\n250 PIPELINING\r\n${parts.join("")}`),
  );
  await fuzzLater(1_500, fc.tuple(said, cuts, fc.boolean()), async ([text, lengths, ends]) => {
    const clock = new FakeClock();
    const { socket, written, push } = fakeSocket();
    const lines: string[] = [];
    const connection = new SmtpConnection(
      socket,
      {
        host: "192.0.2.1",
        port: 25,
        helo: "gateway",
        secure: false,
        startTls: "never",
        verify: false,
        acceptedCertificate: null,
      },
      { clock, limits: limits.smtp, line: (_direction, line) => void lines.push(line) },
    );
    let over = false;
    let succeeded = false;
    const conversation = async (): Promise<void> => {
      if ((await connection.open(30_000)) !== null) return;
      connection.ready();
      const answers = connection.group([
        { line: "MAIL FROM:<a@b.example>", phase: "mail" },
        { line: "RCPT TO:<c@d.example>", phase: "rcpt" },
        { line: "DATA", phase: "data" },
      ]);
      const [, , data] = await Promise.all(answers);
      if (data === undefined || isLoss(data) || data.code !== 354) return;
      await connection.beginBody();
      const answer = await connection.finish(Buffer.from("Subject: x\r\n\r\nx\r\n.\r\n"));
      if (isLoss(answer)) return;
      succeeded = answer.code >= 200 && answer.code < 300;
    };
    const done = conversation().finally(() => (over = true));
    for (const piece of cut(Buffer.from(text, "latin1"), lengths)) {
      push(piece);
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (ends) push(null);
    for (let turn = 0; turn < 40 && !over; turn += 1) await clock.advance(300_000);
    await done;
    connection.fail({ cause: "cancelled", phase: "mail", code: null, reply: null });
    expect(clock.pending).toBe(0);
    for (const line of lines) expect(line.length).toBeLessThan(2_100);
    if (succeeded) expect(written()).toMatch(/\r\n\.\r\n$/);
  });
});

test("explanations: always there, never the server's own characters", PATIENCE, () => {
  const phases: readonly SmtpPhase[] = [
    "connect",
    "greeting",
    "ehlo",
    "auth",
    "mail",
    "rcpt",
    "data",
    "final-reply",
  ];
  fuzz(5_000, fc.tuple(smtpText, fc.constantFrom(...phases), fc.boolean()), ([text, phase, permanent]) => {
    const explained = explainText(text);
    for (const words of [explained.meaning, explained.cure]) {
      expect(words).not.toBe("");
      expect(words).not.toMatch(CONTROL);
    }
    const reply = readReply(text);
    const failure = explainFailure({ scope: "recipient", permanent, phase, reply, problem: null });
    expect([failure.permanent, failure.meaning === ""]).toEqual([permanent, false]);
  });
});
