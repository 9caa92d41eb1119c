/**
 * For a text that is the same all second long: a busy gateway asks for it a thousand times, and writing out a date is slow.
 * `at` in ms since 1970.
 */
export function onceASecond(write: (at: number) => string): (at: number) => string {
  let last = { second: Number.NaN, text: "" };
  return (at) => {
    const second = Math.floor(at / 1_000);
    if (second !== last.second) last = { second, text: write(at) };
    return last.text;
  };
}
