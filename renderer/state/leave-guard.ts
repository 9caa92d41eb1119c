/** Holds back a change of page while a form has unsaved changes. One form at a time. */
import { useEffect, useSyncExternalStore } from "react";
import { useBrowserLocation } from "wouter/use-browser-location";

let unsaved = false;
let waiting: (() => void) | null = null;
const listeners = new Set<() => void>();

const tell = (): void => {
  for (const listener of listeners) listener();
};

/** A form says whether it has unsaved changes. */
export function useUnsaved(changed: boolean): void {
  useEffect(() => {
    unsaved = changed;
    const warn = (event: BeforeUnloadEvent): void => event.preventDefault();
    if (changed) window.addEventListener("beforeunload", warn);
    return () => {
      unsaved = false;
      window.removeEventListener("beforeunload", warn);
    };
  }, [changed]);
}

/** For the router: as the browser's location, but asks first. */
export const useGuardedLocation: typeof useBrowserLocation = (options) => {
  const [location, navigate] = useBrowserLocation(options);
  const guarded: typeof navigate = (to, how) => {
    const go = (): void => navigate(to, how);
    if (!unsaved || String(to) === location) return go();
    waiting = go;
    tell();
  };
  return [location, guarded];
};

/** For the question: whether somebody waits, and the two answers. */
export function useLeaveQuestion(): { readonly asked: boolean; leave(): void; stay(): void } {
  const asked = useSyncExternalStore(
    (changed) => {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    () => waiting !== null,
  );
  const end = (): (() => void) | null => {
    const go = waiting;
    waiting = null;
    tell();
    return go;
  };
  return {
    asked,
    leave() {
      unsaved = false;
      end()?.();
    },
    stay() {
      end();
    },
  };
}
