/**
 * What every transport between a page and the gateway has to keep: the same tests run over each of them. `open` joins
 * a transport of a page to the real server side of it, with an echo in place of the gateway's commands.
 */
import { describe, expect, test } from "vitest";
import type { StreamItem, StreamName, Transport } from "../../core/api/contract.ts";
import type { EventSource } from "./event-source.ts";

export interface JoinedTransport {
  readonly transport: Transport;
  readonly source: EventSource;
  /** Cuts the connection; left out: this one cannot be cut. */
  readonly cut?: () => void;
}

/** `canBeCut`: it has a connection that can be lost. */
export function transportContract(
  name: string,
  join: () => Promise<JoinedTransport>,
  { canBeCut = true } = {},
): void {
  describe(`the contract over ${name}`, () => {
    test("a call's answer is its own, whatever the order", async () => {
      const { transport } = await join();
      const answers = await Promise.all([
        transport.call("status", {}),
        transport.call("explain", { answer: "550 no" }),
        transport.call("folder", { folder: "Errors", words: "ä\u0000\u2028" }),
      ]);
      expect(answers).toEqual([
        { ok: { name: "status", input: {} } },
        { ok: { name: "explain", input: { answer: "550 no" } } },
        { ok: { name: "folder", input: { folder: "Errors", words: "ä\u0000\u2028" } } },
      ]);
    });

    test("what comes from now on, in order, to each who subscribed, until it ends", async () => {
      const { transport, source } = await join();
      source.tellLines(1, 3);
      const first = collect(transport, "transcript", false);
      const second = collect(transport, "transcript", false);
      await transport.call("status", {});
      source.tellLines(4, 6);
      expect([await first.until(6), await second.until(6)]).toEqual([
        [4, 5, 6],
        [4, 5, 6],
      ]);
      first.end();
      await transport.call("status", {});
      source.tellLines(7, 8);
      expect([await second.until(8), first.numbers()]).toEqual([
        [4, 5, 6, 7, 8],
        [4, 5, 6],
      ]);
    });

    test("with what is held, when it is asked for", async () => {
      const { transport, source } = await join();
      source.tellLines(1, 700);
      const all = collect(transport, "transcript", true);
      expect(await all.until(700)).toEqual(Array.from({ length: 700 }, (_, index) => index + 1));
    });

    test("streams do not mix", async () => {
      const { transport, source } = await join();
      const events = collect(transport, "events", true);
      const lines = collect(transport, "transcript", true);
      source.tellLines(1, 2);
      source.tell({ kind: "state", state: "checking" });
      await lines.until(2);
      await events.until(1);
      expect(events.items()).toEqual([{ sequence: 1, entry: { kind: "state", state: "checking" } }]);
    });

    if (!canBeCut) return;
    test("after a lost connection calls work again and streams go on where they were", async () => {
      const { transport, source, cut } = await join();
      const lines = collect(transport, "transcript", true);
      source.tellLines(1, 5);
      await lines.until(5);
      const states: string[] = [];
      const back = new Promise<void>((resolve) => {
        transport.connection.onChange((state) => {
          states.push(state);
          if (state === "open") resolve();
        });
      });
      cut?.();
      source.tellLines(6, 9);
      await back;
      expect([states, transport.connection.current()]).toEqual([["lost", "open"], "open"]);
      expect(await lines.until(9)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
      expect(await transport.call("status", {})).toEqual({ ok: { name: "status", input: {} } });
    });
  });
}

function collect<Name extends StreamName>(transport: Transport, stream: Name, recent: boolean) {
  const come: StreamItem<Name>[] = [];
  let look = (): void => undefined;
  const end = transport.subscribe(stream, {
    recent,
    onItems(items) {
      come.push(...items);
      look();
    },
  });
  const numbers = (): readonly (number | string)[] =>
    come.map((item) => ("gap" in item ? `${item.gap.from}-${item.gap.to}` : item.sequence));
  return {
    end,
    numbers,
    items: () => come,
    /** Resolves with all numbers when this one has come. */
    until: (last: number): Promise<readonly (number | string)[]> =>
      new Promise((resolve) => {
        look = () => {
          if (numbers().includes(last)) resolve(numbers());
        };
        look();
      }),
  };
}
