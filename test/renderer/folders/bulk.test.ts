import { describe, expect, test } from "vitest";
import type { CommandInput, WireResult } from "../../../core/api/contract.ts";
import type { ActionResult } from "../../../core/model/action.ts";
import type { Problem } from "../../../core/model/problem.ts";
import { chunksOf, runBulk } from "../../../renderer/folders/bulk.ts";

const ids = (count: number): string[] => Array.from({ length: count }, (_, number) => `Q${number}`);
const lost: Problem = { code: "connection-lost", what: "Lost.", cure: "Try again." };
const full: Problem = { code: "disk-full", what: "The disk is full.", cure: "Make room." };

function desk(answer: (input: CommandInput<"act">, call: number) => WireResult<readonly ActionResult[]>) {
  const asked: CommandInput<"act">[] = [];
  const progress: number[] = [];
  let next = 1;
  return {
    asked,
    progress,
    ports: {
      async act(input: CommandInput<"act">) {
        asked.push(input);
        return answer(input, asked.length);
      },
      newId: () => `id-${next++}`,
      stopped: () => false,
      onProgress: (messages: number) => {
        progress.push(messages);
      },
    },
  };
}

const allDone = ({ messages }: CommandInput<"act">): WireResult<readonly ActionResult[]> => ({
  ok: messages.map((queueId) => ({ queueId, code: "done", what: "Done." })),
});

describe("an action on many messages", () => {
  test("goes in pieces of 500, each with an id of its own", async () => {
    const { asked, progress, ports } = desk(allDone);
    const summary = await runBulk(
      { action: "resend-to-address", ids: ids(1_200), address: "a@b.example" },
      ports,
    );
    expect(summary).toEqual({ asked: 1_200, done: 1_200, stopped: false, notDone: [], problem: null });
    expect(asked.map(({ messages, actionId, address }) => [messages.length, actionId, address])).toEqual([
      [500, "id-1", "a@b.example"],
      [500, "id-2", "a@b.example"],
      [200, "id-3", "a@b.example"],
    ]);
    expect(asked.flatMap(({ messages }) => messages)).toEqual(ids(1_200));
    expect(progress).toEqual([500, 1_000, 1_200]);
  });

  test("what could not be done is told by sentence, the most frequent first", async () => {
    const codes = ["done", "busy", "gone", "gone", "already", "repeated"] as const;
    const { ports } = desk(({ messages }) => ({
      ok: messages.map((queueId, index) => {
        const code = codes[index] ?? "done";
        return { queueId, code, what: `It is ${code}.` };
      }),
    }));
    expect(await runBulk({ action: "delete", ids: ids(6) }, ports)).toEqual({
      asked: 6,
      done: 3,
      stopped: false,
      notDone: [
        { what: "It is gone.", ids: ["Q2", "Q3"] },
        { what: "It is busy.", ids: ["Q1"] },
      ],
      problem: null,
    });
  });

  test("stopped, the others stay as they are", async () => {
    const { asked, ports } = desk(allDone);
    const stopped = (): boolean => asked.length === 1;
    expect(await runBulk({ action: "hold", ids: ids(1_500) }, { ...ports, stopped })).toEqual({
      asked: 1_500,
      done: 500,
      stopped: true,
      notDone: [],
      problem: null,
    });
    expect(asked.length).toBe(1);
  });

  test("a lost connection is asked again with the same id, so that nothing is done twice", async () => {
    const { asked, ports } = desk((input, call) => (call === 2 ? { error: lost } : allDone(input)));
    expect((await runBulk({ action: "delete", ids: ids(600) }, ports)).done).toBe(600);
    expect(asked.map(({ actionId }) => actionId)).toEqual(["id-1", "id-2", "id-2"]);
  });

  test("a connection that stays away ends it", async () => {
    const { asked, progress, ports } = desk((input, call) => (call === 1 ? allDone(input) : { error: lost }));
    expect(await runBulk({ action: "delete", ids: ids(1_100) }, ports)).toEqual({
      asked: 1_100,
      done: 500,
      stopped: false,
      notDone: [],
      problem: lost,
    });
    expect(asked.length).toBe(6);
    expect(progress).toEqual([500]);
  });

  test("any other problem ends it at once", async () => {
    const { asked, ports } = desk(() => ({ error: full }));
    expect((await runBulk({ action: "delete", ids: ids(3) }, ports)).problem).toEqual(full);
    expect(asked.length).toBe(1);
  });

  test("pieces", () => {
    expect(chunksOf([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
    expect(chunksOf([], 2)).toEqual([]);
  });
});
