/**
 * The one who holds the gateway, from the first start on: without settings it is the set-up that is held, and when that
 * is finished the gateway takes its place, under the same server and the same viewers.
 */
import type { GatewayEvent } from "../model/event.ts";
import type { Gateway, GatewayOptions, OpenGateway } from "../model/gateway.ts";
import type { GatewayHost, HostedGateway, HostFacts, OpenedSetUp, OpenSetUp } from "../model/gateway-host.ts";
import { ProblemError } from "../model/problem.ts";
import type { Settings } from "../model/settings.ts";

export interface GatewayHostParts {
  readonly openGateway: OpenGateway;
  readonly openSetUp: OpenSetUp;
  readonly options: GatewayOptions;
  readonly facts: HostFacts;
}

export interface OpenedGatewayHost extends GatewayHost {
  /** Now, or as soon as there is a gateway. */
  startSchedule(): void;
  /** What is in flight is finished; the data folder is given back. */
  close(): Promise<void>;
}

/** A gateway that is open, as a host. */
export function hostOf(gateway: Gateway, facts: HostFacts): GatewayHost {
  return {
    facts,
    current: () => ({ kind: "ready", gateway }),
    subscribe: (listener) => gateway.subscribe(listener),
  };
}

/** Rejects with ProblemError, as `OpenGateway` does; without settings it opens the set-up. */
export async function openGatewayHost(parts: GatewayHostParts): Promise<OpenedGatewayHost> {
  const opened = await open(parts);
  return "check" in opened
    ? new Host(parts, { kind: "ready", gateway: opened }, null)
    : new Host(parts, null, opened);
}

async function open({ openGateway, openSetUp, options }: GatewayHostParts): Promise<Gateway | OpenedSetUp> {
  try {
    return await openGateway(options);
  } catch (error) {
    if (!(error instanceof ProblemError) || error.problem.code !== "settings-missing") throw error;
  }
  const setUp = await openSetUp(options);
  if (!setUp.settingsPresent) return setUp;
  await setUp.close();
  return openGateway(options);
}

type Listener = (event: GatewayEvent) => void;

class Host implements OpenedGatewayHost {
  readonly facts: HostFacts;
  readonly #parts: GatewayHostParts;
  readonly #listeners = new Map<object, { readonly hear: Listener; end: (() => void) | null }>();
  #current: HostedGateway;
  /** Has the lock; null: the gateway has it. */
  #setUp: OpenedSetUp | null;
  #finishing: Promise<void> = Promise.resolve();
  #scheduled = false;
  #closing: Promise<void> | null = null;

  constructor(parts: GatewayHostParts, ready: HostedGateway | null, setUp: OpenedSetUp | null) {
    this.#parts = parts;
    this.facts = parts.facts;
    this.#setUp = setUp;
    if (ready !== null) this.#current = ready;
    else if (setUp === null) throw new Error("neither gateway nor set-up");
    else this.#current = { kind: "set-up", desk: setUp, finish: (settings) => this.#finish(settings) };
  }

  current(): HostedGateway {
    return this.#current;
  }

  subscribe(hear: Listener): () => void {
    const key = {};
    const { gateway } = { gateway: null, ...this.#current };
    this.#listeners.set(key, { hear, end: gateway === null ? null : gateway.subscribe(hear) });
    return () => {
      this.#listeners.get(key)?.end?.();
      this.#listeners.delete(key);
    };
  }

  startSchedule(): void {
    this.#scheduled = true;
    if (this.#current.kind === "ready") this.#current.gateway.startSchedule();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#finishing.catch(() => undefined);
    if (this.#current.kind === "ready") await this.#current.gateway.close();
    await this.#setUp?.close();
  }

  /** One at a time: who comes second finds a gateway. */
  #finish(settings: Settings): Promise<void> {
    const work = this.#finishing.catch(() => undefined).then(() => this.#finishNow(settings));
    this.#finishing = work;
    return work;
  }

  async #finishNow(settings: Settings): Promise<void> {
    const { openGateway, openSetUp, options } = this.#parts;
    if (this.#current.kind === "ready" || this.#closing !== null) throw new ProblemError(finishedAlready);
    // Given back by an earlier try whose gateway could not be opened.
    this.#setUp ??= await openSetUp(options);
    await this.#setUp.save(settings);
    await this.#setUp.close();
    this.#setUp = null;
    const gateway = await openGateway(options);
    this.#current = { kind: "ready", gateway };
    for (const listener of this.#listeners.values()) listener.end = gateway.subscribe(listener.hear);
    if (this.#scheduled) gateway.startSchedule();
  }
}

const finishedAlready = {
  code: "set-up-finished",
  what: "The set-up is finished already.",
  cure: "Open the pages again to see the settings.",
};
