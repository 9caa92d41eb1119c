import { Badge } from "@mantine/core";
import {
  ArrowDownToLine,
  CircleCheck,
  CircleStop,
  type LucideIcon,
  Pause,
  Send,
  TriangleAlert,
} from "lucide-react";
import { useTranslation } from "react-i18next";
import type { GatewayState } from "../../core/model/event.ts";

const LOOKS: Readonly<Record<GatewayState, { readonly icon: LucideIcon; readonly color: string }>> = {
  idle: { icon: CircleCheck, color: "green" },
  checking: { icon: ArrowDownToLine, color: "calm" },
  sending: { icon: Send, color: "calm" },
  paused: { icon: Pause, color: "gray" },
  attention: { icon: TriangleAlert, color: "orange" },
  stopping: { icon: CircleStop, color: "gray" },
};

/** Colour and icon and word. */
export function StatePill({ state }: { readonly state: GatewayState }) {
  const { t } = useTranslation();
  const { icon: Icon, color } = LOOKS[state];
  return (
    <Badge
      size="lg"
      variant="light"
      color={color}
      tt="none"
      fw={600}
      leftSection={<Icon size={14} aria-hidden />}
      style={{ color: "var(--mantine-color-text)" }}
      data-state={state}
    >
      {t(`state.${state}`)}
    </Badge>
  );
}
