import type { Secrets } from "../../core/model/ports.ts";

/** Seals by reversing: to be seen through in a test, yet never the clear text. */
export function fakeSecrets(scheme = "fake-1"): Secrets {
  const reversed = (text: string): string => [...text].reverse().join("");
  return {
    scheme,
    seal: (plain) => ({ scheme, value: `sealed:${reversed(plain)}` }),
    open: (sealed) =>
      sealed.scheme === scheme && sealed.value.startsWith("sealed:") ? reversed(sealed.value.slice(7)) : null,
  };
}
