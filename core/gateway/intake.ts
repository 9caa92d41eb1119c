import type { Accepted, AcceptOrder, MessageSource, ReceivedBody } from "../model/message.ts";
import type { BodyStore, IncomingMessage, Intake } from "../model/ports.ts";

export interface IntakeParts {
  readonly bodies: BodyStore;
  /** Envelope and policy (`examine`), with the settings of this moment. */
  readonly examine: (body: ReceivedBody, source: MessageSource) => AcceptOrder;
  /** After the message is on disk. */
  readonly onAccepted: (accepted: Accepted, order: AcceptOrder) => void;
}

/**
 * The sealed door between collecting and everything behind it: bytes in, one promise out that is kept only
 * when message and record are on disk.
 */
export function createIntake({ bodies, examine, onAccepted }: IntakeParts): Intake {
  return {
    async open(source: MessageSource): Promise<IncomingMessage> {
      const receiving = await bodies.receive(source);
      return {
        write: (chunk) => receiving.write(chunk),
        abort: () => receiving.abort(),
        async complete() {
          const body = await receiving.complete();
          // A server without ids: the message is known by its hash.
          const uid = source.uid ?? source.identify?.(body.wholeHash) ?? null;
          const order = examine(body, { ...source, uid });
          const accepted = await bodies.accept(order);
          onAccepted(accepted, order);
          return accepted;
        },
      };
    },
  };
}
