/** A folder in windows of rows: only what is looked at is asked for; messages being deleted are left out. */
import { useThrottledValue } from "@mantine/hooks";
import { useQueries, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import type { FolderListOrder, ListedMessage } from "../../core/model/folder-list.ts";
import { useCall, useRefresh } from "../state/calls.ts";
import { useStatus } from "../state/status.ts";
import { callValue, useTransport } from "../transport/transport-context.tsx";
import {
  hiddenPositions,
  positionOf,
  rowAt,
  WINDOW_ROWS,
  type Windows,
  windowsFor,
} from "./folder-windows.ts";

export type FolderOrder = Omit<FolderListOrder, "offset" | "limit">;

export interface FolderRows {
  /** undefined: not known yet. */
  readonly count: number | undefined;
  readonly error: Error | null;
  /** undefined: not here yet. */
  rowAt(index: number): ListedMessage | undefined;
  /** Of rows that are shown, in their order; asks for what has not come. */
  idsOf(first: number, last: number): Promise<readonly string[]>;
  allIds(): Promise<readonly string[]>;
}

const REST = 80;
const KEPT = 60_000;
/** Keys that are held down ask for the same order again and again. */
const ORDER_STALE = 2_000;

export function useFolder(
  order: FolderOrder,
  range: { readonly first: number; readonly last: number },
  hidden: ReadonlySet<string>,
): FolderRows {
  const transport = useTransport();
  const client = useQueryClient();
  const refresh = useRefresh();
  const first = useThrottledValue(range.first, REST);
  const last = useThrottledValue(range.last, REST);
  // What others do to the folder, or other software, is told by nothing but its count.
  const told = useStatus()?.folders[order.folder];
  const counted = useRef(told);
  useEffect(() => {
    if (counted.current !== undefined && counted.current !== told) refresh("folder", "folder-ids");
    counted.current = told;
  });
  const before = useRef<Windows>(new Map());
  const ids = useCall("folder-ids", order, { enabled: hidden.size > 0, gcTime: KEPT });
  const known = hidden.size > 0 ? ids.data?.queueIds : undefined;
  const guessed = hiddenPositions(hidden, known, before.current);
  const offsets = windowsFor(positionOf(first, guessed), positionOf(last, guessed));
  const answers = useQueries({
    queries: offsets.map((offset) => {
      const input = { ...order, offset, limit: WINDOW_ROWS };
      return {
        queryKey: ["folder", input],
        queryFn: () => callValue(transport, "folder", input),
        gcTime: KEPT,
      };
    }),
  });
  const windows: Windows = new Map(
    offsets.flatMap((offset, index) => {
      const rows = answers[index]?.data?.rows;
      return rows === undefined ? [] : [[offset, rows] as const];
    }),
  );
  before.current = windows;
  const missing = hiddenPositions(hidden, known, windows);
  const total = answers[0]?.data?.total;
  const find = (index: number): ListedMessage | undefined => rowAt(windows, positionOf(index, missing));
  const allIds = async (): Promise<readonly string[]> => {
    const { queueIds } = await client.fetchQuery({
      queryKey: ["folder-ids", order],
      queryFn: () => callValue(transport, "folder-ids", order),
      staleTime: ORDER_STALE,
    });
    return queueIds.filter((id) => !hidden.has(id));
  };
  return {
    count: total === undefined ? undefined : Math.max(0, total - missing.length),
    error: answers.find(({ error }) => error !== null)?.error ?? null,
    rowAt: find,
    async idsOf(from, to) {
      const here: string[] = [];
      for (let index = from; index <= to; index += 1) {
        const row = find(index);
        if (row === undefined) return (await allIds()).slice(from, to + 1);
        here.push(row.queueId);
      }
      return here;
    },
    allIds,
  };
}
