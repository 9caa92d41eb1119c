import { describe, expect, test } from "vitest";
import { createPendingDeletes, UNDO_MILLISECONDS } from "../../../renderer/folders/pending-deletes.ts";

function kit() {
  const timers = new Map<number, () => void>();
  const sent: { ids: readonly string[]; leaving: boolean; end: () => void }[] = [];
  let told = 0;
  let next = 1;
  const deletes = createPendingDeletes({
    now: () => 1_000,
    after(milliseconds, what) {
      expect(milliseconds).toBe(UNDO_MILLISECONDS);
      const number = next++;
      timers.set(number, what);
      return () => timers.delete(number);
    },
    send: (ids, leaving) =>
      new Promise((resolve) => {
        sent.push({ ids, leaving, end: resolve });
      }),
  });
  deletes.subscribe(() => {
    told += 1;
  });
  const ring = (): void => {
    for (const [number, what] of [...timers]) {
      timers.delete(number);
      what();
    }
  };
  return { deletes, sent, timers, ring, told: () => told };
}

describe("deleting with time to think again", () => {
  test("the rows vanish at once, and nothing is sent for 30 seconds", () => {
    const { deletes, sent, told } = kit();
    expect(deletes.add(["a", "b"])).toEqual({ number: 1, ids: ["a", "b"], sendAt: 31_000 });
    expect([...deletes.hidden()]).toEqual(["a", "b"]);
    expect([sent.length, told()]).toEqual([0, 1]);
  });

  test("then it is sent, and stays hidden until the list knows it", async () => {
    const { deletes, sent, ring } = kit();
    deletes.add(["a"]);
    ring();
    expect(sent.map(({ ids, leaving }) => ({ ids, leaving }))).toEqual([{ ids: ["a"], leaving: false }]);
    expect([...deletes.hidden()]).toEqual(["a"]);
    expect(deletes.undo(1)).toBe(false);
    sent[0]?.end();
    await Promise.resolve();
    expect([...deletes.hidden()]).toEqual([]);
  });

  test("undone, it is never sent", () => {
    const { deletes, sent, ring, timers } = kit();
    deletes.add(["a"]);
    expect(deletes.undo(1)).toBe(true);
    expect([deletes.hidden().size, timers.size]).toEqual([0, 0]);
    ring();
    deletes.leave();
    expect(sent).toEqual([]);
    expect(deletes.undo(1)).toBe(false);
  });

  test("several are undone one by one, the newest first", () => {
    const { deletes } = kit();
    deletes.add(["a"]);
    deletes.add(["b"]);
    expect(deletes.newest()?.ids).toEqual(["b"]);
    deletes.undo(2);
    expect(deletes.newest()?.ids).toEqual(["a"]);
    deletes.undo(1);
    expect(deletes.newest()).toBeNull();
  });

  test("a page that is left sends everything at once, and once only", () => {
    const { deletes, sent, timers, ring } = kit();
    deletes.add(["a"]);
    deletes.add(["b", "c"]);
    deletes.leave();
    deletes.leave();
    ring();
    expect(sent.map(({ ids, leaving }) => ({ ids, leaving }))).toEqual([
      { ids: ["a"], leaving: true },
      { ids: ["b", "c"], leaving: true },
    ]);
    expect(timers.size).toBe(0);
  });

  test("what is hidden is the same object until it changes", () => {
    const { deletes } = kit();
    deletes.add(["a"]);
    expect(deletes.hidden()).toBe(deletes.hidden());
  });
});
