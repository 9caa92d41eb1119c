/**
 * What is told to whoever looks after the office's mail, one entry a kind of trouble: several entries may share a
 * category. Plain words, for somebody who is no mail expert and runs this gateway in front of a mail server of
 * their own. The answer nearly always comes from that server, hence "your mail server".
 */
import type { Explanation } from "../model/explanation.ts";

export type Wording = Omit<Explanation, "permanent">;

export const wordings = {
  accepted: {
    category: "other",
    meaning: "This is not an error: the server accepted what it was given.",
    who: "nobody",
    cure: "Nothing has to be done.",
  },

  "unknown-user": {
    category: "unknown-user",
    meaning: "Your mail server has no mailbox with this address.",
    who: "office-server",
    cure: "If the address is right, create the mailbox or an alias for it; if it was guessed by a spammer, there is nothing to do. A few of these are normal; a large number means that a domain or a setting is wrong.",
  },
  "recipient-refused": {
    category: "unknown-user",
    meaning:
      "Your mail server did not accept this recipient. Most often that means that it has no mailbox with this address.",
    who: "office-server",
    cure: "Check that the address exists on the server and may receive mail from outside; the server's log says more. A few of these are normal; a large number means that a domain or a setting is wrong.",
  },
  "user-disabled": {
    category: "unknown-user",
    meaning: "The mailbox exists, but it is switched off and takes no mail.",
    who: "office-server",
    cure: "Enable the account on the mail server, or give its address to somebody else there, for example as an alias.",
  },
  "user-moved": {
    category: "unknown-user",
    meaning: "Your mail server says that this person's mailbox is somewhere else.",
    who: "office-server",
    cure: "Create a mailbox or a forwarding on the mail server, or an alias here that points to the new address.",
  },

  "mailbox-full": {
    category: "mailbox-full",
    meaning: "The recipient's mailbox is full.",
    who: "office-server",
    cure: "Free space in the mailbox or raise its quota on the mail server, then send the message again.",
  },

  "too-large": {
    category: "too-large",
    meaning: "The message is larger than your mail server accepts.",
    who: "office-server",
    cure: "Raise the server's size limit (Exchange has several: server, connector, mailbox), and set the maximum size here equal to it.",
  },

  "relay-denied": {
    category: "relay-denied",
    meaning:
      "Your mail server takes this for mail to a domain that is not its own, and refuses to pass it on (relaying).",
    who: "office-server",
    cure: "Check the spelling of the domain here and on the server, and make it an accepted (local) domain there. Let the server accept any local address, and restrict relaying by IP address: this computer's address may.",
  },

  "block-list": {
    category: "reputation",
    meaning:
      "The server refused the message because an IP address or a domain in its way is on a list of known spam sources (block list).",
    who: "office-server",
    cure: "Exempt this computer's IP address from block-list checks on your mail server: it brings mail from everywhere. If your own address on the internet is the one listed, ask your provider, or the list, to remove it.",
  },
  "bad-reputation": {
    category: "reputation",
    meaning:
      "The server refused the message because of the bad name of the IP address or domain it comes from.",
    who: "office-server",
    cure: "Exempt this computer's IP address from reputation checks on your mail server. If the answer came from a server on the internet, your provider has to act: its address has sent too much spam.",
  },
  "client-blocked": {
    category: "reputation",
    meaning: "The server does not accept mail from the IP address of the computer that connects to it.",
    who: "office-server",
    cure: "Add this computer's IP address to those that your mail server accepts mail from (its receive connector, or its list of allowed clients), and take it off the blocked ones.",
  },

  greylisted: {
    category: "greylisted",
    meaning:
      "The server asks to come again in a few minutes. This is greylisting: strangers are sent away once, because most spammers do not come back.",
    who: "nobody",
    cure: "The message is tried again by itself. To save the delay, exempt this computer's IP address from greylisting on your mail server.",
  },
  "too-much-mail": {
    category: "greylisted",
    meaning:
      "The server limits how many messages, recipients or connections it takes in a given time, and the limit is reached.",
    who: "office-server",
    cure: "What waits is tried again by itself. Exempt this computer from the limit on your mail server, or set fewer connections at once on the SMTP tab.",
  },
  "sending-limit": {
    category: "greylisted",
    meaning:
      "The account or server through which this was sent may send only so much a day, and has reached that.",
    who: "provider",
    cure: "Wait until the next day, or ask the provider for a higher limit. If nobody sent that much, look for a program or a stolen password that does.",
  },
  later: {
    category: "greylisted",
    meaning: "The server asks to try again later and gives no other reason: greylisting, or a busy moment.",
    who: "nobody",
    cure: "The message is tried again by itself. If it keeps happening, look into the mail server's log.",
  },

  "login-required": {
    category: "authentication",
    meaning: "The server wants a login before it takes this message.",
    who: "this-gateway",
    cure: "Let your mail server accept this computer's IP address without a login (in Exchange: a receive connector with anonymous users), or enter user and password on the SMTP tab.",
  },
  "login-refused": {
    category: "authentication",
    meaning: "The server did not accept the user name and password, or not this way of logging in.",
    who: "this-gateway",
    cure: "Check user, password and security on the SMTP tab; a server in the office often needs no login at all. Some providers want a password made for programs (app password).",
  },
  "members-only": {
    category: "authentication",
    meaning:
      "This recipient, usually a distribution group, takes mail only from people who are logged in to the server, and mail from outside never is.",
    who: "office-server",
    cure: "Let the group or mailbox accept mail from senders outside the organisation (in Exchange: switch off that all senders must be authenticated).",
  },
  "sender-domain-check": {
    category: "authentication",
    meaning:
      "The server checked whether the sender's domain allows this computer to send its mail (SPF, DKIM, DMARC), and the answer was no.",
    who: "office-server",
    cure: "Switch these checks off on your mail server for mail that comes from this computer: forwarded mail cannot pass SPF. If the answer came from a server on the internet, the sender has to put their domain's records right.",
  },

  spam: {
    category: "policy",
    meaning: "The server takes the message for spam.",
    who: "office-server",
    cure: "If it was none, exempt this computer or the sender from the spam filter on the server and send the message again from the Errors folder.",
  },
  "exchange-content-filter": {
    category: "policy",
    meaning: "Exchange's content filter takes the message for spam.",
    who: "office-server",
    cure: "Let the content filter reject less: for example from a rating (SCL) of 7 instead of 5. Or exempt this computer's IP address or the recipient from it.",
  },
  virus: {
    category: "policy",
    meaning: "The server found, or suspects, a virus or something else that is dangerous in the message.",
    who: "nobody",
    cure: "Usually nothing has to be done. Do not open the message; if you are sure that it is harmless, ask its sender to send it in another way.",
  },
  attachment: {
    category: "policy",
    meaning: "The server does not accept an attachment of this kind.",
    who: "sender",
    cure: "Ask the sender to send the file in another way, or allow this kind of file on the mail server.",
  },
  policy: {
    category: "policy",
    meaning: "The server refused the message because of one of its rules.",
    who: "office-server",
    cure: "Look for the rule in the server's (or its spam filter's) log and settings, and exempt this computer from it; then send the message again from the Errors folder.",
  },
  "policy-perhaps": {
    category: "policy",
    meaning:
      "The server refused the message as a whole, most often because of a rule or a spam filter of its own.",
    who: "office-server",
    cure: "Look for the same words in the mail server's own log; it knows the reason.",
  },
  "greeting-name": {
    category: "policy",
    meaning: "The server does not like the name by which this gateway introduces itself (HELO name).",
    who: "this-gateway",
    cure: "Set the HELO name on the SMTP tab to this computer's full name, such as gateway.example.com, or switch the check off on the server.",
  },

  "sender-refused": {
    category: "sender-refused",
    meaning: "The server did not accept the address of the sender.",
    who: "office-server",
    cure: "Switch off sender checks on your mail server for mail that comes from this computer. If the sender is on a list of blocked senders there, it is meant to be so.",
  },
  "sender-verification": {
    category: "sender-refused",
    meaning: "The server tried to find out whether the sender's address exists, and could not.",
    who: "office-server",
    cure: "Switch off sender verification on your mail server for mail that comes from this computer: newsletters and programs often send from addresses that take no mail.",
  },
  "sender-domain": {
    category: "sender-refused",
    meaning: "The domain in the sender's address does not exist, or your mail server cannot find it.",
    who: "office-server",
    cure: "Usually the address is false and nothing has to be done. If it happens with good senders, check the DNS settings of your mail server.",
  },
  "send-as": {
    category: "sender-refused",
    meaning: "The server does not let this computer, or its login, send mail in the name of this sender.",
    who: "office-server",
    cure: "Let this computer send without a login, or give its account on the server the right to send as anybody (in Exchange: accept any sender on the receive connector).",
  },

  "name-not-found": {
    category: "dns",
    meaning: "The server cannot find the recipient's domain, or a server for its mail, in the DNS.",
    who: "office-server",
    cure: "Check the spelling of the domain. If it is your own, make it a local domain on the mail server, so that no name has to be looked up.",
  },
  "dns-trouble": {
    category: "dns",
    meaning: "A name could not be looked up in the DNS.",
    who: "office-server",
    cure: "Check the DNS settings of the mail server and of the network; the message is tried again while the trouble is temporary.",
  },
  "reverse-name": {
    category: "dns",
    meaning:
      "The server wants the IP address that connects to it to have a name in the DNS (reverse name, PTR record).",
    who: "office-server",
    cure: "Switch this check off on your mail server for this computer's IP address. If the answer came from a server on the internet, your provider has to set the reverse name.",
  },

  connection: {
    category: "connection",
    meaning: "The connection to the server could not be made, was lost, or got no answer in time.",
    who: "office-server",
    cure: "Check that the server is running and can be reached, that its address and port are right, and that no firewall or antivirus program holds the connection.",
  },

  "tls-required": {
    category: "tls",
    meaning: "The server insists on an encrypted connection.",
    who: "this-gateway",
    cure: "Choose STARTTLS or TLS for the local server on the SMTP tab.",
  },
  "tls-failed": {
    category: "tls",
    meaning: "The encrypted connection could not be made, or the certificate is not trusted.",
    who: "office-server",
    cure: "Check the certificate of the mail server, and that security and port on the SMTP tab fit together; an own certificate can be accepted there.",
  },

  "server-full": {
    category: "server-trouble",
    meaning: "The mail server is short of disk space, memory or other resources.",
    who: "office-server",
    cure: "Free disk space on the mail server, or restart it; Exchange stops taking mail long before a disk is quite full. The message is tried again while the trouble is temporary.",
  },
  "mailbox-busy": {
    category: "server-trouble",
    meaning: "The mailbox cannot be used at the moment: it is locked, busy or being moved.",
    who: "nobody",
    cure: "The message is tried again by itself. If it keeps happening, look at this mailbox on the mail server.",
  },
  "server-settings": {
    category: "server-trouble",
    meaning: "The mail server has a mistake in its own settings.",
    who: "office-server",
    cure: "Look into the mail server's log at this time and correct its settings.",
  },
  "server-trouble": {
    category: "server-trouble",
    meaning: "The server has trouble of its own: it is busy, stopping, or one of its parts does not work.",
    who: "office-server",
    cure: "Look at the mail server and its log; the message is tried again by itself while the trouble is temporary.",
  },

  "bad-address": {
    category: "syntax",
    meaning: "The server takes an address for wrongly written.",
    who: "sender",
    cure: 'Usually the sender\'s program wrote a broken address. Switch "Allow incorrectly formatted addresses" off, so that such an address is put right before it is sent on.',
  },
  "bad-message": {
    category: "syntax",
    meaning:
      "The server takes the message for wrongly made: a header, a line or a line end breaks the rules.",
    who: "sender",
    cure: "The sender's program makes broken mail; read the message in the Errors folder. If the server has a setting to be less strict, it helps.",
  },
  "bad-command": {
    category: "syntax",
    meaning: "The server did not understand or did not expect a command.",
    who: "office-server",
    cure: "Check that the port on the SMTP tab is that of the mail server, and that no firewall or antivirus program with a mail filter changes the conversation.",
  },

  loop: {
    category: "loop-expired",
    meaning: "The server sees the message going round in a circle.",
    who: "office-server",
    cure: "Check that the mail server delivers this domain itself and does not send it out again to the provider, and that no two mailboxes forward to each other.",
  },
  expired: {
    category: "loop-expired",
    meaning: "The message could not be delivered for so long that the server has given up.",
    who: "office-server",
    cure: "Find out why earlier tries failed (the server's log says it), put that right and send the message again.",
  },

  other: {
    category: "other",
    meaning: "The server gave no reason that is generally known.",
    who: "office-server",
    cure: "Look for the same words in your mail server's own log.",
  },
} as const satisfies Readonly<Record<string, Wording>>;

export type WordingName = keyof typeof wordings;
