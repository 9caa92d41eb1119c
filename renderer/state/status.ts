/**
 * The gateway's state, kept current: asked every few seconds, and at once when an event announces a change. Lists that
 * a run changes are asked again with it, at most once a second.
 */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { CommandName } from "../../core/api/contract.ts";
import type { RunTotals } from "../../core/model/event.ts";
import type { GatewayStatus } from "../../core/model/gateway.ts";
import { useConnection, useTransport } from "../transport/transport-context.tsx";
import { useCall } from "./calls.ts";

const EVERY = 5_000;
const REST = 1_000;
const CHANGED_BY_A_RUN: readonly CommandName[] = [
  "status",
  "activity",
  "folder",
  "folder-ids",
  "history",
  "history-message",
  "alerts",
  "lists",
];

/** undefined: not known yet. */
export function useStatus(): GatewayStatus | undefined {
  return useCall("status", {}, { refetchInterval: EVERY }).data;
}

/** Mounted once, in the frame. */
export function useFreshness(): void {
  const transport = useTransport();
  const client = useQueryClient();
  const connection = useConnection();

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | null = null;
    const refresh = (): void => {
      timer = null;
      for (const name of CHANGED_BY_A_RUN) void client.invalidateQueries({ queryKey: [name] });
    };
    const end = transport.subscribe("events", {
      recent: false,
      onItems(items) {
        const telling = items.some((item) => "gap" in item || item.entry.kind !== "log");
        if (telling) timer ??= setTimeout(refresh, REST);
      },
    });
    return () => {
      end();
      if (timer !== null) clearTimeout(timer);
    };
  }, [transport, client]);

  // Whatever was missed while there was no connection: everything that is shown is asked again.
  useEffect(() => {
    if (connection === "open") void client.invalidateQueries();
  }, [connection, client]);
}

/** The run that is under way, as it is told; null: there is none, or nothing was told yet. */
export function useProgress(): RunTotals | null {
  const transport = useTransport();
  const [totals, setTotals] = useState<RunTotals | null>(null);
  useEffect(
    () =>
      transport.subscribe("events", {
        recent: false,
        onItems(items) {
          for (const item of items) {
            if ("gap" in item) continue;
            if (item.entry.kind === "progress") setTotals(item.entry.totals);
            if (item.entry.kind === "run-finished") setTotals(null);
          }
        },
      }),
    [transport],
  );
  return totals;
}
