/** The network, the content, the server itself: third part of the table in `rules`. */
import { type Rule, TEMPORARY } from "./rule.ts";

export const serverRules: readonly Rule[] = [
  // --- Tried for too long, and no better reason.
  {
    wording: "expired",
    text: [
      /retry time(?:out)? (?:exceeded|not reached|expired)|giv(?:ing|en|e) up|will be retried for|has been delayed/,
    ],
  },

  // --- The network.
  {
    wording: "connection",
    text: [
      /connection (?:was |has been |is )?(?:refused|timed out|reset|time-?out|dropped|closed|lost|aborted|broken|failed|terminated|died|interrupted|attempt)|refused (?:the )?connection|connectionreset|lost connection/,
      /timed? ?out|time-out|idle (?:for )?too long|inactivity/,
      /(?:unable to|could not|couldn't|cannot|can't|wasn't able to|failed to) (?:connect|establish|open|reach|contact)/,
      /connection (?:with|to|from) \S{1,255} (?:is |was |has been )?(?:refused|broken|lost|closed|reset|timed out|dropped|failed|terminated)/,
      /no route to host|network (?:is )?(?:unreachable|down|error)|(?:host|server|destination) (?:is )?unreachable|broken pipe|econn|etimedout|ehostunreach|enetunreach|i\/o error|socket|all hosts (?:for|have)|no answer from|not respond|n't respond|not answer|no response|not (?:be )?reach(?:able|ed)|connect to \S{1,80}|closed (?:the )?connection/,
    ],
  },

  // --- A filter that does not work is no verdict on the message.
  {
    wording: "server-trouble",
    text: [
      /error in processing|(?:scan|scanner|scanners|filter|checker|milter) (?:is )?(?:fail|error|unavailable|not available|timed|temporar)/,
    ],
    codes: [0, ...TEMPORARY],
  },

  // --- What is in the message.
  {
    wording: "exchange-content-filter",
    text: [/rejected as spam by content filter/],
  },
  {
    wording: "virus",
    text: [
      /virus|malware|trojan|infect|phish|eicar|\bworm\b|harmful|ransomware|malicious|clamav|dangerous|security (?:issue|threat|risk)/,
    ],
  },
  {
    wording: "attachment",
    text: [
      /attachment|attached file|executable|file (?:type|extension|name)|extension .{0,20}(?:not|block|prohib|forbid)|encrypted (?:archive|zip|file)|password[- ]protected|\bmacros?\b/,
    ],
  },
  {
    wording: "spam",
    text: [
      /\bspam|spam\b|\bspm\b|\bube\b|\buce\b|junk|unsolicited|bulk (?:mail|e-?mail)|suspicious|suspicion|spamassassin|rspamd|bayes|high score|score .{0,20}(?:exceed|too high|points)/,
    ],
  },
  {
    wording: "policy",
    text: [
      /(?:does|do) ?(?:not|n't) allow|external forwarding|scoring|mail score|signature/,
      /polic(?:y|ies)|content|prohibited|prohibition|administrative|administratively|transport\.rules|forbidden|not permitted|banned|restrict|violat|blocked (?:by|due|because|for)|rule\b|rules\b|profanity|unacceptable|mail filter|filtered|\burls?\b|will not accept|permanently rejected|(?:envelope|message|mail|email|e-mail) (?:has been |was |is )?blocked/,
      /:blocked\b/,
    ],
  },

  // --- The server itself.
  {
    wording: "server-settings",
    text: [
      /licen[cs]e\b.{0,20}(?:expired|exceeded|invalid|limit|violat|reached|missing)|configuration (?:error|problem|issue)|config(?:uration)? error|misconfigur|server configuration|system config|not configured/,
    ],
  },
  {
    wording: "server-trouble",
    text: [
      /temporar(?:y|ily) .{0,40}(?:fail|error|problem|unavailable|lookup|local|unable|trouble|issue|condition|closed|down|system|server|internal)|(?:fail\w{0,9}|error|unavailable|problem) .{0,30}temporar/,
      /internal .{0,20}(?:error|failure|problem|resource)|server (?:is )?(?:too )?(?:busy|error|unavailable|down|overload|shutting|not ready|closing)|\bbusy\b|ser?ver error/,
      /service (?:is )?(?:currently |temporarily |not |un)|shutting down|shutdown|closing transmission|overload|high load|load too high|maintenance|out of service|not (?:currently )?accepting (?:mail|messages|network)/,
      /(?:local|system|database|ldap|directory|lookup|queue|program|delivery agent|software|processing|unexpected|write|read|file|i\/o|technical) (?:\w{1,12} )?(?:error|failure|problem|trouble|exception|difficult)/,
      /resources? (?:temporarily|not|un)|exception|error in processing|error processing|(?:unable|failed|could not|cannot) (?:to )?(?:process|queue|store|create|write|open|lock|save|handle)|trouble|qq |program fail|local problem|crash|bug\b|lookup failure|not (?:ready|available at)/,
    ],
  },

  // --- A login, when nothing more telling was said.
  {
    wording: "login-required",
    text: [
      /authenticat|\bauth\b|must (?:first )?log ?in|log ?in (?:first|to|before|required)|login required|logon/,
    ],
  },

  // --- Later, without a reason.
  {
    wording: "later",
    text: [
      /(?:try|retry|come back|resend|again) (?:again |back )?(?:a little |a bit |in a (?:while|moment|few) ?|at a )?(?:later|soon|shortly|again)|(?:try|retry) again|deferred|later\b/,
    ],
    codes: [...TEMPORARY, 454, 471],
  },

  { wording: "recipient-refused", text: [/\brcpt\b.{0,60}(?:not ok|not accept|reject|refus|denied)/] },

  // --- Commands.
  {
    wording: "bad-command",
    text: [
      /(?:command|verb|keyword|parameter|argument|option)s?\b.{0,40}(?:not|un|invalid|bad|illegal|out of)|(?:unrecogni[sz]ed|unknown|unimplemented|bad|invalid|unexpected|unsupported) (?:\w{1,15} )?(?:command|sequence|parameter|argument|verb|option)|bad sequence|out of sequence|synchroni[sz]ation|syntax error|syntax|not implemented|need (?:mail|rcpt|data)|protocol (?:error|violation|deviation)|pipelin/,
    ],
  },

  // --- Hardly more than no, and yet to whom.
  {
    wording: "recipient-refused",
    text: [
      /(?:user|recipient)s? (?:has |was |is )?(?:been )?(?:reject|refus)|(?:rejected|refused) by (?:the )?(?:user|recipient)/,
    ],
  },
  {
    wording: "bad-reputation",
    text: [/^(?:your |the |this |client )?ips?(?: address)?(?: \[?[\d.:]{3,45}\]?)? (?:is|in|on)\b/],
  },
];
