/** "Why these recipients": each address that was found, where, what was done with it and why. */
import { Anchor, Badge, Group, Stack, Text } from "@mantine/core";
import { ArrowRight, Check, CornerDownRight, X } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { TrailStep } from "../../core/model/envelope.ts";
import { trailKey, trailPlace } from "../components/try-it/trail-texts.ts";

const SHOWN = 12;
const LOOKS = {
  kept: { icon: Check, color: "green" },
  mapped: { icon: CornerDownRight, color: "calm" },
  dropped: { icon: X, color: "gray" },
} as const;

export function RecipientTrail({ trail }: { readonly trail: readonly TrailStep[] }) {
  const { t } = useTranslation();
  const [all, setAll] = useState(false);
  if (trail.length === 0) return <Text size="sm">{t("messages.trail.none")}</Text>;
  const shown = all ? trail : trail.slice(0, SHOWN);
  return (
    <Stack gap={8} mt={4}>
      {shown.map((step, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the trail of a message does not change
        <TrailLine key={index} step={step} />
      ))}
      {shown.length < trail.length && (
        <Anchor component="button" type="button" size="sm" onClick={() => setAll(true)}>
          {t("messages.trail.more", { count: trail.length - shown.length })}
        </Anchor>
      )}
    </Stack>
  );
}

function TrailLine({ step }: { readonly step: TrailStep }) {
  const { t } = useTranslation();
  const { icon: Icon, color } = LOOKS[step.verdict];
  const place = trailPlace(step);
  return (
    <div>
      <Group gap={6} style={{ overflowWrap: "anywhere" }}>
        <Badge
          size="sm"
          variant="light"
          color={color}
          tt="none"
          c="var(--mantine-color-text)"
          leftSection={<Icon size={11} aria-hidden />}
        >
          {t(`messages.trail.${step.verdict}`)}
        </Badge>
        <Text size="sm" fw={500}>
          {step.address}
        </Text>
        {step.to !== undefined && (
          <>
            <ArrowRight size={13} aria-label={t("messages.trail.becomes")} role="img" />
            <Text size="sm" fw={500}>
              {step.to.join(", ")}
            </Text>
          </>
        )}
        {place !== "" && (
          <Text size="xs" c="dimmed">
            {place}
          </Text>
        )}
      </Group>
      <Text size="sm" c="dimmed">
        {t(trailKey(step))}
      </Text>
    </div>
  );
}
