/**
 * Aliases that go round in a circle: nobody says where the mail ends. Pure.
 *
 * 1. `a = b` with `b = a`, over any number of steps, and `a = a` alone.
 * 2. No circle: an address among its own targets beside others (`info = info, anna`) keeps a copy. Where every
 *    address of a circle does so (two people who get each other's mail), it is meant.
 */
import { addressKey } from "./address.ts";
import type { AliasSource } from "./address-lists.ts";

/** Each circle once, as the way round: `[a, b, a]`, in the spelling of the aliases. */
export function findAliasLoops(aliases: AliasSource): readonly (readonly string[])[] {
  const spelling = new Map<string, string>();
  const targets = new Map<string, readonly string[]>();
  for (const [from, to] of Object.entries(aliases)) {
    spelling.set(addressKey(from), from);
    targets.set(addressKey(from), (typeof to === "string" ? [to] : to).map(addressKey));
  }
  const keepsCopy = (key: string): boolean => {
    const list = targets.get(key) ?? [];
    return list.includes(key) && list.some((target) => target !== key);
  };
  const loops: (readonly string[])[] = [];
  const done = new Set<string>();
  for (const start of targets.keys()) {
    if (!done.has(start)) walk(start);
  }
  return loops;

  /** Depth first, without recursion: a chain may be as long as the table. */
  function walk(start: string): void {
    const path: string[] = [];
    const place = new Map<string, number>();
    const waiting: { readonly key: string; next: number }[] = [];
    const enter = (key: string): void => {
      place.set(key, path.length);
      path.push(key);
      waiting.push({ key, next: 0 });
    };
    enter(start);
    for (let top = waiting.at(-1); top !== undefined; top = waiting.at(-1)) {
      const target = targets.get(top.key)?.[top.next];
      top.next += 1;
      if (target === undefined) {
        done.add(top.key);
        place.delete(top.key);
        path.pop();
        waiting.pop();
      } else if (target === top.key) {
        if (!keepsCopy(target)) loops.push([target, target].map(named));
      } else if (place.has(target)) {
        const circle = path.slice(place.get(target));
        if (!circle.every(keepsCopy)) loops.push([...circle, target].map(named));
      } else if (targets.has(target) && !done.has(target)) {
        enter(target);
      }
    }
  }

  function named(key: string): string {
    return spelling.get(key) ?? key;
  }
}
