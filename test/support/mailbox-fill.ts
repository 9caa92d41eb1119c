/** What a mailbox is filled with, as plain data: both sides of a process border make the same messages from it. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { makeHostileMessages, makeHugeMessage } from "./hostile-messages.ts";
import type { MailboxMessage } from "./pop3-mailbox-model.ts";
import type { SampleOptions } from "./sample-messages.ts";
import { makeSamples } from "./sample-messages.ts";

export type MailboxFill =
  | { readonly kind: "none" }
  | { readonly kind: "samples"; readonly count: number; readonly options?: SampleOptions }
  | { readonly kind: "hostile"; readonly recipient?: string; readonly huge?: boolean }
  /** The one of 150,000,000 octets. */
  | { readonly kind: "huge"; readonly recipient?: string }
  /** Very many very small ones, made while they are read. */
  | { readonly kind: "crowd"; readonly count: number; readonly recipient: string }
  /** Each file of a folder, sorted by name, which is also its id. */
  | { readonly kind: "folder"; readonly path: string }
  | { readonly kind: "messages"; readonly messages: readonly MailboxMessage[] };

export function fillMailbox(fill: MailboxFill): readonly MailboxMessage[] {
  switch (fill.kind) {
    case "none":
      return [];
    case "samples":
      return makeSamples(fill.count, fill.options);
    case "hostile": {
      const messages = makeHostileMessages(fill.recipient);
      if (fill.huge === true) messages.push(makeHugeMessage(fill.recipient));
      return messages.map(({ name, content }) => ({ uid: `hostile-${name}`, content }));
    }
    case "huge":
      return [{ uid: "huge", content: makeHugeMessage(fill.recipient).content }];
    case "crowd":
      return Array.from({ length: fill.count }, (_, number) => crowdMessage(number, fill.recipient));
    case "folder":
      return readdirSync(fill.path)
        .sort()
        .map((uid) => ({ uid, content: readFileSync(join(fill.path, uid)) }));
    case "messages":
      return fill.messages;
  }
}

function crowdMessage(number: number, recipient: string): MailboxMessage {
  const serial = String(number).padStart(7, "0");
  const make = (): Buffer =>
    Buffer.from(
      `Return-Path: <sender@remote.test>\r\nX-Original-To: ${recipient}\r\nReceived: from a.test by b.test; Mon, 5 Jan 2026 08:00:00 +0000\r\nFrom: sender@remote.test\r\nTo: ${recipient}\r\nSubject: number ${serial}\r\nMessage-ID: <${serial}@remote.test>\r\nDate: Mon, 5 Jan 2026 08:00:00 +0000\r\n\r\nNumber ${serial}.\r\n`,
    );
  return {
    uid: `crowd-${serial}`,
    content: {
      // All have the same size: the serial has a fixed length.
      get size() {
        return make().length;
      },
      *chunks() {
        yield make();
      },
    },
  };
}
