/**
 * What servers' answers mean, as data.
 *
 * 1. The first rule of the table that fits decides; so the table's order is its meaning. Words say more than
 *    enhanced codes (RFC 3463, RFC 7504, RFC 7505, RFC 8616 and the vendors' own), those more than the three digits
 *    (RFC 5321 4.2.2).
 * 2. Within a rule all given kinds of condition have to hold, and of each kind one is enough.
 * 3. A rule names what a family of servers says, never one sample.
 * 4. Patterns see the text as `answer-facts` prepares it: lower case, addresses as `<@>`, links cut to the host.
 * 5. Each pattern is linear: nothing that repeats stands within something that repeats.
 */
import type { WordingName } from "./wordings.ts";

export interface Rule {
  readonly wording: WordingName;
  readonly text?: readonly RegExp[];
  /** Against the whole text with its links, in lower case. */
  readonly link?: readonly RegExp[];
  /** Enhanced codes, the class left out: `1.1` is 4.1.1 and 5.1.1. */
  readonly detail?: readonly string[];
  readonly codes?: readonly number[];
}

const TEMPORARY = [420, 421, 422, 431, 432, 441, 442, 450, 451, 452];

export const rules: readonly Rule[] = [
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
      /headers? (?:is|are) (?:missing|malformed|invalid)|(?:invalid|malformed) (?:mime|message|headers?)\b/,
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

  // --- Loops and messages that waited too long.
  {
    wording: "loop",
    text: [
      /loops? back|mail ?loop|message loop|routing loop|forwarding loop|\blooping\b|loop ?(?:was )?detected|loop count|in a loop/,
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
  { wording: "spam", text: [/\b(?:urls?|links?|uris?|domains? in) .{0,60}(?:listed|black)/] },

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
  {
    wording: "client-blocked",
    text: [
      /client host (?:<[^>]{0,80}> )?rejected: (?:access|connection|go|not|block|you|no |ip)/,
      /(?:connection|connections|mail|email|host|client|ip|address) (?:from )?.{0,60}(?:not|n't|never) (?:accepted|allowed|permitted|authorized|welcome) (?:from|to connect|here)/,
      /(?:access|connection|connect) (?:is |was )?(?:denied|rejected|refused|not allowed) (?:to |for |from )(?:your|this|host|ip|client|\[|you\b)/,
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
      /too (?:fast|quickly|frequent)|(?:high|unusual|excessive) (?:rate|volume|number)|unexpected volume|at a rate|message rate|connection rate/,
      /too many (?:\w{1,20} )?(?:\w{1,20} )?(?:connections?|connects|sessions|messages|mails?|emails|e-mails|requests|recipients|rcpts|rcpt|deliveries|transactions|attempts|threads)/,
      /(?:maximum|max|limit|number|exceed).{0,50}(?:connections|sessions|recipients|messages per|emails per|requests)/,
      /(?:connections?|sessions?|recipients|recipient|thread|concurrency) (?:\w{1,12} )?(?:limit|maximum|count|quota)/,
      /(?:limit|number|amount) .{0,40}(?:messages|mails?|emails|e-mails)\b.{0,40}\b(?:per|an?|each) (?:second|minute|hour|day)\b/,
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

  // --- The sender: proof of its domain, then its address.
  {
    wording: "members-only",
    text: [
      /sendernotauthenticatedfor|authrequired/,
      /(?:group|list|recipient|mailbox) .{0,60}only (?:accept|from).{0,40}(?:authenticated|internal|inside|members)/,
      /sender (?:was|is) not authenticated when/,
    ],
  },
  {
    wording: "sender-domain-check",
    text: [
      /\bspf|\bdkim|dmarc|openspf|sender policy framework|domainkeys|\badsp\b|\barc (?:fail|valid|seal)/,
      /unauthenticated (?:e-?mail|mail|message|sender)|sender is (?:unauthenticated|not authenticated)|not authenticated by/,
      /(?:message|mail|email|e-mail) (?:is |was )?(?:unauthenticated|not authenticated)|requires all senders to authenticate/,
      /sender[- ]?id .{0,30}(?:fail|check|not|reject)|\bpra is not/,
    ],
  },
  {
    wording: "bad-address",
    text: [
      /(?:address|sender|recipient|mailbox|path|domain name|domain|addr) .{0,20}(?:syntax|malformed|format)/,
      /(?:malformed|badly formed|ill-formed|unbalanced|illegal|syntactically|syntax error in|invalid format of|incorrectly formatted|improper) .{0,30}(?:address|sender|recipient|mailbox|path|character|parameters|angle|<@>|mail from|rcpt to|from:|to:)/,
      /malformed|(?:invalid|wrong|bad|incorrect) (?:e-?mail )?(?:address )?(?:syntax|format)|(?:domain|user) (?:name|address) (?:required|missing)|domain missing/,
      /domain name required|user address required|unqualified|must be fully[- ]qualified|unbalanced ['"<>]/,
      /single[- ]label|reserved by rfc|(?:sender|recipient) address .{0,20}(?:fully-qualified|reserved)|need fully-qualified address/,
    ],
  },
  {
    wording: "sender-verification",
    text: [
      /sender.{0,10} verif|sender .{0,40}(?:callout|callback|verification)|verification failed for|callback setup failed|verify (?:the )?sender|verifying (?:the )?sender|sender .{0,40}unverif/,
      /sender address rejected: (?:undeliverable|unverified|user|mailbox)/,
    ],
  },
  {
    wording: "sender-domain",
    text: [
      /sender.{0,80}(?:domain|host).{0,30}(?:not found|not exist|does ?n.t|resolve|invalid|unknown|unresolv)/,
      /(?:domain of|your) .{0,15}(?:sender|from).{0,80}(?:not exist|must exist|resolve|not found|unresolv)/,
      /sender.{0,60}(?:no (?:a|mx|dns)\b|null mx|domain resolve|not resolve|unresolvable|has no )/,
      /domain (?:may not exist|must (?:exist|resolve))|(?:mail from|from) domain .{0,40}(?:not exist|not resolve|not found|must)/,
    ],
  },
  {
    wording: "send-as",
    text: [
      /send (?:mail )?(?:as|on behalf|for) (?:this|that|the|another)? ?(?:sender|user|address|<@>)|sendasdenied|not (?:allowed|permitted|authori[sz]ed) to send (?:mail )?(?:as|from|with|using)/,
      /not owned by|not logged in|(?:sender|from) .{0,60}(?:does not match|must match|mismatch|not match)/,
    ],
  },
  {
    wording: "sender-refused",
    text: [
      /senders? (?:e-?mail |mail )?(?:address |domain |email )?(?:<@> |<>: |<@>: )?(?:is |was |has been |are )?(?:reject|denied|refused|block|invalid|unknown|not |bann|prohibit|forbidden|restrict|disallow|incorrect|deni)/,
      /(?:invalid|unknown|forbidden|banned|blocked|prohibited|restricted|bad|unacceptable|unauthori[sz]ed|illegal) (?:envelope |e-?mail |mail )?sender|block(?:ed)? senders?/,
      /(?:mail from|return[- ]?path|reverse-?path|envelope from|from address|from:? header).{0,60}(?:reject|denied|refused|not allowed|invalid|blocked|not permitted|not accept|banned|disallowed)/,
      /not accept (?:e-?mails?|mails?|messages?|anything) from .{0,20}(?:sender|address|<@>)/,
      /badmailfrom|senderdenied|sendernotinallowed|sender ?not ?allowed|spoof|impersonat|forged|\bfaked? (?:\w{1,10} )?(?:sender|from|address)|null sender|empty (?:envelope )?sender/,
      /sender.{0,60}(?:not (?:in |on )?(?:the )?(?:allowed|permitted|authorized)|rejected|refused)/,
    ],
  },

  // --- Not our domain.
  {
    wording: "relay-denied",
    text: [
      /relay(?:ing|ed)? .{0,60}(?:den|prohibit|not |reject|refus|disallow|forbid|block|fail)|relay(?:ing)?-?(?: access)?-?(?:denied|prohibited)|relayaccess/,
      /(?:not|n't|unable|cannot|can't|refus\w{0,9}|no|never|deny|denies|denied|prohibit\w{0,9}|without|unauthori[sz]ed|open) (?:\w{1,15} )?(?:to |for |permitted to |allowed to )?relay/,
      /as a relay|rcpthosts|relay access|locally hosted|tenantattribution/,
      /\bno-domain\b|non-?local (?:e-?mail|domain|address|recipient|user|delivery)|non-accepted domain|not an? accepted domain|(?:domain|host) (?:is |isn't )?(?:not )?(?:hosted|local|served|handled|allowed|accepted) (?:here|by|on|at|locally)/,
      /(?:do|does|will|can) ?(?:not|n't) (?:accept|handle|serve|host|deliver|receive|take) (?:e-?mail|mail|messages?|deliveries) (?:for|to) (?:that|this|the|your|<@>|\S{1,60}\.\S)/,
      /delivery is not allowed to this address|not local\b.{0,20}(?:domain|server)|account (?:\S{1,60} )?is not local|not (?:configured|authori[sz]ed) to (?:receive|accept) .{0,20}for/,
    ],
  },

  // --- Names: greeting, reverse, domains.
  {
    wording: "bad-command",
    text: [
      /(?:send|say|need|expected?|issue|after|before|first) .{0,10}(?:helo|ehlo)|(?:helo|ehlo) (?:first|required|not implemented|command not)|polite people/,
    ],
  },
  {
    wording: "greeting-name",
    text: [/\b(?:helo|ehlo)\b/, /(?:greeting|host ?name) .{0,30}(?:fully[- ]qualified|not fqdn)/],
  },
  { wording: "reverse-name", text: [/ip name (?:lookup|possibly)/] },
  {
    wording: "name-not-found",
    text: [
      /(?:domain|host|server)(?: name)?(?: or domain name)?\b.{0,40}(?:not found|not exist|doesn't exist|nonexist|non-exist|unknown|couldn't be found|not be found|not known|not resolv|not reachable|unreachable)/,
      /(?:nonexistent|non-existent|unknown|unresolvable|invalid|no such|bad) (?:e-?mail )?(?:destination |recipient |mail )?(?:domain|host|system)\b/,
      /(?:couldn't|could not|weren't able to|not able to|unable to|cannot|can't|failed to) (?:find|resolve|look ?up|route) .{0,30}(?:host|domain|mx|server|name|address)/,
      /nxdomain|null mx|no (?:valid )?mx\b|\bmx (?:record|host|lookup|or a)|nonexistentdomain|does(?: not|n't) (?:receive|accept) (?:any )?e-?mail/,
      /name or service not known|bad destination system|illegal host|unrouteable mail domain|all relevant mx|no route to (?:domain|destination domain)/,
    ],
  },
  {
    wording: "dns-trouble",
    text: [
      // As words, not as the beginning of a host's name.
      /\bdns\b(?![.-]\w)|name ?server|name service|name resolution|host ?name lookup|host lookup|domain lookup|\bmx\b(?![.-]\w)|nodename nor servname/,
    ],
  },

  // --- Servers put this behind "recipient address rejected:"; it is not about the recipient.
  {
    wording: "server-settings",
    text: [/configuration (?:error|problem|issue)|misconfigur/],
    codes: TEMPORARY,
  },
  {
    wording: "server-trouble",
    text: [
      /(?:temporary|internal) (?:\w{1,12} )?(?:lookup |server |system |local )?(?:fail\w{0,4}|error|problem)/,
    ],
    codes: TEMPORARY,
  },

  // --- Nobody of this name.
  {
    wording: "mailbox-busy",
    text: [
      /(?:mail ?box|account|user|recipient)\b.{0,40}(?:busy|\blocked|in use|being moved|temporarily|currently unavailable|try again)/,
      /mail ?box (?:is )?(?:currently )?(?:un|not )available/,
    ],
    codes: TEMPORARY,
  },
  {
    wording: "user-moved",
    text: [
      /user (?:is )?not local|has moved|(?:please|pls) (?:use|try) <@>|no longer (?:works|employed|with us)|has left/,
    ],
  },
  {
    wording: "user-disabled",
    text: [
      /(?:mail ?box|account|user|recipient|address|inbox|e-?mail).{0,60}(?:disabled|inactive|inactivated|deactivated|suspended|not (?:been )?activ|closed|\blocked|expired|terminated|frozen|on hold|not enabled|discontinued|retired|administratively|suspend)|(?:account|mail ?box|user) (?:is |was |has been )?blocked/,
      /(?:disabled|inactive|suspended|closed|expired|deactivated|blocked) (?:\w{1,12} )?(?:mail ?box|account|user|recipient)|disableduser/,
    ],
  },
  {
    wording: "unknown-user",
    text: [
      /(?:user|users|mail-? ?box|mail ?drop|recipient|recipients|address|addressee|account|alias|inbox|person|name|customer|subscriber|member|employee|id|destination|rcpt)s?\b.{0,70}(?:unknown|not found|no such|not exist|n't exist|doesnt exist|non-?exist|invalid|unavailable|not available|not known|not valid|isn't valid|unrecogni[sz]ed|not recogni[sz]ed|no longer|not listed|not registered|unrouteable|unroutable|undeliverable|not be found|couldn't find|not defined|not in our|not our|not accepted|not a valid|incorrect|has been (?:removed|deleted)|was (?:removed|deleted)|does not have|n't have|not allowed|not permitted)/,
      /(?:no such|unknown|invalid|unroutable|unrouteable|non-?existent|nonexisting|no valid|not a valid|undeliverable|unrecogni[sz]ed|wrong|incorrect|bad|no|not our|undefined) (?:\w{1,15} )?(?:\w{1,15} )?(?:user|mail-? ?box|recipients?|address|addressee|account|alias|person|customer|inbox|id|rcpt|destination|name)\b/,
      /(?:couldn't|could not|cannot|can't|unable to) (?:find|locate|verify|deliver to|validate) .{0,30}(?:user|mail ?box|recipient|account|address)/,
      /address rejected\b|<@>[.:,]{0,3} ?(?:is )?(?:unknown|not found|no longer|invalid|does not exist|doesn't exist|not valid|no such|undeliverable|isn't)/,
      /not a known user|not a registered|not a (?:valid|local) (?:user|mailbox|recipient|account)|does ?n[o']t have an? .{0,30}account|no mail ?box|no one (?:here )?by that name|nobody (?:here )?by that/,
      /unbekannt|existiert nicht|inconnu|n'existe pas|destinataire invalide|desconocid|no existe|sconosciut|inesistente|non esiste|desconhecid|inexistente|onbekend|bestaat niet|ok[aä]nd|ukendt|ukjent|nieznan|nie istnieje/,
    ],
  },

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
      /no route to host|network (?:is )?(?:unreachable|down|error)|(?:host|server|destination) (?:is )?unreachable|broken pipe|econn|etimedout|ehostunreach|enetunreach|i\/o error|socket|all hosts (?:for|have)|no answer from|not responding|no response|connect to \S{1,80}|closed (?:the )?connection/,
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
      /configuration (?:error|problem|issue)|config(?:uration)? error|misconfigur|server configuration|system config|not configured/,
    ],
  },
  {
    wording: "server-trouble",
    text: [
      /temporar(?:y|ily) .{0,40}(?:fail|error|problem|unavailable|lookup|local|unable|trouble|issue|condition|closed|down|system|server|internal)|(?:fail\w{0,9}|error|unavailable|problem) .{0,30}temporar/,
      /internal .{0,20}(?:error|failure|problem|resource)|server (?:is )?(?:too )?(?:busy|error|unavailable|down|overload|shutting|not ready|closing)|(?:too|system|currently|is) busy|ser?ver error/,
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
  { wording: "policy", detail: ["6.0", "6.1", "6.2", "6.3", "6.5", "7.0", "7.1", "7.2", "7.7"] },
  { wording: "mailbox-busy", detail: ["2.0", "2.4"], codes: [0, ...TEMPORARY] },
  { wording: "server-trouble", detail: ["3.0", "3.2", "3.3", "4.5"], codes: [0, ...TEMPORARY] },

  // --- Words that say hardly more than no.
  { wording: "policy", text: [/access (?:is |was )?denied|\bblocked\b|not allowed/] },
  {
    wording: "policy-perhaps",
    text: [
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
