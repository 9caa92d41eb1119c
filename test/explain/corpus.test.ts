/**
 * Answers collected by other projects. Skipped where the corpus is not at hand: set EFS_CORPUS, or put it beside the
 * project as `../shared/corpus`.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { explainText } from "../../core/explain/explain.ts";
import type { ExplanationCategory } from "../../core/model/explanation.ts";
import { corpusFolder, describeWith } from "../support/skip.ts";
import { type Expected, figure } from "./figure.ts";

const corpus = corpusFolder();
const lines = (file: string): string[] =>
  readFileSync(join(corpus, file), "utf8").split("\n").filter(Boolean);

/** A label that is not listed here makes the test fail. */
const labels: Readonly<Record<string, readonly ExplanationCategory[]>> = {
  user_unknown: ["unknown-user"],
  mailbox_disabled: ["unknown-user"],
  invalid_address: ["syntax", "unknown-user"],
  mailbox_full: ["mailbox-full"],
  greylisting: ["greylisted"],
  rate_limited: ["greylisted"],
  server_error: ["server-trouble"],
  ip_blacklisted: ["reputation"],
  domain_blacklisted: ["reputation"],
  spam_blocked: ["policy"],
  policy_blocked: ["policy"],
  auth_failure: ["authentication"],
  relay_denied: ["relay-denied"],
};

/** The classes of the two rule files. Some of them hold what is several categories here. */
const ruleClasses: Readonly<Record<string, readonly ExplanationCategory[]>> = {
  InvalidRecipient: ["unknown-user"],
  InactiveMailbox: ["unknown-user"],
  BadDomain: ["dns", "unknown-user"],
  InvalidSender: ["sender-refused"],
  QuotaIssues: ["mailbox-full", "too-large", "server-trouble"],
  NoAnswerFromHost: ["connection"],
  BadConnection: ["connection"],
  DNSFailure: ["dns"],
  RoutingErrors: ["relay-denied", "unknown-user", "loop-expired", "dns"],
  TransientFailure: ["server-trouble", "greylisted"],
  MessageExpired: ["loop-expired"],
  ProtocolErrors: ["syntax", "policy"],
  AuthenticationFailed: ["authentication", "sender-refused"],
  PolicyRelated: ["policy"],
  SpamBlock: ["reputation", "policy"],
  SpamContent: ["policy"],
  TooManyRecipients: ["greylisted"],
};

/** Judged by hand: the first that fits, for what is found in the delivery reports of the corpus. */
const judged: readonly (readonly [RegExp, Expected])[] = [
  [/^(?:SMTP;\s*|x{8}.*)$/i, "other"],
  [/suppression list/, ["other", "policy"]],
  [/Requested action not taken$|^[45]\.0\.0(?: \((?:unknown )?[a-z]+ failure\))?$/, "other"],
  [/host name lookup|no MX or A|DNS Error|^4\.4\.4/, "dns"],
  [/timed out/, "connection"],
  [/mailbox full|quota|^[45]\.2\.2/i, "mailbox-full"],
  [/block for spam|Listed by/, "reputation"],
  [/Sender verify failed/, "sender-refused"],
  [/5\.7\.1 \[|policy reasons|^5\.7\.[01]$/, "policy"],
  // Postfix's and Yahoo's uses of it differ.
  [/^5\.7\.9$/, ["policy", "authentication"]],
  [/^[45]\.5\.0$/, ["syntax", "other"]],
  [/^[45]\.3\.0$/, ["server-trouble", "other"]],
  [
    /5\.1\.1|5\.1\.10|unknown|nosuchuser|not a registered|Access denied|not accepted|no longer|rejected/i,
    "unknown-user",
  ],
];

describeWith("corpus", "explanations, over the corpus", () => {
  it("labelled answers", () => {
    const answers = lines("_derived/smtp-replies-labelled.jsonl").map((line) => {
      const { reply, labels: given } = JSON.parse(line) as { reply: string; labels: string[] };
      return [given.flatMap((label) => known(labels, label)), reply] as const;
    });
    expect(figure("labelled answers", answers, explainText)).toBeGreaterThanOrEqual(0.9);
  });

  it("answers and status codes in delivery reports", () => {
    const answers = lines("_derived/replies-in-bounces.tsv")
      .slice(1)
      .map((line) => {
        const text = line.split("\t")[2] ?? "";
        const expected = judged.find(([pattern]) => pattern.test(text))?.[1];
        if (expected === undefined) throw new Error(`not judged yet: ${text}`);
        return [expected, text] as const;
      });
    expect(figure("in delivery reports", answers, explainText)).toBeGreaterThanOrEqual(0.9);
  });

  it("error answers of scripted SMTP servers", () => {
    const expected: Readonly<Record<string, Expected>> = {
      "auth-failed.txt": "authentication",
      "auth-required.txt": "authentication",
      "auth-too-weak.txt": "authentication",
      "bad-command-sequence.txt": "syntax",
      "ehlo-failed.txt": "syntax",
      "mailbox-unavailable.txt": "unknown-user",
    };
    const files = readdirSync(join(corpus, "MailKit-smtp"));
    const answers = Object.entries(expected).map(([file, category]) => {
      expect(files).toContain(file);
      return [category, readFileSync(join(corpus, "MailKit-smtp", file), "utf8")] as const;
    });
    expect(figure("scripted servers", answers, explainText)).toBe(1);
  });

  it("what the rules of another classifier look for", () => {
    const community = phrases(lines("kumomta/assets/community/bounces.toml"));
    expect(community.length).toBeGreaterThan(100);
    expect(figure("phrases of community rules", community, explainText)).toBeGreaterThanOrEqual(0.9);
    const patterns = [
      ...lines("kumomta/assets/community/bounces.toml"),
      ...lines("kumomta/assets/bounce_classifier/iana.toml"),
    ];
    expect(patterns.flatMap((line) => quoted(line) ?? []).length).toBeGreaterThan(120);
  });
});

function known(
  table: Readonly<Record<string, readonly ExplanationCategory[]>>,
  label: string,
): readonly ExplanationCategory[] {
  const categories = table[label];
  if (categories === undefined) throw new Error(`no category for ${label}`);
  return categories;
}

/** A pattern of a rule file, without TOML's escapes. */
function quoted(line: string): string | null {
  return /^\s+"(.*)"\s*,/.exec(line)?.[1]?.replaceAll("\\\\", "\\") ?? null;
}

/** The words that each pattern looks for, as a text, with the categories of its class. */
function phrases(rules: readonly string[]): (readonly [Expected, string])[] {
  let expected: readonly ExplanationCategory[] = [];
  return rules.flatMap((line) => {
    const name = /^(\w+) = \[/.exec(line)?.[1];
    if (name !== undefined) expected = known(ruleClasses, name);
    const text = quoted(line)
      ?.replace(/^\^|\$$/g, "")
      .replace(/\.[+*]/g, " ")
      .replaceAll("\\", "")
      .replace(/\s+/g, " ");
    return text === undefined ? [] : [[expected, text] as const];
  });
}
