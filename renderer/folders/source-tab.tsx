/** The message as it was received, a page at a time. */
import { Button, Group, Skeleton, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { Save } from "lucide-react";
import { useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { HistoryMessage } from "../../core/model/history.ts";
import { ProblemAlert } from "../components/problem-alert.tsx";
import { problemOf } from "../state/calls.ts";
import { formatSize } from "../state/format.ts";
import { callValue, useTransport } from "../transport/transport-context.tsx";
import { joined, octetsOfBase64, sourceLines } from "./octets.ts";
import { saveMessages } from "./save-messages.tsx";

const PAGE_BYTES = 262_144;
const LINE_HEIGHT = 18;

export function SourceTab({ message: { queueId } }: { readonly message: HistoryMessage }) {
  const { t } = useTranslation();
  const transport = useTransport();
  const { data, error, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ["message-source", queueId],
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 30_000,
    initialPageParam: 0,
    queryFn: async ({ pageParam }) => {
      const piece = await callValue(transport, "message-piece", {
        queueId,
        offset: pageParam,
        length: PAGE_BYTES,
      });
      return { size: piece.size, octets: octetsOfBase64(piece.content) };
    },
    getNextPageParam: ({ size, octets }, _, offset) =>
      octets.length === 0 || offset + octets.length >= size ? undefined : offset + octets.length,
  });
  const pages = data?.pages;
  const lines = useMemo(() => sourceLines(joined((pages ?? []).map(({ octets }) => octets))), [pages]);
  if (error !== null && pages === undefined) return <ProblemAlert problem={problemOf(error)} />;
  if (pages === undefined) return <Skeleton className="efs-late" height={160} aria-hidden />;
  const size = pages[0]?.size ?? 0;
  const shown = pages.reduce((sum, { octets }) => sum + octets.length, 0);
  return (
    <>
      <Group justify="space-between" pb="xs">
        <Text size="xs" c="dimmed" className="efs-numbers">
          {shown >= size
            ? formatSize(size)
            : t("messages.source.shown", { shown: formatSize(shown), size: formatSize(size) })}
        </Text>
        <Group gap="xs">
          {hasNextPage && (
            <Button
              size="compact-xs"
              variant="default"
              loading={isFetchingNextPage}
              onClick={() => void fetchNextPage()}
            >
              {t("messages.source.more")}
            </Button>
          )}
          <Button
            size="compact-xs"
            variant="default"
            leftSection={<Save size={12} aria-hidden />}
            onClick={() => void saveMessages([queueId], transport)}
          >
            {t("messages.action.save")}
          </Button>
        </Group>
      </Group>
      <Lines lines={lines} />
    </>
  );
}

function Lines({ lines }: { readonly lines: readonly string[] }) {
  const { t } = useTranslation();
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE_HEIGHT,
    overscan: 30,
  });
  const items = virtual.getVirtualItems();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and the keys have to reach it
    <section ref={scroller} className="efs-mail-source" aria-label={t("messages.tab.source")} tabIndex={0}>
      <div style={{ height: virtual.getTotalSize(), position: "relative" }}>
        <pre
          className="efs-mono"
          style={{ position: "absolute", top: 0, transform: `translateY(${items[0]?.start ?? 0}px)` }}
        >
          {items.map(({ index }) => `${lines[index] ?? ""}\n`).join("")}
        </pre>
      </div>
    </section>
  );
}
