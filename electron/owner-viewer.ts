/** A window's session where the gateway is another process's: its messages go through the app's one connection. */
import {
  type CommandInput,
  type CommandName,
  type GatewayMessage,
  type StreamItem,
  type StreamName,
  type Transport,
  viewerMessageSchema,
} from "../core/api/contract.ts";
import type { ViewerSession } from "../core/api/viewer-session.ts";
import type { ViewerPort } from "./gateway-source.ts";

/** Messages that wait for a window that hangs; of more, the oldest entries become a gap, of which the page is told. */
const WAITING = 200;

export function createOwnerViewer({ call, subscribe }: Transport, port: ViewerPort): ViewerSession {
  const subscriptions = new Map<number, () => void>();
  const waiting: GatewayMessage[] = [];
  let over = false;

  const pump = (): void => {
    while (!over && port.ready()) {
      const next = waiting.shift();
      if (next === undefined) return;
      port.send(next);
    }
  };
  const close = (): void => {
    over = true;
    for (const end of subscriptions.values()) end();
    subscriptions.clear();
    waiting.length = 0;
  };

  return {
    receive(message) {
      if (over) return;
      const parsed = viewerMessageSchema.safeParse(message);
      if (!parsed.success) {
        close();
        port.onEnd("no message of this gateway's contract");
        return;
      }
      const { data } = parsed;
      if ("call" in data) {
        // Checked by the owner.
        const input = data.input as CommandInput<CommandName>;
        void call(data.call as CommandName, input).then((result) => {
          if (over) return;
          waiting.push({ id: data.id, result });
          pump();
        });
      } else if ("subscribe" in data) {
        const { subscription, subscribe: stream, after } = data;
        if (subscriptions.has(subscription)) return;
        const end = subscribe(stream, {
          recent: after !== undefined,
          onItems(items) {
            waiting.push({ subscription, epoch: "owner", items });
            if (waiting.length > WAITING) waiting.splice(0, waiting.length, ...shortened(waiting));
            pump();
          },
        });
        subscriptions.set(subscription, end);
      } else {
        subscriptions.get(data.unsubscribe)?.();
        subscriptions.delete(data.unsubscribe);
      }
    },
    drained: pump,
    close,
  };
}

/** All answers, and of each subscription one gap in place of its entries. Pure. */
function shortened(messages: readonly GatewayMessage[]): readonly GatewayMessage[] {
  const gaps = new Map<number, { readonly from: number; readonly to: number }>();
  for (const message of messages) {
    if ("id" in message) continue;
    const from = gaps.get(message.subscription)?.from ?? edge(message.items.at(0), "from");
    gaps.set(message.subscription, { from, to: edge(message.items.at(-1), "to") });
  }
  return [
    ...messages.filter((message) => "id" in message),
    ...[...gaps].map(([subscription, gap]) => ({ subscription, epoch: "owner", items: [{ gap }] })),
  ];
}

function edge(item: StreamItem<StreamName> | undefined, end: "from" | "to"): number {
  if (item === undefined) return 0;
  return "gap" in item ? item.gap[end] : item.sequence;
}
