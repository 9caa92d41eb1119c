import { BarChart } from "@mantine/charts";
import { Group, Paper, SegmentedControl, Text, VisuallyHidden } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Activity, ActivityBucket } from "../../core/model/activity.ts";
import { formatNumber, pageLocale } from "../state/format.ts";

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
      <BarChart
        h={170}
        data={buckets.map((bucket) => ({
          label: bucketLabel(bucket, range),
          [delivered]: bucket.delivered,
          [failed]: bucket.failed,
        }))}
        dataKey="label"
        type="stacked"
        series={[
          { name: delivered, color: "calm.5" },
          { name: failed, color: "red.7" },
        ]}
        withLegend
        legendProps={{ verticalAlign: "top", height: 28 }}
        gridAxis="x"
        yAxisProps={{ allowDecimals: false, width: 44 }}
        tickLine="none"
        valueFormatter={formatNumber}
        barProps={{ isAnimationActive: false }}
        tooltipAnimationDuration={0}
        barChartProps={{ accessibilityLayer: false }}
        aria-hidden
      />
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
