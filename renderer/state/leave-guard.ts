/**
 * Holds back a change of page while a form has unsaved changes, by a link and by the browser's Back and Forward. One
 * form at a time. Addresses below a page (an account of POP3) are the same page: its form stays.
 */
import { useEffect, useSyncExternalStore } from "react";
import { useBrowserLocation } from "wouter/use-browser-location";
import { isSamePage } from "./page-of-address.ts";

let unsaved = false;
let waiting: (() => void) | null = null;
/** Where the unsaved changes are. */
let here = "";
const listeners = new Set<() => void>();

const tell = (): void => {
  for (const listener of listeners) listener();
};

/** A form says whether it has unsaved changes. */
export function useUnsaved(changed: boolean): void {
  useEffect(() => {
    unsaved = changed;
    here = window.location.pathname;
    const warn = (event: BeforeUnloadEvent): void => event.preventDefault();
    if (changed) window.addEventListener("beforeunload", warn);
    return () => {
      unsaved = false;
      window.removeEventListener("beforeunload", warn);
    };
  }, [changed]);
}

/**
 * Back and Forward have happened when they are told: the address goes back to where the changes are, and leaving is
 * one more step back. It has to be registered before the router listens.
 */
window.addEventListener(
  "popstate",
  (event) => {
    if (!unsaved || isSamePage(window.location.pathname, here)) return;
    event.stopImmediatePropagation();
    window.history.pushState(null, "", here);
    waiting = () => window.history.back();
    tell();
  },
  { capture: true },
);

/** For the router: as the browser's location, but asks first. */
export const useGuardedLocation: typeof useBrowserLocation = (options) => {
  const [location, navigate] = useBrowserLocation(options);
  const guarded: typeof navigate = (to, how) => {
    const go = (): void => navigate(to, how);
    if (!unsaved || isSamePage(String(to), location)) return go();
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
