/** What crosses between the process of the double (the app's main process) and the test, which has the browser. */
export type FromMain =
  | { readonly kind: "open"; readonly window: number; readonly width: number; readonly height: number }
  | { readonly kind: "load"; readonly window: number; readonly url: string; readonly request: number }
  | { readonly kind: "reload" | "close" | "crash"; readonly window: number }
  | { readonly kind: "send"; readonly window: number; readonly channel: string; readonly args: unknown[] }
  /** To `ask`, `fetch` and `may-navigate`. */
  | { readonly kind: "answer"; readonly request: number; readonly value: unknown }
  | { readonly kind: "failure"; readonly request: number; readonly message: string };

export type ToMain =
  | {
      readonly kind: "ipc";
      readonly window: number;
      readonly channel: string;
      readonly args: unknown[];
      readonly frame: { readonly url: string; readonly isTop: boolean };
    }
  | { readonly kind: "navigation"; readonly window: number; readonly url: string }
  | { readonly kind: "shown"; readonly window: number; readonly url: string }
  | { readonly kind: "crashed" | "closed"; readonly window: number }
  | { readonly kind: "window-open"; readonly window: number; readonly url: string }
  | { readonly kind: "loaded"; readonly request: number; readonly error: string | null }
  | { readonly kind: "fetch"; readonly request: number; readonly url: string; readonly method: string }
  | {
      readonly kind: "may-navigate";
      readonly request: number;
      readonly window: number;
      readonly url: string;
      readonly isMainFrame: boolean;
    }
  | { readonly kind: "ask"; readonly request: number; readonly name: string; readonly args: unknown[] };

export interface FetchedPage {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}
