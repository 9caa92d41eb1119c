/** Codes, and the subject of an answer whose words say nothing: last part of the table in `rules`. */
import { type Rule, TEMPORARY } from "./rule.ts";

export const codeRules: readonly Rule[] = [
  // --- The enhanced code, when the words said nothing.
  {
    wording: "other",
    detail: ["0.0", ""],
    text: [
      /^\(?(?:the )?(?:requested (?:mail )?action (?:not taken|aborted)|error|failed|failure|rejected|delivery (?:has )?failed|delivery failure|transaction failed|permanent failure|unknown (?:temporary|permanent) failure|undelivered mail returned to sender|mail delivery failed)?[.!]?\)?$/,
    ],
    codes: [550, 554, 571, 0],
  },
  { wording: "unknown-user", detail: ["1.0", "1.1", "1.4", "1.10"] },
  { wording: "user-disabled", detail: ["2.1", "7.13", "7.17"] },
  { wording: "user-moved", detail: ["1.6"] },
  { wording: "bad-address", detail: ["1.3", "1.7"] },
  { wording: "name-not-found", detail: ["1.2", "4.4", "7.18"] },
  { wording: "sender-domain", detail: ["1.8", "1.9", "7.27"] },
  { wording: "mailbox-full", detail: ["2.2"] },
  { wording: "too-large", detail: ["2.3", "3.4"] },
  { wording: "server-full", detail: ["3.1"] },
  { wording: "server-settings", detail: ["3.5"] },
  { wording: "connection", detail: ["4.0", "4.1", "4.2", "4.316", "4.317", "4.318"] },
  { wording: "dns-trouble", detail: ["4.3", "4.310", "4.312"] },
  { wording: "loop", detail: ["4.6", "4.8", "4.12", "4.14"] },
  { wording: "expired", detail: ["4.7", "4.300"] },
  { wording: "too-much-mail", detail: ["5.3", "7.28", "7.38"] },
  { wording: "bad-command", detail: ["5.0", "5.1", "5.2", "5.4", "5.5", "5.6"] },
  { wording: "bad-message", detail: ["6.11", "6.7", "6.8", "6.9", "6.10"] },
  { wording: "tls-required", detail: ["7.10"] },
  { wording: "tls-failed", detail: ["7.4", "7.5"] },
  { wording: "login-refused", detail: ["7.3", "7.8", "7.9", "7.11", "7.12", "7.139"] },
  { wording: "login-required", detail: ["7.57"] },
  { wording: "members-only", detail: ["7.133", "7.134", "7.135", "7.136"] },
  {
    wording: "sender-domain-check",
    detail: ["7.20", "7.21", "7.22", "7.23", "7.24", "7.26", "7.29", "7.30", "7.509", "7.515"],
  },
  { wording: "reverse-name", detail: ["7.25"] },
  { wording: "relay-denied", detail: ["7.54", "7.64", "7.367"] },
  { wording: "send-as", detail: ["7.60"] },
  { wording: "sender-refused", detail: ["7.123", "7.124", "7.501", "7.502", "7.503"] },
  { wording: "bad-reputation", detail: ["7.511", "7.606", "7.650", "7.700", "7.708", "7.750"] },

  // --- Neither words nor enhanced code said what is wrong. What it is about mostly tells, and more than an enhanced
  // --- code that servers give for anything (5.7.1). The rarer subject goes first.
  {
    wording: "sender-refused",
    text: [
      /\bsenders?\b|\bmail from\b|\breturn-path\b|\b[eé]metteur\b|\babsender\b|\bremitente\b|\bmittente\b/,
    ],
  },
  { wording: "tls-required", text: [/\b(?:tls|ssl|encrypt\w{0,5})\b/] },
  { wording: "too-much-mail", text: [/\b(?:rates?|limits?|volume|frequen\w{0,4})\b/] },
  { wording: "mailbox-full", text: [/\b(?:storage|space)\b/], codes: [422, 522, 552] },
  { wording: "server-full", text: [/\b(?:disks?|memory|storage|space)\b/] },
  { wording: "spam", text: [/\b(?:urls?|uris?|hyperlinks?)\b/] },
  {
    wording: "recipient-refused",
    text: [/\b(?:recipients?|rcpts?|users?|mail ?box(?:es)?|accounts?|alias(?:es)?)\b/],
    codes: [550, 551, 553, 554],
  },
  { wording: "name-not-found", text: [/\b(?:domains?|tlds?|host ?names?)\b/] },
  {
    wording: "client-blocked",
    text: [/\b(?:ips?|networks?|isps?|(?:your|client|sending) (?:host|server))\b/],
  },

  { wording: "policy", detail: ["6.0", "6.1", "6.2", "6.3", "6.5", "7.0", "7.1", "7.2", "7.7"] },
  { wording: "mailbox-busy", detail: ["2.0", "2.4"], codes: [0, ...TEMPORARY] },
  { wording: "server-trouble", detail: ["3.0", "3.2", "3.3", "4.5"], codes: [0, ...TEMPORARY] },

  // --- Words that say hardly more than no.
  { wording: "policy", text: [/access (?:is |was )?denied|\bblocked\b|not allowed/] },
  {
    wording: "policy-perhaps",
    text: [
      /\b(?:message|mail|e-?mail) \S{1,80} (?:was |is |has been )(?:denied|rejected|refused|discarded|not accepted)/,
      /(?:message|mail|email|e-mail|command) (?:was |is |has been |content )?(?:denied|rejected|refused|discarded|not accepted)/,
    ],
  },

  // --- The words are no help at all: what the three digits mean most often.
  { wording: "login-refused", codes: [432, 454, 534, 535, 538] },
  { wording: "login-required", codes: [530] },
  { wording: "bad-command", codes: [455, 500, 501, 502, 503, 504, 555] },
  { wording: "mailbox-full", codes: [552] },
  { wording: "too-large", codes: [523] },
  { wording: "server-full", codes: [431, 452] },
  { wording: "mailbox-busy", codes: [450] },
  { wording: "server-trouble", codes: [421, 451, 441, 442] },
  { wording: "name-not-found", codes: [521, 556] },
  { wording: "recipient-refused", codes: [550, 551, 553] },
  { wording: "policy-perhaps", codes: [554, 571] },
];
