/**
 * The page's side of the wire, within the preload script. What it offers is all that a page can reach.
 *
 * 1. Only the contract's names leave the page; the main process checks them, and the arguments, once more.
 * 2. Each message of the gateway is acknowledged when it has been handed on: a page that hangs gets no more.
 */
import type { ConnectionState, StreamItem, StreamName, WireResult } from "../core/api/contract.ts";
import type { Problem } from "../core/model/problem.ts";
import type { DesktopBridge } from "../renderer/transport/desktop-bridge.ts";
import { commandNames, streamNames } from "./contract-names.ts";
import type { FromPage, ToPage } from "./page-messages.ts";

export interface PageWire {
  send(message: FromPage): void;
  listen(listener: (message: ToPage) => void): void;
}

export function createPreloadBridge(wire: PageWire): DesktopBridge {
  const calls = new Map<number, (result: WireResult<unknown>) => void>();
  const subscriptions = new Map<number, (items: readonly StreamItem<StreamName>[]) => void>();
  const connectionListeners = new Set<(state: ConnectionState) => void>();
  const goListeners = new Set<(path: string) => void>();
  let connection: ConnectionState = "open";
  let nextNumber = 1;

  wire.listen((message) => {
    if ("go" in message) {
      for (const listener of goListeners) listener(message.go);
    } else if ("connection" in message) {
      connection = message.connection;
      for (const listener of connectionListeners) listener(connection);
    } else {
      if ("id" in message) {
        calls.get(message.id)?.(message.result);
        calls.delete(message.id);
      } else {
        subscriptions.get(message.subscription)?.(message.items);
      }
      wire.send({ taken: true });
    }
  });
  wire.send({ begin: true });

  return {
    call(name, input) {
      if (!Object.hasOwn(commandNames, name)) return Promise.resolve({ error: unknownName });
      const id = nextNumber++;
      return new Promise((resolve) => {
        calls.set(id, resolve);
        wire.send({ id, call: name, input });
      });
    },
    subscribe(stream, recent, onItems) {
      if (!Object.hasOwn(streamNames, stream)) return () => undefined;
      const subscription = nextNumber++;
      subscriptions.set(subscription, onItems);
      wire.send({ subscription, subscribe: stream, ...(recent ? { after: null } : {}) });
      return () => {
        if (subscriptions.delete(subscription)) wire.send({ unsubscribe: subscription });
      };
    },
    onConnection(listener) {
      connectionListeners.add(listener);
      listener(connection);
      return () => {
        connectionListeners.delete(listener);
      };
    },
    onGo(listener) {
      goListeners.add(listener);
      return () => {
        goListeners.delete(listener);
      };
    },
  };
}

const unknownName: Problem = {
  code: "command-unknown",
  what: "The gateway has no command of this name.",
  cure: "Use a viewer of the same version as the gateway.",
};
