/**
 * Resolves when the event loop has read what lies at the sockets, so many times over: what had arrived by then has
 * been seen.
 */
export function socketsRead(times: number): Promise<void> {
  return new Promise((resolve) => {
    // The first turn may come before the next reading.
    const turn = (left: number): void => {
      if (left === 0) resolve();
      else setImmediate(turn, left - 1);
    };
    setImmediate(turn, times);
  });
}
