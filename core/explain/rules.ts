/**
 * What servers' answers mean, as data. The first rule that matches decides; the text says more than the code,
 * so text rules come first, then enhanced codes (RFC 3463), then bare codes (RFC 5321 4.2.2).
 * A rule is general: it names what a family of servers says, never one sample.
 */
import type { Explanation } from "../model/explanation.ts";

export interface Rule {
  readonly category: string;
  /** Any of these patterns in the text, without case. Each is linear: no nested repetition. */
  readonly text?: readonly RegExp[];
  /** Enhanced codes, the class left out: `1.1` matches 4.1.1 and 5.1.1. */
  readonly detail?: readonly string[];
  readonly codes?: readonly number[];
}

export const explanations: Readonly<Record<string, Omit<Explanation, "category">>> = {
  "unknown-user": {
    meaning: "Your mail server has no mailbox with this address.",
    who: "office-server",
    cure: "If the address is right, create the mailbox or an alias for it; if it was guessed by a spammer, there is nothing to do.",
  },
  "mailbox-full": {
    meaning: "The recipient's mailbox is full.",
    who: "office-server",
    cure: "Free space in the mailbox or raise its quota, then send the message again.",
  },
  "too-large": {
    meaning: "The message is larger than your mail server accepts.",
    who: "office-server",
    cure: "Raise the server's size limit, or set the maximum size here to the same value.",
  },
  "relay-denied": {
    meaning: "Your mail server takes this for mail to a foreign domain and refuses to pass it on.",
    who: "office-server",
    cure: "Check the spelling of the domain here and on the server, and let the server accept mail from this computer's IP address.",
  },
  reputation: {
    meaning:
      "The server refused the message because of a block list or the reputation of a sender or address.",
    who: "office-server",
    cure: "Exempt this computer's IP address from block-list checks on your mail server: it forwards mail from everywhere.",
  },
  greylisted: {
    meaning: "The server asks to try again later (greylisting or a busy moment).",
    who: "nobody",
    cure: "It is tried again by itself; exempt this computer from greylisting to save the delay.",
  },
  authentication: {
    meaning: "The server wants a login, or did not accept the one that was given.",
    who: "this-gateway",
    cure: "Check user and password on the SMTP tab, or let the server accept this computer without a login.",
  },
  policy: {
    meaning:
      "The server refused the message because of a rule or its content (often a spam or virus filter).",
    who: "office-server",
    cure: "Look at the server's content filter; exempt this computer, or release the message from the Errors folder.",
  },
  "sender-refused": {
    meaning: "The server did not accept the address of the sender.",
    who: "office-server",
    cure: "Switch off sender checks (SPF, sender verification) on your server for mail that comes from this computer.",
  },
  dns: {
    meaning: "A name could not be found in the DNS.",
    who: "office-server",
    cure: "Check the DNS settings of your mail server, then try again.",
  },
  tls: {
    meaning: "The server insists on an encrypted connection.",
    who: "this-gateway",
    cure: "Choose STARTTLS or TLS for the local server on the SMTP tab.",
  },
  "server-trouble": {
    meaning: "The server has trouble of its own (disk, memory, or a service that is down).",
    who: "office-server",
    cure: "Look at the mail server; the message is tried again by itself while the trouble is temporary.",
  },
  syntax: {
    meaning: "The server takes an address or a command for malformed.",
    who: "sender",
    cure: "Usually the sender's program wrote a broken address; read the message in this report.",
  },
  "loop-expired": {
    meaning: "The server sees the message going round in a circle, or it took too long.",
    who: "office-server",
    cure: "Check that the mail server delivers this domain itself and does not send it out again.",
  },
  other: {
    meaning: "The server gave no reason that is generally known; its own words are above.",
    who: "office-server",
    cure: "Look for the same words in your mail server's own log.",
  },
};

export const rules: readonly Rule[] = [
  {
    category: "too-large",
    text: [/too (?:large|big)/, /size limit/, /exceeds? .{0,40}(?:size|limit of \d)/, /message size/],
  },
  {
    category: "mailbox-full",
    text: [
      /quota/,
      /mailbox (?:is )?full/,
      /insufficient (?:disk|mailbox) space/,
      /over ?limit.{0,20}mailbox/,
      /storage/,
    ],
  },
  {
    category: "greylisted",
    text: [/gr[ea]y-?list/, /try again (?:in|after) \d/, /please (?:try|retry) later/],
  },
  {
    category: "relay-denied",
    text: [
      /relay/,
      /not (?:permitted|allowed) to send to/,
      /we do not (?:accept|handle) mail for/,
      /not local/,
    ],
  },
  {
    category: "authentication",
    text: [/authenticat/, /must (?:log ?in|authenticate)/, /auth(?:entication)? required/],
  },
  {
    category: "tls",
    text: [/must issue a starttls/, /starttls (?:is )?required/, /encryption (?:is )?required/],
  },
  {
    category: "reputation",
    text: [
      /blocked/,
      /block ?list/,
      /black ?list/,
      /spamhaus|spamcop|barracuda|sorbs|rbl|dnsbl/,
      /reputation/,
      /poor sender/,
    ],
  },
  {
    category: "sender-refused",
    text: [
      /sender .{0,40}(?:reject|refus|denied|not exist|verif|invalid)/,
      /\bspf\b/,
      /\bdkim\b/,
      /\bdmarc\b/,
      /mail from .{0,20}(?:reject|refus|denied)/,
    ],
  },
  { category: "loop-expired", text: [/loop/, /too many hops/, /hop count/, /too old/] },
  {
    category: "unknown-user",
    text: [
      /(?:user|mailbox|recipient|address|account) .{0,60}(?:unknown|not found|does ?n.t exist|does not exist|no such|not exist|disabled|inactive|unavailable|invalid)/,
      /(?:no such|unknown|invalid|unroutable|nonexistent) .{0,20}(?:user|mailbox|recipient|address|person)/,
      /destination not accepted/,
      /no mailbox/,
      /not our customer/,
    ],
  },
  { category: "policy", text: [/spam|virus|malware|content|policy|banned|prohibited|not acceptable/] },
  {
    category: "dns",
    text: [/(?:domain|host) .{0,30}(?:not found|not exist|not resolve)/, /\bdns\b/, /\bmx\b/],
  },
  { category: "syntax", text: [/malformed|syntax|unrecognized|bad address|illegal/] },
  { category: "unknown-user", detail: ["1.1", "1.0", "1.2", "1.3", "1.6", "1.10", "2.1", "4.1"] },
  { category: "sender-refused", detail: ["1.7", "1.8", "7.23", "7.26"] },
  { category: "mailbox-full", detail: ["2.2"] },
  { category: "too-large", detail: ["2.3", "3.4"] },
  { category: "server-trouble", detail: ["3.0", "3.1", "3.2", "3.5", "4.2", "4.5", "5.0"] },
  { category: "dns", detail: ["4.3", "4.4"] },
  { category: "loop-expired", detail: ["4.6", "4.7"] },
  { category: "authentication", detail: ["7.8", "7.9", "7.11"] },
  { category: "tls", detail: ["7.10"] },
  { category: "policy", detail: ["7.0", "7.1", "7.2", "6.0", "6.1", "7.7"] },
  { category: "syntax", detail: ["5.1", "5.2", "5.4"] },
  { category: "too-large", codes: [552] },
  { category: "mailbox-full", codes: [452] },
  { category: "unknown-user", codes: [550, 551] },
  { category: "syntax", codes: [500, 501, 502, 503, 504, 553] },
  { category: "authentication", codes: [530, 534, 535, 538] },
  { category: "policy", codes: [554] },
  { category: "greylisted", codes: [450, 451] },
  { category: "server-trouble", codes: [421, 454, 431, 432, 441, 442] },
];
