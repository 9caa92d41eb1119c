/** Who it is about: the sender, a domain, a recipient: second part of the table in `rules`. */
import { type Rule, TEMPORARY } from "./rule.ts";

export const partyRules: readonly Rule[] = [
  // --- Relaying, where nothing else can be meant.
  {
    wording: "relay-denied",
    text: [
      /(?:not|n't|never) (?:\w{1,12} )?(?:permitted|allowed|authori[sz]ed) to relay|unable to relay|relay(?:ing)? (?:access )?(?:is )?(?:denied|prohibited|disallowed|not (?:permitted|allowed))/,
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
  { wording: "unknown-user", text: [/\bunknown\b.{0,20}\b(?:user|alias|mail ?box)\b/], detail: ["1.1"] },
  {
    wording: "bad-address",
    text: [
      /\brfc[ -]?\d{3,4} address/,
      /(?:address|sender|recipient|mailbox|path|domain name|domain|addr) .{0,20}(?:syntax|malformed|format)/,
      /(?:malformed|badly formed|ill-formed|unbalanced|illegal|syntactically|syntax error in|invalid format of|incorrectly formatted|improper) .{0,30}(?:address|sender|recipient|mailbox|path|character|parameters|angle|<@>|mail from|rcpt to|from:|to:)/,
      /malformed\b(?!.{0,30}name ?server)|(?:invalid|wrong|bad|incorrect) (?:e-?mail )?(?:address )?(?:syntax|format)|(?:domain|user) (?:name|address) (?:required|missing)|domain missing/,
      /domain name required|user address required|unqualified|must be fully[- ]qualified|unbalanced ['"<>]/,
      /single[- ]label|reserved by rfc|(?:sender|recipient) address .{0,20}(?:fully-qualified|reserved)|need fully-qualified address/,
    ],
  },
  {
    wording: "sender-verification",
    text: [
      /sender.{0,10} verif|sender .{0,40}(?:callout|callback|verification)|verification failed for|callback setup failed|verify(?:ing)? (?:the )?(?:sender|mail ?from)|mail ?from .{0,20}verif\w{0,8} fail|sender .{0,40}unverif/,
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
      /(?:invalid|unknown|forbidden|banned|blocked|prohibited|restricted|bad|bogus|unacceptable|unauthori[sz]ed|unrout\w{0,6}|unverified|non-?existent|illegal) (?:envelope |e-?mail |mail )?(?:sender|mail from)|block(?:ed)? senders?/,
      // Automatic answers and bounces, which have no sender.
      /\bbatv\b|backscatter|bouncedeny|\b(?:unsigned|third-party|no) dsns?\b|(?:returned|bounced) (?:mail|messages?) not accept/,
      /(?:mail from|return[- ]?path|reverse-?path|envelope from|from address|\bfrom:|from header).{0,60}(?:reject|denied|refused|not allowed|invalid|blocked|not permitted|not accept|banned|disallowed)/,
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
      /\b(?:domain|host) (?:is |was )?not (?:allowed|accepted|permitted|hosted|served|handled)\b/,
      /delivery is not allowed to this address|not local\b.{0,20}(?:domain|server)|account (?:\S{1,60} )?is not local|not (?:configured|authori[sz]ed) to (?:receive|accept) .{0,20}for/,
    ],
  },

  // --- Names: greeting, reverse, domains.
  {
    wording: "bad-command",
    text: [
      /(?:send|say|need|expected?|issue|after|before|first) .{0,10}(?:helo|ehlo)|(?:helo|ehlo) (?:first|required|not implemented|command not)|polite people|protocol (?:violation|deviation)/,
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
      /(?:couldn't|could not|weren't able to|not able to|unable to|cannot|can't|failed to) (?:find|resolve|look ?up|route) .{0,30}(?:host|domain|mx|server|name|address|route)/,
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
    wording: "user-disabled",
    text: [/(?:mail ?box|account|user|recipient)\b.{0,40}(?:disabled|deactivated|inactive|suspended)\b/],
  },
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
      /(?:user|users|mail-? ?box|mail ?drop|recipient|recipients|address|addressee|account|alias|inbox|person|name|customer|subscriber|member|employee|id|destination|rcpt)s?\b.{0,70}(?:unknown|not found|no such|not exist|n't exist|doesnt exist|non-?exist|invalid|unavailable|not available|not known|not valid|isn't valid|unrecogni[sz]ed|not recogni[sz]ed|no longer|not listed|not registered|not reachable|unrouteable|unroutable|undeliverable|not be found|couldn't find|not defined|not in our|not our|not accepted|not a valid|incorrect|has been (?:removed|deleted)|was (?:removed|deleted)|does not have|n't have|not allowed|not permitted)/,
      /(?:no such|unknown|invalid|unroutable|unrouteable|non-?existent|nonexisting|no valid|not a valid|undeliverable|unrecogni[sz]ed|wrong|incorrect|bad|no|not our|undefined) (?:\w{1,15} )?(?:\w{1,15} )?(?:user|mail-? ?box|recipients?|address|addressee|account|alias|person|customer|inbox|id|rcpt|destination|name)\b/,
      /(?:couldn't|could not|cannot|can't|unable to) (?:find|locate|verify|deliver to|validate) .{0,30}(?:user|mail ?box|recipient|account|address)/,
      /address rejected\b|<@>[.:,]{0,3} ?(?:is )?(?:unknown|not found|no longer|invalid|does not exist|doesn't exist|not valid|no such|undeliverable|isn't)/,
      /(?:user|recipient|mail ?box|address|alias|name)\b.{0,60}(?:no exist|not unique|several matches|ambiguous)|ambiguous (?:user|recipient|mail ?box|address|alias|name)/,
      /not a known user|not a registered|not a (?:valid|local) (?:user|mailbox|recipient|account)|does ?n[o']t have an? .{0,30}account|no mail ?box|no one (?:here )?by that name|nobody (?:here )?by that/,
      /unbekannt|existiert nicht|inconnu|n'existe pas|destinataire invalide|desconocid|no existe|sconosciut|inesistente|non esiste|desconhecid|inexistente|onbekend|bestaat niet|ok[aä]nd|ukendt|ukjent|nieznan|nie istnieje/,
    ],
  },
];
