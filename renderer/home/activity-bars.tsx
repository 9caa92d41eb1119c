import { BarChart } from "@mantine/charts";
import { formatNumber } from "../state/format.ts";

export interface ActivityBarsProps {
  readonly height: number;
  /** `label`, and a number under each of the two names. */
  readonly data: Record<string, string | number>[];
  /** Names, as the legend has them. */
  readonly delivered: string;
  readonly failed: string;
}

export function ActivityBars({ height, data, delivered, failed }: ActivityBarsProps) {
  return (
    <BarChart
      h={height}
      data={data}
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
  );
}
