/** A message of ours to the postmaster, from its octets to its place in the queue. */
import { once } from "node:events";
import type { Readable } from "node:stream";
import type { Accepted, MessageSource } from "../model/message.ts";
import type { BodyStore } from "../model/ports.ts";
import { ownSender } from "../outcome/postmaster-report.ts";

export interface OwnMessage {
  /** What it is about; `_alert`: the gateway. */
  readonly accountId: string;
  readonly stream: Readable;
  readonly subject: string;
  readonly messageId: string;
  /** ms since 1970 */
  readonly date: number;
  readonly primaryDomain: string;
  readonly postmaster: string;
}

/** Rejects with ProblemError: it could not be stored now. */
export async function spoolOwnMessage(message: OwnMessage, bodies: BodyStore): Promise<Accepted> {
  const { accountId, stream, subject, messageId, date, primaryDomain, postmaster } = message;
  const sender = ownSender(primaryDomain);
  const source: MessageSource = { accountId, uid: null, server: "", announcedSize: null };
  const receiving = await bodies.receive(source);
  try {
    for await (const chunk of stream) await receiving.write(Buffer.from(chunk));
  } catch (error) {
    await receiving.abort();
    throw error;
  } finally {
    stream.destroy();
    if (!stream.closed) await once(stream, "close").catch(() => undefined);
  }
  return bodies.accept({
    kind: "alert",
    source,
    body: await receiving.complete(),
    summary: { from: `EFS Mail Gateway <${sender}>`, subject, messageId, date },
    resolution: {
      kind: "addressed",
      sender,
      recipients: [{ address: postmaster, role: "postmaster", duplicatesChecked: false }],
      trail: [],
    },
    verdict: { kind: "pass" },
    duplicateKey: null,
    reportOf: null,
    reportForm: null,
    hashDecides: false,
  });
}
