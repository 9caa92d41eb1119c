/** What an administrator is told about messages that are not collected. */
import type { Problem } from "../model/problem.ts";
import type { AccountSettings } from "../model/settings.ts";
import { assertNever } from "../util/assert-never.ts";
import type { ListedMessage } from "./mailbox-listing.ts";
import type { Question } from "./plan-collection.ts";

type Named = Pick<AccountSettings, "id" | "name">;

function label({ id, name }: Named): string {
  return name === "" ? id : name;
}

export function firstUseProblem(account: Named, question: Question, waiting: number): Problem {
  const count = waiting.toLocaleString("en");
  switch (question) {
    case "all-or-new":
      return {
        code: "pop3-first-use",
        what: `The mailbox of account "${label(account)}" is used for the first time and holds ${count} messages, which wait for your decision; only newer ones are collected.`,
        cure: 'Open the account on the page POP3 and choose "Collect all" or "Only new messages" (setting "firstUse": "all" or "new").',
      };
    case "no-ids":
      return {
        code: "pop3-first-use-no-ids",
        what: `The server of account "${label(account)}" gives no ids for ${count} messages, so that new ones cannot be told from old ones.`,
        cure: 'Clear the mailbox if the old messages are not wanted, then open the account on the page POP3 and choose "Collect all" (setting "firstUse": "all").',
      };
    default:
      return assertNever(question);
  }
}

export function movedMailboxProblem(account: Named, listed: number): Problem {
  return {
    code: "pop3-mailbox-moved",
    what: `All ${listed.toLocaleString("en")} messages of account "${label(account)}" have new ids, as after a move of the mailbox at the provider.`,
    cure: "Nothing has to be done: they are all read once more, and those that were collected before are recognised by their content.",
  };
}

export function tooLargeProblem(account: Named, message: ListedMessage, maximum: number): Problem {
  const size =
    message.size === null || message.size <= maximum ? "" : ` of ${message.size.toLocaleString("en")} octets`;
  return {
    code: "pop3-too-large",
    what: `A message${size} in the mailbox of account "${label(account)}" is larger than the maximum of ${maximum.toLocaleString("en")} octets and stays on the server.`,
    cure: "Raise the account's maximum message size to collect it, or fetch it from the mailbox by other means.",
  };
}

export function headersSentProblem(account: Named, message: ListedMessage, maximum: number): Problem {
  return {
    ...tooLargeProblem(account, message, maximum),
    code: "pop3-headers-sent",
    cure: "Its headers were sent to the postmaster. Raise the account's maximum message size to collect it, or fetch it from the mailbox by other means.",
  };
}

export function parkedProblem(account: Named, uid: string, tries: number, last: Problem): Problem {
  return {
    code: "pop3-parked",
    what: `A message in the mailbox of account "${label(account)}" (id ${uid}) could not be collected in ${tries} tries and is left alone from now on; the last reason: ${last.what}`,
    cure: "Look at it in the mailbox by other means (the provider's web pages), and delete it there if it is damaged.",
    ...(last.quote === undefined ? {} : { quote: last.quote }),
  };
}
