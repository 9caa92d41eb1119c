/**
 * The gateway over a WebSocket: one connection for every call and subscription of this page.
 *
 * 1. A lost connection is made again, after 0.5, 1, 2, 5 seconds and then every 5; a page that comes back to the
 *    front tries at once. Subscriptions go on where they were; what was missed meanwhile comes as entries or a gap.
 * 2. A call under way when the connection is lost is answered with `connection-lost`: it may have been carried out,
 *    so it is not repeated by itself.
 * 3. A call made while there is no connection waits for it up to 5 seconds.
 * 4. What comes is parsed; what cannot be parsed is passed over.
 * 5. A browser does not say why a connection could not be made: whether this page has to sign in is asked separately.
 */
import {
  type Call,
  type CommandName,
  type CommandResults,
  type GatewayMessage,
  gatewayMessageSchema,
  type StreamItem,
  type StreamName,
  type StreamPlace,
  type Subscribe,
  type Transport,
  type ViewerMessage,
  type WireResult,
} from "../../core/api/contract.ts";
import type { Problem } from "../../core/model/problem.ts";
import { createConnectionValue } from "./connection-value.ts";

const PAUSES = [500, 1_000, 2_000, 5_000] as const;
const PATIENCE = 5_000;
/** The gateway closes with this when the viewer has to sign in. */
const DENIED = 4_401;

export interface SocketLike {
  send(text: string): void;
  close(): void;
  onopen: (() => void) | null;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  onclose: ((event: { readonly code: number }) => void) | null;
}

export interface SocketTransportOptions {
  /** `ws://127.0.0.1:7025/api/socket` */
  readonly address: string;
  readonly connect?: (address: string) => SocketLike;
  /** Asked when a connection could not be made; default: never. */
  readonly isDenied?: () => Promise<boolean>;
}

interface Waiting {
  readonly answer: (result: WireResult<unknown>) => void;
  readonly text: string;
  sent: boolean;
  timer: ReturnType<typeof setTimeout> | null;
}

interface Subscribed {
  readonly stream: StreamName;
  readonly recent: boolean;
  readonly onItems: (items: readonly StreamItem<StreamName>[]) => void;
  place: StreamPlace | null;
}

export interface SocketTransport extends Transport {
  /** Does not wait for the next try: somebody is looking. */
  tryNow(): void;
  close(): void;
}

export function openSocketTransport(options: SocketTransportOptions): SocketTransport {
  const connect = options.connect ?? ((address) => new WebSocket(address) as unknown as SocketLike);
  const calls = new Map<number, Waiting>();
  const subscriptions = new Map<number, Subscribed>();
  const { connection, become } = createConnectionValue("connecting");
  let socket: SocketLike | null = null;
  let failures = 0;
  let nextNumber = 1;
  let again: ReturnType<typeof setTimeout> | null = null;
  let closed = false;

  const send = (message: ViewerMessage): void => socket?.send(JSON.stringify(message));

  const subscribeNow = (subscription: number, { stream, recent, place }: Subscribed): void => {
    const after = place ?? (recent ? null : undefined);
    send({ subscription, subscribe: stream, ...(after === undefined ? {} : { after }) });
  };

  const open = (): void => {
    again = null;
    const made = connect(options.address);
    made.onopen = () => {
      socket = made;
      failures = 0;
      become("open");
      for (const [subscription, subscribed] of subscriptions) subscribeNow(subscription, subscribed);
      for (const waiting of calls.values()) transmit(waiting);
    };
    made.onmessage = ({ data }) => receive(data);
    made.onclose = ({ code }) => {
      const wasOpen = socket === made;
      socket = null;
      for (const [id, { sent }] of calls) if (sent) settle(id, { error: connectionLost() });
      if (closed) return;
      if (code === DENIED) become("denied");
      else if (connection.current() !== "denied") become("lost");
      if (!wasOpen) void askWhetherDenied();
      again = setTimeout(open, PAUSES[Math.min(failures, PAUSES.length - 1)]);
      failures += 1;
    };
  };

  const askWhetherDenied = async (): Promise<void> => {
    const denied = await options.isDenied?.().catch(() => false);
    if (denied && socket === null && !closed) become("denied");
  };

  const transmit = (waiting: Waiting): void => {
    if (socket === null || waiting.sent) return;
    waiting.sent = true;
    if (waiting.timer !== null) clearTimeout(waiting.timer);
    socket.send(waiting.text);
  };

  const settle = (id: number, result: WireResult<unknown>): void => {
    const waiting = calls.get(id);
    calls.delete(id);
    if (waiting?.timer) clearTimeout(waiting.timer);
    waiting?.answer(result);
  };

  const receive = (data: unknown): void => {
    const message = parseMessage(data);
    if (message === null) return;
    if ("id" in message) {
      settle(message.id, message.result);
      return;
    }
    const subscribed = subscriptions.get(message.subscription);
    if (subscribed === undefined) return;
    const last = message.items.at(-1);
    if (last !== undefined) {
      subscribed.place = { epoch: message.epoch, sequence: "gap" in last ? last.gap.to : last.sequence };
    }
    subscribed.onItems(message.items);
  };

  const call: Call = (name, input) =>
    new Promise((resolve) => {
      const id = nextNumber++;
      const waiting: Waiting = {
        answer: (result) => resolve(result as WireResult<CommandResults[typeof name & CommandName]>),
        text: JSON.stringify({ id, call: name, input } satisfies ViewerMessage),
        sent: false,
        timer: null,
      };
      calls.set(id, waiting);
      if (socket === null) waiting.timer = setTimeout(() => settle(id, { error: notConnected() }), PATIENCE);
      transmit(waiting);
    });

  const subscribe: Subscribe = (stream, { recent, onItems }) => {
    const subscription = nextNumber++;
    const subscribed: Subscribed = {
      stream,
      recent,
      onItems: onItems as Subscribed["onItems"],
      place: null,
    };
    subscriptions.set(subscription, subscribed);
    if (socket !== null) subscribeNow(subscription, subscribed);
    return () => {
      subscriptions.delete(subscription);
      send({ unsubscribe: subscription });
    };
  };

  open();
  return {
    call,
    subscribe,
    connection,
    tryNow() {
      if (again === null || closed) return;
      clearTimeout(again);
      open();
    },
    close() {
      closed = true;
      if (again !== null) clearTimeout(again);
      socket?.close();
    },
  };
}

function parseMessage(data: unknown): GatewayMessage | null {
  if (typeof data !== "string") return null;
  try {
    const parsed = gatewayMessageSchema.safeParse(JSON.parse(data));
    return parsed.success ? (parsed.data as GatewayMessage) : null;
  } catch {
    return null;
  }
}

function connectionLost(): Problem {
  return {
    code: "connection-lost",
    what: "The connection to the gateway was lost before it answered.",
    cure: "Look whether it was done, then try again if it was not.",
  };
}

function notConnected(): Problem {
  return {
    code: "not-connected",
    what: "The gateway does not answer.",
    cure: "See whether it is running; this page reconnects by itself.",
  };
}
