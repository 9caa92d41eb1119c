/** The home page: is all well, or does something need a person. */
import { Anchor, Group, Skeleton, Stack, Title } from "@mantine/core";
import {
  CircleAlert,
  CircleCheck,
  Hourglass,
  LoaderCircle,
  type LucideIcon,
  Mail,
  Pause,
  TriangleAlert,
} from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import type { GatewayStatus } from "../../core/model/gateway.ts";
import { ActivityChart } from "../home/activity-chart.tsx";
import { type Headline, headline } from "../home/attention.ts";
import { AttentionList } from "../home/attention-list.tsx";
import { LogList } from "../home/log-list.tsx";
import { NumberCards } from "../home/number-cards.tsx";
import { formatCountdown, formatNumber } from "../state/format.ts";
import { useNow } from "../state/now.ts";
import { useActivity, useStatus } from "../state/status.ts";
import { useTitle } from "../state/use-title.ts";

export function LogPage() {
  const status = useStatus();
  const activity = useActivity();
  useTitle();
  return (
    <Stack gap="md" p="lg" maw={1_200} mih="100%">
      {status === undefined ? (
        <Skeleton height={34} width={420} />
      ) : (
        <Sentence status={status} errorsToday={activity?.today.errors} />
      )}
      {status !== undefined && (
        <>
          <AttentionList status={status} />
          <NumberCards status={status} activity={activity} />
        </>
      )}
      <ActivityChart activity={activity} />
      <LogList />
    </Stack>
  );
}

const LOOKS: Readonly<Record<Headline, { readonly icon: LucideIcon; readonly color: string }>> = {
  "all-well": { icon: CircleCheck, color: "var(--efs-good)" },
  errors: { icon: CircleAlert, color: "var(--efs-bad)" },
  attention: { icon: TriangleAlert, color: "var(--efs-warn)" },
  waiting: { icon: Hourglass, color: "var(--mantine-color-dimmed)" },
  working: { icon: LoaderCircle, color: "var(--mantine-primary-color-filled)" },
  paused: { icon: Pause, color: "var(--mantine-color-dimmed)" },
  "nothing-yet": { icon: Mail, color: "var(--mantine-color-dimmed)" },
};

function Sentence({
  status,
  errorsToday,
}: {
  readonly status: GatewayStatus;
  readonly errorsToday: number | undefined;
}) {
  const { t } = useTranslation();
  const now = useNow();
  const kind = headline(status, errorsToday);
  const { icon: Icon, color } = LOOKS[kind];
  const count = kind === "waiting" ? status.folders.Inbox : Math.min(errorsToday ?? 0, status.folders.Errors);
  const next =
    status.nextCheckAt === null
      ? ""
      : t("home.nextCheck", { time: formatCountdown(status.nextCheckAt - now) });
  const place = kind === "errors" ? "/errors" : kind === "waiting" ? "/inbox" : null;
  return (
    <Group gap="sm" wrap="nowrap" align="center">
      <Icon size={26} color={color} aria-hidden style={{ flex: "none" }} />
      <Title order={1} className="efs-numbers">
        {t(`home.headline.${kind}`, { count, number: formatNumber(count), next })}{" "}
        {place !== null && (
          <Anchor component={Link} href={place} inherit underline="always">
            {t("home.lookAtThem", { count })}
          </Anchor>
        )}
      </Title>
    </Group>
  );
}
