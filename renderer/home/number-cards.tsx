import { Anchor, Paper, SimpleGrid, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import type { Activity } from "../../core/model/activity.ts";
import type { GatewayStatus } from "../../core/model/gateway.ts";
import { formatNumber } from "../state/format.ts";

/** Five numbers: today large, yesterday small. */
export function NumberCards({
  status,
  activity,
}: {
  readonly status: GatewayStatus;
  readonly activity: Activity | undefined;
}) {
  const { t } = useTranslation();
  const { today, yesterday } = activity ?? {};
  return (
    <SimpleGrid cols={5} spacing="sm">
      <Card
        name={t("home.cards.collected")}
        value={today?.collected}
        before={yesterday?.collected}
        href="/history"
      />
      <Card
        name={t("home.cards.delivered")}
        value={today?.delivered}
        before={yesterday?.delivered}
        href="/history"
      />
      <Card name={t("home.cards.waiting")} value={status.folders.Inbox} href="/inbox" />
      <Card
        name={t("home.cards.errors")}
        value={today?.errors}
        before={yesterday?.errors}
        href="/errors"
        loud
      />
      <Card name={t("home.cards.junk")} value={today?.junk} before={yesterday?.junk} href="/junk" />
    </SimpleGrid>
  );
}

function Card({
  name,
  value,
  before,
  href,
  loud = false,
}: {
  readonly name: string;
  readonly value: number | undefined;
  readonly before?: number | undefined;
  readonly href: string;
  readonly loud?: boolean;
}) {
  const { t } = useTranslation();
  return (
    <Paper withBorder p="sm" bg="var(--efs-surface)">
      <Anchor component={Link} href={href} underline="hover" c="inherit">
        <Text size="sm" c="dimmed">
          {name}
        </Text>
        <Text
          fz={26}
          fw={600}
          lh={1.3}
          className="efs-numbers"
          {...(loud && value !== undefined && value > 0 ? { c: "var(--efs-bad)" } : {})}
        >
          {value === undefined ? "–" : formatNumber(value)}
        </Text>
      </Anchor>
      <Text size="xs" c="dimmed" className="efs-numbers">
        {before === undefined
          ? t("home.cards.now")
          : t("home.cards.yesterday", { number: formatNumber(before) })}
      </Text>
    </Paper>
  );
}
