/** What the last check said about an account: icon, word, and for trouble the cure. */
import { Group, Stack, Text } from "@mantine/core";
import {
  CircleCheck,
  CircleDashed,
  CircleX,
  type LucideIcon,
  MessageCircleQuestionMark,
  PowerOff,
} from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { When } from "../../components/when.tsx";
import { formatTime } from "../../state/format.ts";
import type { AccountState } from "./accounts.ts";

const DIMMED = "var(--mantine-color-dimmed)";

export function AccountStateCell({
  state,
  wrong,
}: {
  readonly state: AccountState;
  /** A field of it is marked. */
  readonly wrong: boolean;
}) {
  const { t } = useTranslation();
  if (wrong) {
    return (
      <Line icon={CircleX} color="var(--efs-bad)">
        {t("server.pop3.states.wrong")}
      </Line>
    );
  }
  switch (state.kind) {
    case "new":
      return (
        <Line icon={CircleDashed} color={DIMMED}>
          {t("server.pop3.states.new")}
        </Line>
      );
    case "off":
      return (
        <Line icon={PowerOff} color={DIMMED}>
          {t("server.pop3.states.off")}
        </Line>
      );
    case "asks":
      return (
        <Line icon={MessageCircleQuestionMark} color="var(--efs-warn)">
          {t("server.pop3.states.asks")}
        </Line>
      );
    case "not-yet":
      return (
        <Line icon={CircleDashed} color={DIMMED}>
          {t("server.pop3.states.notYet")}
        </Line>
      );
    case "checked":
      return (
        <Line icon={CircleCheck} color="var(--efs-good)">
          {t("server.pop3.states.checked")} <When at={state.at} />
        </Line>
      );
    case "failed":
      return (
        <Line icon={CircleX} color="var(--efs-bad)">
          {state.problem.what}
          {state.problem.quote !== undefined && <pre className="efs-quote">{state.problem.quote}</pre>}
          <Text size="sm" c="dimmed">
            {state.problem.cure}
          </Text>
          {state.pausedUntil !== null && (
            <Text size="sm">{t("server.pop3.states.paused", { time: formatTime(state.pausedUntil) })}</Text>
          )}
        </Line>
      );
  }
}

function Line({
  icon: Icon,
  color,
  children,
}: {
  readonly icon: LucideIcon;
  readonly color: string;
  readonly children: ReactNode;
}) {
  return (
    <Group gap={8} wrap="nowrap" align="flex-start">
      <Icon size={16} color={color} aria-hidden style={{ flex: "none", marginTop: 2 }} />
      <Stack gap={4} style={{ minWidth: 0 }}>
        <Text size="sm" component="div">
          {children}
        </Text>
      </Stack>
    </Group>
  );
}
