/**
 * Finds the server's answer in what somebody pasted: a bare answer of one or several lines, with or without its
 * code; a log line of Postfix (`... (host x said: 550 ... (in reply to RCPT TO command))`) or Exim; the
 * `Diagnostic-Code: smtp; 550 ...` or `Status: 5.1.1` of a delivery report (RFC 3464 2.3.4, 2.3.6). Never fails: what
 * is not recognised is an answer without a code.
 */
import { escapeUnprintable, parseReply } from "../model/reply.ts";
import { type Answer, EXPLAINED_CHARACTERS } from "./answer-facts.ts";

const FIELD = /^\s*(?:diagnostic-code|status|remote-mta-reply|smtp-remote-host-reply)\s*:\s*/i;
const DIAGNOSTIC_TYPE = /^\s*(?:smtp|lmtp|x-[a-z0-9-]{1,30})\s*;\s*/i;
const LOG_STATUS = /\bstatus=[a-z]{1,20} \(/i;
const SAID =
  /\b(?:said|refused to talk to me|says|replied|responded(?: with)?|returned|answered)\s*:\s*(?=["']?[2-5]\d\d(?:[ -]|$))/gi;
const IN_REPLY_TO = /\(in reply to [^()]{0,60}\)/gi;
const CODE_FIRST = /^[\s"'(<#]*([2-5]\d\d)(?=[\s\-.:;#]|$)/;
const CODE_WITHIN = /(?:[:>] |^: ?|[#"])([45]\d\d)(?=[ -](?:[45]\.\d|\S))/;
const ENHANCED_FIRST = /^[\s"'(<#]*([245]\.\d{1,3}\.\d{1,3})(?=[\s:;)#>]|$)/;

export function readAnswer(given: string): Answer {
  let text = given.slice(0, EXPLAINED_CHARACTERS).replace(FIELD, "").replace(DIAGNOSTIC_TYPE, "");
  const status = LOG_STATUS.exec(text);
  if (status !== null) text = text.slice(status.index + status[0].length).replace(/\)\s*$/, "");
  const said = [...text.matchAll(SAID)].at(-1);
  if (said !== undefined) text = text.slice(said.index + said[0].length);
  text = text.replace(IN_REPLY_TO, "").trim();

  const first = CODE_FIRST.exec(text);
  const found = first ?? CODE_WITHIN.exec(text);
  if (found?.[1] !== undefined) {
    const rest = text.slice(found.index + found[0].length - 3);
    return fromCode(found[1], first === null ? rest : text.slice(first[0].length - 3));
  }
  const enhanced = ENHANCED_FIRST.exec(text);
  return {
    code: null,
    enhanced: enhanced?.[1] ?? null,
    text: oneLine(enhanced === null ? text : text.slice(enhanced[0].length)),
  };
}

/** `text` starts with the code. Lines that were joined by a blank are parted again. */
function fromCode(code: string, text: string): Answer {
  const lines = text
    .replace(/^(\d{3})[\t:;.]\s*/, "$1 ")
    .replace(new RegExp(`\\s+(${code}[- ])`, "g"), "\n$1")
    .split("\n");
  return parseReply(
    Number(code),
    lines.map((line) => line.trim()).filter((line) => line !== ""),
  );
}

function oneLine(text: string): string {
  return escapeUnprintable(text.replace(/\s+/g, " ").trim());
}
