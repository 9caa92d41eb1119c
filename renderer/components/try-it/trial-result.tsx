/** What would become of the message: recipients, what speaks against it; and why, step by step. */
import { ActionIcon, Alert, Badge, Box, Button, Group, Stack, Text, Title, Tooltip } from "@mantine/core";
import { Crosshair, MailCheck, MailX, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { TrailStep } from "../../../core/model/envelope.ts";
import type { ResolvedMessage } from "../../../core/model/resolved-message.ts";
import { formatNumber } from "../../state/format.ts";
import { VerdictIcon } from "./marked-header.tsx";
import { resolutionKey, trailKey, trailPlace } from "./trail-texts.ts";

const STEPS = 20;

export function TrialResult({ resolved: { resolution, verdict } }: { readonly resolved: ResolvedMessage }) {
  const { t } = useTranslation();
  const { recipients, sender } = resolution;
  return (
    <Stack gap="sm">
      {/* Told once when it changes, not address by address. */}
      <Box role="status">
        <Title order={3}>{t("addressing.tryIt.recipients")}</Title>
        <Stack gap={4} pt={4}>
          {recipients.length === 0 && (
            <Group gap={8} wrap="nowrap">
              <MailX size={16} color="var(--efs-warn)" aria-hidden style={{ flex: "none" }} />
              <Text fw={600}>{t("addressing.tryIt.nobody")}</Text>
            </Group>
          )}
          {recipients.map(({ address, role }) => (
            <Group key={`${role} ${address}`} gap={8} wrap="nowrap" data-recipient={address}>
              <MailCheck size={16} color="var(--efs-good)" aria-hidden style={{ flex: "none" }} />
              <Text fw={600} style={{ overflowWrap: "anywhere" }}>
                {address}
              </Text>
              {role !== "addressed" && (
                <Badge
                  variant="light"
                  color="gray"
                  tt="none"
                  c="var(--mantine-color-text)"
                  style={{ flex: "none" }}
                >
                  {t(`addressing.tryIt.roles.${role}`)}
                </Badge>
              )}
            </Group>
          ))}
          <Text size="sm">{t(resolutionKey(resolution))}</Text>
          <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>
            {t("addressing.tryIt.sender")}: {sender === "" ? t("addressing.tryIt.nullSender") : sender}
          </Text>
        </Stack>
      </Box>
      {verdict.kind !== "pass" && (
        <Alert
          color="yellow"
          icon={<TriangleAlert size={18} aria-hidden />}
          title={t(`addressing.tryIt.${verdict.kind}`)}
        >
          {verdict.detail}
        </Alert>
      )}
    </Stack>
  );
}

export function Why({
  trail,
  onGoTo,
}: {
  readonly trail: readonly TrailStep[];
  /** Shows a field in the header's text. */
  readonly onGoTo: (headerIndex: number) => void;
}) {
  const { t } = useTranslation();
  const [all, setAll] = useState(false);
  const more = trail.length - STEPS;
  return (
    <Stack gap={6}>
      <Title order={3}>{t("addressing.tryIt.why")}</Title>
      {trail.length === 0 && <Text size="sm">{t("addressing.tryIt.noAddress")}</Text>}
      <Stack component="ol" gap={8} p={0} m={0} style={{ listStyle: "none" }}>
        {(all ? trail : trail.slice(0, STEPS)).map((step, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the same step may come twice; the list is never reordered
          <StepLine key={place} step={step} onGoTo={onGoTo} />
        ))}
      </Stack>
      {!all && more > 0 && (
        <Button
          size="compact-sm"
          variant="subtle"
          onClick={() => setAll(true)}
          style={{ alignSelf: "flex-start" }}
        >
          {t("addressing.tryIt.all", { count: more, number: formatNumber(more) })}
        </Button>
      )}
    </Stack>
  );
}

function StepLine({
  step,
  onGoTo,
}: {
  readonly step: TrailStep;
  readonly onGoTo: (headerIndex: number) => void;
}) {
  const { t } = useTranslation();
  const { address, headerIndex, verdict, to } = step;
  const place = trailPlace(step);
  return (
    <Group component="li" gap={8} wrap="nowrap" align="flex-start" data-verdict={verdict}>
      <Box pt={2}>
        <VerdictIcon verdict={verdict} size={16} label={t(`addressing.tryIt.verdicts.${verdict}`)} />
      </Box>
      <Box style={{ minWidth: 0, flex: 1 }}>
        <Text size="sm" fw={600} style={{ overflowWrap: "anywhere" }}>
          {address}
          {to !== undefined && (
            <>
              {" "}
              <Text span inherit fw={400} c="dimmed">
                {t("addressing.tryIt.becomes")}
              </Text>{" "}
              {to.join(", ")}
            </>
          )}
        </Text>
        <Text size="sm">{t(trailKey(step))}</Text>
        {place !== "" && (
          <Text size="xs" c="dimmed">
            {place}
          </Text>
        )}
      </Box>
      {headerIndex !== null && (
        <Tooltip label={t("addressing.tryIt.goTo", { place })}>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="sm"
            aria-label={t("addressing.tryIt.goTo", { place })}
            onClick={() => onGoTo(headerIndex)}
          >
            <Crosshair size={14} aria-hidden />
          </ActionIcon>
        </Tooltip>
      )}
    </Group>
  );
}
