import { Group, Paper, SegmentedControl, Skeleton, Text, VisuallyHidden } from "@mantine/core";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Activity, ActivityBucket } from "../../core/model/activity.ts";
import { formatNumber, pageLocale } from "../state/format.ts";

/** A third of the page's program is for the bars alone: the words do not wait for them. */
const ActivityBars = lazy(async () => ({ default: (await import("./activity-bars.tsx")).ActivityBars }));
const HEIGHT = 170;

type Range = "hours" | "days";

/** Delivered and failed, for the last 24 hours or 30 days. */
export function ActivityChart({ activity }: { readonly activity: Activity | undefined }) {
  const { t } = useTranslation();
  const [range, setRange] = useState<Range>("hours");
  const buckets = activity?.[range] ?? [];
  const delivered = t("home.chart.delivered");
  const failed = t("home.chart.failed");
  return (
    <Paper withBorder p="sm" bg="var(--efs-surface)">
      <Group justify="space-between" mb="xs">
        <Text size="sm" fw={600}>
          {t(`home.chart.${range}`)}
        </Text>
        <SegmentedControl
          size="xs"
          aria-label={t("home.chart.range")}
          value={range}
          onChange={(value) => setRange(value as Range)}
          data={[
            { value: "hours", label: t("home.chart.hoursShort") },
            { value: "days", label: t("home.chart.daysShort") },
          ]}
        />
      </Group>
      {activity === undefined ? (
        <Skeleton h={HEIGHT} />
      ) : (
        <Suspense fallback={<Skeleton h={HEIGHT} />}>
          <ActivityBars
            height={HEIGHT}
            data={buckets.map((bucket) => ({
              label: bucketLabel(bucket, range),
              [delivered]: bucket.delivered,
              [failed]: bucket.failed,
            }))}
            delivered={delivered}
            failed={failed}
          />
        </Suspense>
      )}
      <VisuallyHidden>
        {t("home.chart.summary", {
          delivered: formatNumber(sum(buckets, "delivered")),
          failed: formatNumber(sum(buckets, "failed")),
        })}
      </VisuallyHidden>
    </Paper>
  );
}

function bucketLabel({ from }: ActivityBucket, range: Range): string {
  const how: Intl.DateTimeFormatOptions =
    range === "hours"
      ? { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }
      : { day: "numeric", month: "short" };
  return new Intl.DateTimeFormat(pageLocale(), how).format(from);
}

function sum(buckets: readonly ActivityBucket[], what: "delivered" | "failed"): number {
  return buckets.reduce((all, bucket) => all + bucket[what], 0);
}
