import type { Accepted, AcceptOrder, MessageSource, ReceivedBody, StoredBody } from "../model/message.ts";
import type { BodyStore, IncomingMessage, Intake, ReceivingBody } from "../model/ports.ts";
import { type Examined, orderOf } from "./examine.ts";
import { type ThreadDoor, ThreadEndedError } from "./intake-thread.ts";

export interface IntakeParts {
  readonly bodies: BodyStore;
  /** Envelope and policy, with the settings of this moment. */
  readonly examine: (body: ReceivedBody) => Examined;
  /** The last word before a message is taken over. */
  readonly admit: (order: AcceptOrder) => AcceptOrder;
  /** After the message is on disk. */
  readonly onAccepted: (accepted: Accepted, order: AcceptOrder) => void | Promise<void>;
  /** Where small messages are received and examined while it is open. */
  readonly thread: ThreadDoor;
}

/** Octets. A larger message goes to the disk while it comes. */
const SMALL = 262_144;
/** What a message of unknown size counts as. */
const USUAL = 65_536;

/**
 * The sealed door between collecting and everything behind it: bytes in, one promise out that is kept only
 * when message and record are on disk.
 */
export function createIntake(parts: IntakeParts): Intake {
  return {
    async open(source: MessageSource): Promise<IncomingMessage> {
      const small = (source.announcedSize ?? USUAL) < SMALL;
      if (small && parts.thread.open) return new GatheredMessage(parts, source);
      return new StreamedMessage(parts, source, await parts.bodies.receive(source));
    },
  };
}

/** Straight into its file. */
class StreamedMessage implements IncomingMessage {
  readonly #parts: IntakeParts;
  readonly #source: MessageSource;
  readonly #receiving: ReceivingBody;

  constructor(parts: IntakeParts, source: MessageSource, receiving: ReceivingBody) {
    this.#parts = parts;
    this.#source = source;
    this.#receiving = receiving;
  }

  write(chunk: Buffer): Promise<void> | undefined {
    return this.#receiving.write(chunk);
  }

  abort(): Promise<void> {
    return this.#receiving.abort();
  }

  async complete(): Promise<Accepted> {
    const body = await this.#receiving.complete();
    return takeOver(this.#parts, this.#source, body, () => this.#parts.examine(body));
  }
}

/** Kept until it is complete, for the thread; what turns out to be large, and what the thread cannot take, goes the other way. */
class GatheredMessage implements IncomingMessage {
  readonly #parts: IntakeParts;
  readonly #source: MessageSource;
  #chunks: Buffer[] = [];
  #octets = 0;
  #streamed: StreamedMessage | null = null;

  constructor(parts: IntakeParts, source: MessageSource) {
    this.#parts = parts;
    this.#source = source;
  }

  write(chunk: Buffer): Promise<void> | undefined {
    if (this.#streamed !== null) return this.#streamed.write(chunk);
    // The reader may use its buffer again. No part of a pool: a copy of it would be a copy of all of the pool.
    const own = Buffer.allocUnsafeSlow(chunk.length);
    chunk.copy(own);
    this.#chunks.push(own);
    this.#octets += own.length;
    return this.#octets < SMALL ? undefined : this.#stream().then(() => undefined);
  }

  async abort(): Promise<void> {
    this.#chunks = [];
    await this.#streamed?.abort();
  }

  async complete(): Promise<Accepted> {
    if (this.#streamed !== null) return this.#streamed.complete();
    let examined: Examined;
    try {
      examined = await this.#parts.thread.receive(this.#whole());
    } catch (error) {
      if (!(error instanceof ThreadEndedError)) throw error;
      const streamed = await this.#stream();
      return streamed.complete();
    }
    return takeOver(this.#parts, this.#source, examined.body, () => examined);
  }

  #whole(): Uint8Array {
    const [first] = this.#chunks;
    if (first !== undefined && this.#chunks.length === 1) return first;
    const whole = Buffer.allocUnsafeSlow(this.#octets);
    let at = 0;
    for (const chunk of this.#chunks) at += chunk.copy(whole, at);
    this.#chunks = [whole];
    return whole;
  }

  async #stream(): Promise<StreamedMessage> {
    const { bodies } = this.#parts;
    const receiving = await bodies.receive(this.#source);
    const streamed = new StreamedMessage(this.#parts, this.#source, receiving);
    this.#streamed = streamed;
    const chunks = this.#chunks;
    this.#chunks = [];
    for (const chunk of chunks) await streamed.write(chunk);
    return streamed;
  }
}

async function takeOver(
  { bodies, admit, onAccepted }: IntakeParts,
  source: MessageSource,
  body: StoredBody,
  examined: () => Examined,
): Promise<Accepted> {
  let order: AcceptOrder;
  try {
    // A server without ids: the message is known by its hash.
    const uid = source.uid ?? source.identify?.(body.wholeHash) ?? null;
    order = admit(orderOf(examined(), { ...source, uid }));
  } catch (error) {
    await bodies.discard(body);
    throw error;
  }
  const accepted = await bodies.accept(order);
  await onAccepted(accepted, order);
  return accepted;
}
