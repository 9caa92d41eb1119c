import type { Accepted, AcceptOrder, MessageSource, ReceivedBody } from "../model/message.ts";
import type { BodyStore, IncomingMessage, Intake } from "../model/ports.ts";

export interface IntakeParts {
  readonly bodies: BodyStore;
  /** Envelope and policy (`examine`), with the settings of this moment. */
  readonly examine: (body: ReceivedBody, source: MessageSource) => AcceptOrder;
  /** After the message is on disk. */
  readonly onAccepted: (accepted: Accepted, order: AcceptOrder) => void | Promise<void>;
}

/**
 * The sealed door between collecting and everything behind it: bytes in, one promise out that is kept only
 * when message and record are on disk.
 */
export function createIntake({ bodies, examine, onAccepted }: IntakeParts): Intake {
  return {
    async open(source: MessageSource): Promise<IncomingMessage> {
      const receiving = await bodies.receive(source);
      const examined = async (body: ReceivedBody): Promise<AcceptOrder> => {
        try {
          // A server without ids: the message is known by its hash.
          const uid = source.uid ?? source.identify?.(body.wholeHash) ?? null;
          return examine(body, { ...source, uid });
        } catch (error) {
          await bodies.discard(body);
          throw error;
        }
      };
      return {
        write: (chunk) => receiving.write(chunk),
        abort: () => receiving.abort(),
        async complete() {
          const body = await receiving.complete();
          const order = await examined(body);
          const accepted = await bodies.accept(order);
          await onAccepted(accepted, order);
          return accepted;
        },
      };
    },
  };
}
