/**
 * What a process holds that owns a data folder: the gateway, or the set-up as long as there are no settings yet.
 * `core/api/gateway-host.ts` implements it; the commands are carried out on it.
 */
import type { ResolveOrder } from "./addressing-gateway.ts";
import type { GatewayEvent } from "./event.ts";
import type { Gateway, GatewayOptions } from "./gateway.ts";
import type { ResolvedMessage } from "./resolved-message.ts";
import type { Settings } from "./settings.ts";
import type { Trials } from "./trials.ts";

/** What a viewer is told of where it is. */
export interface HostFacts {
  readonly version: string;
  readonly host: "headless" | "desktop";
  readonly dataDirectory: string;
  readonly mailFolder: string;
  readonly hostName: string;
}

/** What there is before the first settings. */
export interface SetUpDesk {
  readonly trials: Trials;
  /** The live conversation of what is tried. */
  subscribe(listener: (event: GatewayEvent) => void): () => void;
  /** With settings that are not saved, and no lists. */
  resolve(order: ResolveOrder & { readonly settings: Settings }): ResolvedMessage;
}

/** The set-up as a composition root opens it: it has the data folder's lock. */
export interface OpenedSetUp extends SetUpDesk {
  /** Somebody saved some between the look and the lock. */
  readonly settingsPresent: boolean;
  /** Durable when it resolves. */
  save(settings: Settings): Promise<void>;
  /** Ends what is tried, gives the data folder back. */
  close(): Promise<void>;
}

/** Rejects with ProblemError, as `OpenGateway` does for the folder. */
export type OpenSetUp = (options: GatewayOptions) => Promise<OpenedSetUp>;

export type HostedGateway =
  | { readonly kind: "ready"; readonly gateway: Gateway }
  | {
      readonly kind: "set-up";
      readonly desk: SetUpDesk;
      /** The first settings: when it resolves, they are saved and the gateway is `ready`. */
      readonly finish: (settings: Settings) => Promise<void>;
    };

export interface GatewayHost {
  readonly facts: HostFacts;
  current(): HostedGateway;
  /** Of the gateway, also of one that opens later. The returned function ends it. */
  subscribe(listener: (event: GatewayEvent) => void): () => void;
}
