/** Answers explained: each kind of trouble by an example, and how often the table is right on what servers say. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EXPLAINED_CHARACTERS } from "../../core/explain/answer-facts.ts";
import { explain, explainText } from "../../core/explain/explain.ts";
import { rules } from "../../core/explain/rules.ts";
import { type WordingName, wordings } from "../../core/explain/wordings.ts";
import { explanationCategories } from "../../core/model/explanation.ts";
import { parseReply } from "../../core/model/reply.ts";
import { collectedReplies } from "./collected-replies.ts";
import { figure } from "./figure.ts";
import { keptBack, serverReplies, tunedOn } from "./server-replies.ts";

describe("a kind of trouble and what it looks like", () => {
  const examples: Readonly<Record<WordingName, string>> = {
    accepted: "250 2.0.0 Ok: queued as 4Xyz",
    "unknown-user": "550 5.1.1 <x@example.com>: Recipient address rejected: User unknown",
    "recipient-refused": "550 5.0.0 zzz",
    "user-disabled": "550 5.2.1 Mailbox disabled, not accepting messages",
    "user-moved": "551 5.1.6 User has moved, please try <y@example.com>",
    "mailbox-full": "452 4.2.2 Mailbox full",
    "too-large": "552 5.3.4 Message size exceeds fixed limit",
    "relay-denied": "454 4.7.1 <x@example.org>: Relay access denied",
    "block-list": "554 5.7.1 Service unavailable; Client host [192.0.2.7] blocked using zen.spamhaus.org",
    "bad-reputation": "550 5.7.1 Rejected because of the poor reputation of your IP address",
    "client-blocked": "554 5.7.1 <office[192.0.2.7]>: Client host rejected: Access denied",
    greylisted: "450 4.2.0 Greylisted, see http://postgrey.example",
    "too-much-mail": "421 4.7.0 Too many connections from 192.0.2.7",
    "sending-limit": "550 5.4.5 Daily sending quota exceeded",
    later: "451 4.7.1 Please try again later",
    "login-required": "530 5.7.1 Client was not authenticated",
    "login-refused": "535 5.7.8 Error: authentication failed",
    "members-only":
      "550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required; the sender was not authenticated",
    "sender-domain-check": "550 5.7.1 Message rejected because of the DMARC policy of example.net",
    spam: "554 5.7.1 This message looks like spam to us",
    "exchange-content-filter": "550 5.7.1 Message rejected as spam by Content Filtering.",
    virus: "554 5.7.1 Virus found: Eicar-Test-Signature",
    attachment: "550 5.7.0 Attachments of this file type are not accepted",
    policy: "550 5.7.1 Rejected by organization policy",
    "policy-perhaps": "554 5.0.0 zzz",
    "greeting-name": "504 5.5.2 <office>: Helo command rejected: need fully-qualified hostname",
    "sender-refused": "550 5.7.1 Sender address rejected: not welcome",
    "sender-verification": "550 Sender verify failed",
    "sender-domain": "450 4.1.8 <x@nowhere.example>: Sender address rejected: Domain not found",
    "send-as": "550 5.7.60 SMTP; Client does not have permissions to send as this sender",
    "name-not-found": "550 5.1.2 Host unknown (Name server: exmaple.com: host not found)",
    "dns-trouble": "451 4.4.3 Temporary DNS failure",
    "reverse-name": "450 4.7.25 Client host rejected: cannot find your reverse hostname, [192.0.2.7]",
    connection: "connect to mail.example.com[192.0.2.4]:25: Connection refused",
    "tls-required": "530 5.7.0 Must issue a STARTTLS command first",
    "tls-failed": "454 4.7.5 Server certificate not trusted",
    "server-full": "452 4.3.1 Insufficient system storage",
    "mailbox-busy": "450 4.2.1 Mailbox busy",
    "server-settings": "451 4.3.5 Server configuration error",
    "server-trouble": "421 4.3.2 Service shutting down",
    "bad-address": "553 malformed address: bob@invalid@.domain.com",
    "bad-message": "550 5.6.11 Message contains bare linefeeds",
    "bad-command": "503 5.5.1 Bad sequence of commands",
    loop: "554 5.4.6 Too many hops",
    expired: "554 5.4.7 Delivery time expired",
    other: "599 zzz",
  };

  it.each(Object.entries(examples) as [WordingName, string][])("%s: %s", (name, answer) => {
    const { permanent: _permanent, ...wording } = explainText(answer);
    expect(wording).toEqual(wordings[name]);
  });

  it("is permanent as the code says, else as the enhanced code says, else unknown", () => {
    expect(
      ["550 No such user", "450 No such user", "5.1.1", "4.2.2 mailbox full", "No such user", "250 Ok"].map(
        (answer) => explainText(answer).permanent,
      ),
    ).toEqual([true, false, true, false, null, null]);
  });

  it("explains a reply as the wire reader made it", () => {
    const reply = parseReply(550, ["550-5.1.1 The mailbox", "550 5.1.1 does not exist"]);
    expect(explain(reply)).toEqual({ ...wordings["unknown-user"], permanent: true });
  });

  it("is not led astray by words within addresses and links", () => {
    const answers = [
      "550 5.1.1 <spam@example.com>: User unknown",
      "550 5.1.1 <greylist@spamhaus.example>: User unknown",
      "550 5.1.1 <relay@quota.example>... User unknown",
      "550 5.1.1 No such user; see https://help.example/blocklist-reputation?greylisted=1",
    ];
    expect(answers.map((answer) => explainText(answer).category)).toEqual(answers.map(() => "unknown-user"));
  });
});

describe("how often it is right", () => {
  it("on the answers that the rules were tuned on", () => {
    expect(figure("tuned on", tunedOn, explainText)).toBeGreaterThanOrEqual(0.95);
  });

  it("on the answers that were kept back while the rules were made", () => {
    expect(figure("kept back", keptBack, explainText)).toBeGreaterThanOrEqual(0.9);
  });

  it("on answers from public logs and providers' pages", () => {
    expect(figure("collected", collectedReplies, explainText)).toBeGreaterThanOrEqual(0.97);
  });

  it("has at least 150 answers, each once, in every category", () => {
    expect(serverReplies.length).toBeGreaterThanOrEqual(150);
    expect(new Set(serverReplies.map(([, reply]) => reply)).size).toBe(serverReplies.length);
    expect(new Set(serverReplies.map(([category]) => category))).toEqual(new Set(explanationCategories));
  });
});

describe("hostile answers", () => {
  const sources = rules.flatMap(({ text = [], link = [] }) => [...text, ...link].map(({ source }) => source));

  it("no rule repeats without bound, and nothing that repeats stands within something that repeats", () => {
    expect(sources.length).toBeGreaterThan(100);
    expect(sources.filter(repeatsWithoutBound)).toEqual([]);
    expect(sources.filter(nestsRepetition)).toEqual([]);
    // The check itself: it has to see what it is there for.
    expect(["(a+)+", "(?:\\w{1,9} ){2,5}", "(?:a|b*)*"].map(nestsRepetition)).toEqual([true, true, true]);
    expect(["a.*b", "[a-z]+", "x{3,}"].map(repeatsWithoutBound)).toEqual([true, true, true]);
  });

  it("no rule remembers where it stopped", () => {
    const flags = rules.flatMap(({ text = [], link = [] }) => [...text, ...link].map((rule) => rule.flags));
    expect(new Set(flags)).toEqual(new Set([""]));
  });

  it("reads no further than 2,000 characters", () => {
    expect(EXPLAINED_CHARACTERS).toBe(2_000);
    const padding = "z".repeat(EXPLAINED_CHARACTERS - "599 ".length);
    expect(explainText(`599 ${padding} user unknown`).category).toBe("other");
    expect(explain({ code: 599, enhanced: null, text: `zzzz${padding} user unknown` }).category).toBe(
      "other",
    );
    expect(explainText(`599 ${padding.slice(20)} user unknown`).category).toBe("unknown-user");
  });

  it("always answers", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 3_000 }), (text) => {
        expect(explanationCategories).toContain(explainText(text).category);
        expect(explanationCategories).toContain(explainText(`550 ${text}`).category);
      }),
      { numRuns: 30 },
    );
  });
});

function repeatsWithoutBound(source: string): boolean {
  return /(?:\]|[^\\])[*+]|\{\d+,\}/.test(
    source.replace(/\[(?:\\.|[^\]\\])+\]/g, "C").replace(/\\[+*]/g, "P"),
  );
}

/** Group by group from the inside: a repeated group must have nothing repeated in it. */
function nestsRepetition(source: string): boolean {
  let rest = source.replace(/\\./g, "E").replace(/\[[^\]]+\]/g, "C");
  for (;;) {
    const group = /\((?:\?:|\?!|\?=)?([^()]*)\)([*+]|\{\d+,?\d*\})?/.exec(rest);
    if (group === null) return false;
    const repeated = /[*+]|\{\d/.test(group[1] ?? "");
    if (repeated && group[2] !== undefined) return true;
    rest =
      rest.slice(0, group.index) +
      (repeated || group[2] ? "R{1}" : "G") +
      rest.slice(group.index + group[0].length);
  }
}
