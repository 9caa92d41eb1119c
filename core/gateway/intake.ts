import { limits } from "../model/limits.ts";
import type { Accepted, AcceptOrder, MessageSource, ReceivedBody, StoredBody } from "../model/message.ts";
import type { BodyStore, IncomingMessage, Intake, ReceivingBody } from "../model/ports.ts";
import { InOrder, type Place } from "../util/in-order.ts";
import { giveShared, takeShared } from "../util/shared-blocks.ts";
import { type Examined, orderOf } from "./examine.ts";
import { type ThreadDoor, ThreadEndedError } from "./intake-thread.ts";

export interface IntakeParts {
  readonly bodies: BodyStore;
  /** Envelope and policy, with the settings of this moment. */
  readonly examine: (body: ReceivedBody) => Examined;
  /** The last word before a message is taken over. */
  readonly admit: (order: AcceptOrder) => AcceptOrder;
  /** After the message is on disk; of one pass in the mailbox's order, one after the other. */
  readonly onAccepted: (accepted: Accepted, order: AcceptOrder) => void | Promise<void>;
  /** Where small messages are received and examined while it is open. */
  readonly thread: ThreadDoor;
}

/** Octets. A larger message goes to the disk while it comes. */
const SMALL = 262_144;
/** Servers count lines' ends differently. */
const MORE = 256;

/**
 * The sealed door between collecting and everything behind it: bytes in, one promise out that is kept only
 * when message and record are on disk.
 */
export function createIntake(parts: IntakeParts): Intake {
  const inOrder = new InOrder();
  return {
    open(source: MessageSource): IncomingMessage | Promise<IncomingMessage> {
      const small = (source.announcedSize ?? limits.pop3.usualSize) < SMALL;
      const room = small && parts.thread.open ? takeShared((source.announcedSize ?? 0) + MORE) : null;
      const arrival = { parts, source, place: inOrder.enter() };
      return room === null ? openStream(arrival) : new GatheredMessage(arrival, room);
    },
  };
}

/** A message on its way, with its place among those of the same pass. */
interface Arrival {
  readonly parts: IntakeParts;
  readonly source: MessageSource;
  readonly place: Place;
}

async function openStream(arrival: Arrival): Promise<StreamedMessage> {
  try {
    return new StreamedMessage(arrival, await arrival.parts.bodies.receive(arrival.source));
  } catch (error) {
    arrival.place.leave();
    throw error;
  }
}

/** Straight into its file. */
class StreamedMessage implements IncomingMessage {
  readonly #arrival: Arrival;
  readonly #receiving: ReceivingBody;

  constructor(arrival: Arrival, receiving: ReceivingBody) {
    this.#arrival = arrival;
    this.#receiving = receiving;
  }

  write(chunk: Buffer): Promise<void> | undefined {
    return this.#receiving.write(chunk);
  }

  async abort(): Promise<void> {
    this.#arrival.place.leave();
    await this.#receiving.abort();
  }

  async complete(): Promise<Accepted> {
    const { parts, place } = this.#arrival;
    try {
      const body = await this.#receiving.complete();
      return await takeOver(this.#arrival, body, () => parts.examine(body));
    } finally {
      place.leave();
    }
  }
}

/**
 * Kept until the thread has answered; what turns out to be large, and what the thread cannot take, goes the other way.
 * A thread that is given up may still read the memory when others have it: nobody hears what it makes of that.
 */
class GatheredMessage implements IncomingMessage {
  readonly #arrival: Arrival;
  #gathered: Buffer;
  #given = false;
  #octets = 0;
  #streamed: StreamedMessage | null = null;

  constructor(arrival: Arrival, room: Buffer) {
    this.#arrival = arrival;
    this.#gathered = room;
  }

  write(chunk: Buffer): Promise<void> | undefined {
    if (this.#streamed !== null) return this.#streamed.write(chunk);
    const { length } = chunk;
    if (this.#octets + length >= SMALL) return this.#streamOn(chunk);
    if (this.#octets + length > this.#gathered.length) {
      const larger = takeShared(this.#octets + length);
      this.#gathered.copy(larger, 0, 0, this.#octets);
      giveShared(this.#gathered);
      this.#gathered = larger;
    }
    chunk.copy(this.#gathered, this.#octets);
    this.#octets += length;
    return undefined;
  }

  async abort(): Promise<void> {
    this.#give();
    this.#arrival.place.leave();
    await this.#streamed?.abort();
  }

  async complete(): Promise<Accepted> {
    try {
      return await this.#complete();
    } finally {
      this.#give();
      this.#arrival.place.leave();
    }
  }

  async #complete(): Promise<Accepted> {
    if (this.#streamed !== null) return this.#streamed.complete();
    let examined: Examined;
    try {
      examined = await this.#arrival.parts.thread.receive(this.#gathered.subarray(0, this.#octets));
    } catch (error) {
      if (!(error instanceof ThreadEndedError)) throw error;
      const streamed = await this.#stream();
      return streamed.complete();
    }
    this.#give();
    return takeOver(this.#arrival, examined.body, () => examined);
  }

  async #streamOn(chunk: Buffer): Promise<void> {
    const streamed = await this.#stream();
    await streamed.write(chunk);
  }

  /** What was gathered goes to the disk; what comes from now on goes there too. */
  async #stream(): Promise<StreamedMessage> {
    try {
      const streamed = await openStream(this.#arrival);
      try {
        await streamed.write(this.#gathered.subarray(0, this.#octets));
      } catch (error) {
        await streamed.abort();
        throw error;
      }
      this.#streamed = streamed;
      return streamed;
    } finally {
      this.#give();
    }
  }

  /** Once; what was gathered is needed no more. */
  #give(): void {
    if (!this.#given) giveShared(this.#gathered);
    this.#given = true;
  }
}

async function takeOver(
  { parts: { bodies, admit, onAccepted }, source, place }: Arrival,
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
  await place.turn;
  await onAccepted(accepted, order);
  return accepted;
}
