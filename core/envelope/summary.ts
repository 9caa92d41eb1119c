/** What of a header is shown and searched. Decoded, harmless, of bounded length; never sent anywhere. */
import type { MessageSummary } from "../model/message.ts";
import { parseMailDate } from "../wire/date-time.ts";
import { cutText, decodeEncodedWords } from "../wire/encoded-words.ts";
import type { HeaderBlock } from "../wire/header-block.ts";

const LIMIT = 1_000;

/** Zero-width and direction characters: they make text read as something else than it is. */
const DISGUISE = /[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;
/** Controls and foreign line ends: to a blank. */
const CONTROL = /[\x00-\x1f\x7f-\x9f\u2028\u2029]+/g;

export function summarize(header: HeaderBlock): MessageSummary {
  const text = (name: string): string => displayText(header.get(name)?.unfolded ?? "");
  return {
    from: text("From"),
    subject: text("Subject"),
    messageId: text("Message-ID"),
    date: parseMailDate(header.get("Date")?.unfolded ?? ""),
  };
}

/** An unfolded header value as people may see it. */
export function displayText(value: string, maximum: number = LIMIT): string {
  const decoded = decodeEncodedWords(value, maximum * 4);
  return cutText(decoded.replace(DISGUISE, "").replace(CONTROL, " ").trim(), maximum);
}
