/** What is handed in during one turn of the event loop goes on together. */
export function gather<T>(pass: (together: readonly T[]) => void): (one: T) => void {
  let gathered: T[] = [];
  return (one) => {
    gathered.push(one);
    if (gathered.length > 1) return;
    setImmediate(() => {
      const together = gathered;
      gathered = [];
      pass(together);
    });
  };
}
