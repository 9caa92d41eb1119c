/** Pages of the history, newest first, asked for as the reader comes near the end. */
import { useInfiniteQuery } from "@tanstack/react-query";
import type { CommandInput } from "../../core/api/contract.ts";
import type { HistoryRow } from "../../core/model/history.ts";
import { callValue, useTransport } from "../transport/transport-context.tsx";

const PAGE = 100;

export interface HistoryRows {
  readonly rows: readonly HistoryRow[];
  /** There are more, which `more` asks for. */
  readonly hasMore: boolean;
  readonly loading: boolean;
  readonly error: Error | null;
  more(): void;
}

export function useHistory(query: CommandInput<"history">): HistoryRows {
  const transport = useTransport();
  const pages = useInfiniteQuery({
    queryKey: ["history", query],
    queryFn: ({ pageParam }) =>
      callValue(transport, "history", {
        ...query,
        limit: PAGE,
        ...(pageParam === null ? {} : { after: pageParam }),
      }),
    initialPageParam: null as number | null,
    getNextPageParam: ({ next }) => next,
    // What is shown stays until the answer to other words is there.
    placeholderData: (before) => before,
  });
  const { hasNextPage, isFetching, fetchNextPage } = pages;
  return {
    rows: pages.data?.pages.flatMap(({ rows }) => rows) ?? [],
    hasMore: hasNextPage,
    loading: isFetching,
    error: pages.error,
    more: () => {
      if (hasNextPage && !isFetching) void fetchNextPage();
    },
  };
}
