/** Words that hardly ever mean anything else, whoever they are about: first part of the table in `rules`. */
import type { Rule } from "./rule.ts";

export const certainRules: readonly Rule[] = [
  // --- Words that leave no doubt, and would be taken for something else further down.
  {
    wording: "accepted",
    codes: [211, 214, 220, 221, 235, 250, 251, 252, 334, 354],
  },
  {
    wording: "bad-message",
    text: [
      /bare ?(?:lf|cr|line ?feed|newline|carriage)/,
      /(?:stray|lone) (?:newline|lf|cr|carriage|line ?feed)/,
      /line (?:is )?too long|line length (?:limit )?exceed/,
      /rfc[ -]?(?:822|2822|5322)\b(?!;)|rfc[ -]?(?:\d{3,4}[ -])?(?:non-?)?complian|improperly[- ]formatted/,
      /(?:duplicate|multiple) (?:\S{1,40} )?(?:headers?|fields?)\b/,
      /(?:no|missing|multiple|duplicate|invalid|malformed|bad|more than one) [^.;]{0,30}(?:from|to|date|subject|message-id|received|mime)(?:: | |-)?header/,
      /(?:missing|no) (?:a valid address in )?(?:the )?(?:from|date|message-id|subject|to):? (?:header|field)/,
      /headers? (?:error|(?:is|are) (?:missing|malformed|invalid|not accept))|(?:invalid|malformed) (?:mime|message|headers?)\b/,
      /\bmime\b.{0,20}(?:invalid|error|reject|malformed|broken|bad\b|structure)|(?:invalid|broken|bad) (?:\w{1,12} )?(?:structure|boundary|boundaries)/,
      /(?:invalid|illegal) (?:data|characters?) in (?:the )?(?:message|body|header)/,
      /8-?bit (?:data|characters?|header)|non-ascii (?:characters?|header)/,
    ],
  },
  { wording: "bad-message", link: [/smtplf\.html/] },
  {
    wording: "unknown-user",
    text: [
      /(?:account|mail ?box|user|address)\b.{0,50}(?:may|might) not exist/,
      /not listed in .{0,40}(?:directory|address book)/,
      /recipient ?not ?found|recipnotfound|nosuchuser/,
    ],
  },
  {
    wording: "mailbox-full",
    text: [
      /too many (?:messages|mails|e-?mails) (?:on|in) (?:the|his|her|their|this) (?:server|mail ?box|inbox|account)/,
    ],
  },
  {
    wording: "server-trouble",
    text: [/\bno mdb\b|(?:database|mail store) .{0,20}(?:offline|dismounted|not mounted)/],
  },

  // --- Loops and messages that waited too long.
  {
    wording: "loop",
    text: [
      /(?:loops?|points?) back|mail ?loop|message loop|routing loop|forwarding loop|\blooping\b|loop ?(?:was )?detected|loop count|in a loop/,
      /too many hops|hop ?count|hops? limit|maximum hops|too many ["']?received|received headers/,
    ],
  },
  {
    wording: "expired",
    text: [
      /(?:message|delivery|delivery time|queue|transmission).{0,5}(?:has |is |was |had )?expired/,
      /in (?:the )?queue (?:for )?too long|message (?:is )?too old/,
      /(?:could not|unable to|not) be delivered (?:for|within|after) .{0,20}(?:hours|days|seconds)/,
    ],
  },

  // --- Login mechanisms that speak of encryption, then encryption itself.
  {
    wording: "login-refused",
    text: [
      /(?:encryption|tls|ssl) .{0,20}(?:required|needed) (?:for|before) .{0,30}auth/,
      /auth\w{0,9} mechanism/,
      /(?:username|user ?name|user ?id|login|account) (?:and|or|\/|&) ?password/,
      /(?:bad|wrong|incorrect|invalid|unknown) (?:username|user name|login|credentials|password|authentication|auth\b)/,
      /password .{0,30}(?:incorrect|invalid|wrong|expired|not accepted|mismatch|required)/,
      /(?:authentication|auth|login|log-?in|logon|sasl).{0,40}(?:fail|unsuccessful|rejected|invalid|incorrect|aborted|not supported|disabled|not enabled|too weak)/,
      /(?:could not|cannot|unable to|failed to) (?:log ?in|authenticate)\b/,
      /smtpclientauthentication/,
    ],
    codes: [421, 432, 454, 501, 503, 504, 530, 534, 535, 538, 550],
    detail: ["7.0", "7.3", "7.8", "7.9", "7.11", "7.12", "7.139", "5.1", "5.4", ""],
  },
  {
    wording: "tls-failed",
    text: [
      /(?:tls|ssl|starttls).{0,40}(?:fail|error|could not|not available|unavailable|temporar|cannot|can't)/,
      /(?:cannot|can't|could not|unable to|failed to) (?:start|establish|negotiate) .{0,10}(?:tls|ssl)/,
      /certificate.{0,60}(?:trust|verif|expire|valid|mismatch|self[- ]signed|unknown|revoked|match)/,
      /(?:untrusted|invalid|expired|self[- ]signed|no) .{0,15}certificate/,
      /\bcipher\b|handshake/,
    ],
  },
  {
    wording: "tls-required",
    text: [
      /starttls/,
      /\b(?:tls|ssl)\b.{0,20}(?:required|needed|mandatory|must|enforced)/,
      /(?:must|requires?|need|use|using) .{0,20}(?:\btls\b|\bssl\b|secure connection|encrypted (?:connection|channel|session))/,
      /(?:encryption|encrypted connection|secure connection) (?:is )?(?:required|needed|mandatory)/,
    ],
  },

  {
    wording: "reverse-name",
    text: [
      /reverse (?:dns|host ?name|name|lookup|mapping|address|resol)|\bptr\b|\brdns\b|cannot find your|forward-?confirmed|host ?name .{0,30}(?:your|client) (?:ip|address)|fix reverse/,
    ],
  },

  // --- Says its name even where it is done with a block list.
  { wording: "greylisted", text: [/gr[ae]y-? ?list|postgrey|milter-grey|sqlgrey/] },
  {
    wording: "spam",
    text: [
      /(?:black-?listed|blocked|listed|banned|malicious|forbidden) (?:urls?|links?|uris?)\b|\b(?:urls?|links?|uris?|domains? in) .{0,60}(?:listed|black|block|reject|[su]rbl)/,
    ],
  },

  // --- The recipient's own wish, whatever it is kept in.
  { wording: "policy", text: [/(?:recipient|user|addressee) .{0,20}(?:does not|doesn't) want/] },

  // --- Who sends: block lists and reputation. Before limits ("rate limited because of reputation").
  {
    wording: "block-list",
    text: [
      /spamhaus|spamcop|barracudacentral|\bsorbs\b|\bcbl\b|\bxbl\b|\bsbl\b|\bpbl\b|uceprotect|abuseat|mail-abuse|senderscore|invaluement|\bivmsip|surbl|uribl|\bpsbl\b|\bcss\b/,
      /\b(?:dns|ur|uri|r|h|rh)bl(?:s|\+)?\b|dns-based|real-?time (?:block|black)/,
      /(?:block|black|deny)[- ]?list/,
      /\blisted (?:at|on|in|by|as|with)\b|(?:is|was|are|been|currently) listed\b|\bis on (?:a|the|our|their) (?:spam|block|black)/,
      /banned sending ip|banned ip|ipcheck/,
      /dynamic(?:ally)?[- ](?:assigned )?(?:ip|address|host|range|pool)|dial-?up|residential/,
    ],
  },
  {
    wording: "bad-reputation",
    text: [
      /reputation/,
      /spammer|spam source|sending spam|(?:client|connecting|sending|source|remote) .{0,40}(?:blocked|banned)/,
      /user complaints|spam complaints|complaint rate/,
      /(?:unsolicited|spam|junk|bulk|abus)\w{0,9} .{0,40}(?:from|by) (?:your|this|the|that) (?:\w{1,20} )?(?:ip|address|host|server|network|domain|mail server)/,
      /(?:ip|ip address|ips|host|server|domain|network|mta)\b.{0,60}(?:is|are|was|has been|have been|been|temporarily) (?:\w{1,15} )?(?:blocked|blacklisted|banned|deferred|suspicious)/,
      /blocked .{0,40}(?:ip address|your ip|sending ip|ip range|network)|(?:your ip|your domain|your host|your network|your server) .{0,30}(?:blocked|banned|refused|rejected|denied)/,
      /(?:ip|ips|host|server) .{0,50}not (?:authorized|allowed|permitted) to send .{0,30}directly/,
      /\bips?\b .{0,40}(?:block|bann|blacklist|forbid|denied|reject)|(?:forbidden|denied|rejected|blocked) .{0,30}\bips?\b|invalid ip\b|block(?:ed)? for (?:spam|abuse)/,
      /domain (?:is |was |has been )?(?:blocked|banned)/,
      /messages from .{0,60}(?:weren't|were not|not) sent/,
      /(?:poor|low) (?:sender|sending)|bad (?:ip|mta|sending)/,
      /traffic not accepted|ask your postmaster for help or to contact/,
      /your access to (?:submit messages to )?this (?:e-?mail|mail) system has been rejected/,
    ],
  },
  { wording: "block-list", text: [/\bblock/], link: [/[?&](?:ip|ip_address|query)=\d/] },
  // Nothing but a page to be looked at: its name tells.
  {
    wording: "block-list",
    link: [/\/[a-z._-]{0,20}(?:deny|denied|block|black|rbl)[a-z._-]{0,20}\?(?:[a-z0-9_=&.-]{0,60}&)?ip=/],
  },
  {
    wording: "client-blocked",
    text: [
      /client host (?:<[^>]{0,80}> )?rejected: (?:access|connection|go|not|block|you|no |ip)/,
      /(?:connection|connections|mail|email|host|client|ip|address) (?:from )?.{0,60}(?:not|n't|never) (?:accepted|allowed|permitted|authorized|welcome) (?:from|to connect|here)/,
      /(?:access|connection|connect) (?:is |was )?(?:denied|rejected|refused|not allowed) (?:to |for |from )(?:your|this|host|ip|client|\[|you\b)/,
      /\b(?:not|n't|never|no longer) (?:currently |now )?(?:accept|tak|allow)\w{0,5} .{0,30}\bfrom your (?:ip|host|server|network|address|isp)\b/,
      /not (?:allowed|authorized|permitted) to connect|(?:you are|host|client|ip) (?:is )?not (?:allowed|welcome)/,
    ],
  },

  // --- Come again later.
  {
    wording: "greylisted",
    text: [
      /first contact|deferred as unknown|triplet/,
      /(?:come back|try again|retry|try back|resend|try later|wait|re-?try) (?:again )?(?:in|after|within) (?:about |at least )?(?:\d|a few|some|one|two|five|ten|fifteen)/,
    ],
  },
  {
    wording: "sending-limit",
    text: [
      /(?:daily|hourly|monthly|outgoing|outbound) (?:\w{1,12} )?(?:\w{1,12} )?(?:quota|limit)/,
      /(?:smtp|relay|submission) limit|sending (?:rate |user |message |mail )?(?:quota|limit)|(?:quota|limit) for sending/,
      /(?:quota|limit|maximum) .{0,40}(?:per|a|this) (?:hour|day|month)\b/,
    ],
  },
  {
    wording: "too-much-mail",
    text: [
      /rate[- ]?limit|ratelimit|throttl|slow(?:ing)? down|flood|receivingrate|frequency limit|frequency of/,
      /\brates?\b.{0,50}(?:exceed|too high|reached)|(?:exceed\w{0,3}|over) .{0,30}\brates?\b/,
      /too (?:fast|quickly|frequent)|(?:high|unusual|excessive) (?:rate|volume|number)|unexpected volume|at a rate|message rate|connection rate/,
      /too many (?:\w{1,20} )?(?:\w{1,20} )?(?:connections?|connects|sessions|messages|mails?|emails|e-mails|requests|recipients|rcpts|rcpt|deliveries|transactions|attempts|threads|errors)/,
      /(?:maximum|max|limit|number|exceed).{0,50}(?:connections|sessions|recipients|messages per|emails per|requests)/,
      /(?:connections?|sessions?|recipients|recipient|thread|concurrency) (?:\w{1,12} )?(?:limit|maximum|count|quota)/,
      /(?:limit|number|amount) .{0,40}(?:messages|mails?|emails|e-mails)\b.{0,40}\b(?:per|an?|each) (?:second|minute|hour|day)\b/,
      /\b(?:messages?|mails?|e-?mails?|recipients?|connections?|sessions?|requests?) per (?:connection|session|second|minute|hour|day|ip|host|client|sender|message)\b/,
      /trop de (?:connexions|messages)|zu viele verbindungen/,
    ],
  },

  // --- Space, in a mailbox or on the server, and size.
  {
    wording: "mailbox-full",
    text: [
      /over[- ]?quota|out of quota|quota ?(?:is |has been |was |limit )?(?:exceed|full|violat|reached|used)|exceed\w{0,9} .{0,60}quota|quota violation|quota (?:error|problem|check|issue)/,
      /dis[ck] quota|storage quota|mailbox quota|user quota|quotaexceed/,
      /(?:mail ?box|inbox|mail folder|maildir|account|user|recipient)\b.{0,40}\bfull\b|\bfull (?:mail ?box|inbox)/,
      /(?:mail ?box|inbox|maildir|account|user's|recipient's)\b.{0,30}(?:limit|space|storage|size).{0,30}(?:exceed|exeed|reached|full|out)/,
      /(?:exceed\w{0,9}|reached|over) .{0,30}(?:mail ?box|storage allocation|storage limit|space limit|allocated)/,
      /(?:mail ?box|inbox) (?:\w{1,10} )?(?:exceeded|over) |(?:mail ?box|inbox) (?:size |space )?limit/,
      /out of storage|(?:insufficient|not enough|no more|no|lack of) (?:\w{1,12} )?(?:storage|space|room) .{0,30}(?:mail ?box|user|recipient|account)/,
      /(?:insufficient|not enough) mail ?box/,
      /(?:mail ?box|inbox|account|user|recipient|storage|quota)\b.{0,50}\b(?:exhausted|used up|run out|ran out)\b|\b(?:exhausted|used up|run out of|ran out of) .{0,30}(?:mail ?box|storage|quota|space)/,
      /(?:mail ?box|inbox|account|user|recipient)\b.{0,60}(?:not|n't|no|without) (?:have |having )?(?:enough|sufficient) (?:\w{1,12} )?(?:space|room|storage)/,
      /(?:mail ?box|inbox|account|user|recipient)\b.{0,30}(?:space|room|storage)\b.{0,12}(?:not enough|not sufficient|insufficient)/,
      /(?:mail ?box|inbox) (?:\w{1,12} )?exceed\w{0,3} (?:\w{1,12} )?(?:\w{1,12} )?(?:size|limit|space|storage)/,
      /zu ?viele (?:mails|nachrichten) (?:auf|in|im)\b/,
      /(?:blocks|inode) limit|user (?:is )?over (?:the )?limit|storage allocation/,
      /bo[iî]te (?:aux lettres )?pleine|postfach .{0,20}voll|buz[oó]n .{0,20}lleno|casella .{0,20}piena/,
    ],
  },
  {
    wording: "too-large",
    text: [
      /too (?:large|big)|(?:message|mail|body|content|data) (?:\w{1,8} )?too long|oversize|overadvertisedsize|recipsizelimit|sendersizelimit|databytes/,
      /(?:size|length) .{0,40}(?:exceed|larger|greater|over |limit|too |above|more than)/,
      /exceed\w{0,9} .{0,60}(?:\bsize|length|databytes|maximum allowed|\d ?[kmg]i?b\b)/,
      /(?:size|length) limit|(?:maximum|max|allowed|permitted) .{0,20}(?:size|length)\b/,
      /(?:larger|bigger|greater) than .{0,40}(?:limit|allowed|permitted|accept|maximum|\d)/,
    ],
  },
  {
    wording: "server-full",
    text: [
      /insufficient (?:system|disk|storage|queue|memory|resources|space)|insufficient .{0,10}resources/,
      /(?:disk|storage|spool|queue|filesystem|file system|partition) .{0,10}(?:is )?(?:full|low|space)|low (?:on )?(?:disk|space|memory)|disk space/,
      /no space|space shortage|out of (?:disk|memory|space|resources)|not enough (?:disk|space|memory|storage|resources)|system storage|system (?:is )?full/,
      /resources? .{0,20}(?:exhausted|not available|unavailable|limit)/,
    ],
  },
];
