/**
 * By which a message is known again (PRODUCT section 4, Duplicates): Message-ID *and* content. Trace headers
 * differ from copy to copy and are left out. null: without a Message-ID nothing is a duplicate.
 */
import { hash } from "node:crypto";
import type { HeaderBlock } from "../wire/header-block.ts";

const CONTENT_HEADERS = ["From", "To", "Cc", "Subject", "Date"] as const;

const MORE_THAN_A_BLANK = /\t| [ \t]/;

/** SHA-256, hex. `bodyHash` is that of `ReceivedBody`. */
export function duplicateKey(header: HeaderBlock, bodyHash: string): string | null {
  const messageId = header.get("Message-ID")?.unfolded;
  if (messageId === undefined || messageId === "") return null;
  let content = "";
  // Each part with its length, so that no two contents run into the same octets.
  const add = (text: string): void => {
    content += `${text.length}:${text}`;
  };
  add(messageId);
  add(bodyHash);
  for (const name of CONTENT_HEADERS) {
    const fields = header.all(name);
    add(String(fields.length));
    // Servers fold anew with another blank; that makes no other message.
    for (const { unfolded } of fields) {
      add(MORE_THAN_A_BLANK.test(unfolded) ? unfolded.replace(/[ \t]+/g, " ") : unfolded);
    }
  }
  return hash("sha256", Buffer.from(content, "latin1"));
}
