/**
 * The gateway's state, kept current: asked every few seconds, and at once when an event announces a change. Lists that
 * a run changes are asked again with it, at most once a second.
 */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useState } from "react";
import type { CommandName, StreamEntries } from "../../core/api/contract.ts";
import type { Activity } from "../../core/model/activity.ts";
import type { RunTotals } from "../../core/model/event.ts";
import type { GatewayStatus } from "../../core/model/gateway.ts";
import { useConnection, useTransport } from "../transport/transport-context.tsx";
import { useCall } from "./calls.ts";

const EVERY = 5_000;
const ACTIVITY_EVERY = 60_000;
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
  return useCall("status", {}).data;
}

/** undefined: not known yet. */
export function useActivity(): Activity | undefined {
  return useCall("activity", {}).data;
}

/** Mounted once, in the frame: the only place that asks again and again. */
export function useFreshness(): void {
  useCall("status", {}, { refetchInterval: EVERY });
  useCall("activity", {}, { refetchInterval: ACTIVITY_EVERY });
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

/** Told of each event from now on; whether any were missed it does not say. */
export function useGatewayEvents(onEvent: (event: StreamEntries["events"]) => void): void {
  const transport = useTransport();
  const hear = useEffectEvent(onEvent);
  useEffect(
    () =>
      transport.subscribe("events", {
        recent: false,
        onItems(items) {
          for (const item of items) if ("entry" in item) hear(item.entry);
        },
      }),
    [transport],
  );
}

/** The run that is under way, as it is told; null: there is none, or nothing was told yet. */
export function useProgress(): RunTotals | null {
  const [totals, setTotals] = useState<RunTotals | null>(null);
  useGatewayEvents((event) => {
    if (event.kind === "progress") setTotals(event.totals);
    if (event.kind === "run-finished") setTotals(null);
  });
  return totals;
}
