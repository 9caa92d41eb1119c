import { Tooltip } from "@mantine/core";
import {
  Ban,
  CircleAlert,
  CircleCheck,
  Clock,
  CopyCheck,
  FileQuestionMark,
  type LucideIcon,
  Trash2,
  UserX,
} from "lucide-react";
import { useTranslation } from "react-i18next";
import type { HistoryOutcome } from "./history-filter.ts";

const LOOKS: Readonly<Record<HistoryOutcome, { readonly icon: LucideIcon; readonly color: string }>> = {
  pending: { icon: Clock, color: "var(--mantine-color-dimmed)" },
  delivered: { icon: CircleCheck, color: "var(--efs-good)" },
  errors: { icon: CircleAlert, color: "var(--efs-bad)" },
  junk: { icon: Trash2, color: "var(--efs-warn)" },
  discarded: { icon: Ban, color: "var(--mantine-color-dimmed)" },
  "nobody-left": { icon: CopyCheck, color: "var(--mantine-color-dimmed)" },
  removed: { icon: UserX, color: "var(--mantine-color-dimmed)" },
  "listed-again": { icon: FileQuestionMark, color: "var(--mantine-color-dimmed)" },
};

/** Shape and colour; the word as tooltip and for screen readers. */
export function OutcomeIcon({
  outcome,
  detail,
}: {
  readonly outcome: HistoryOutcome;
  readonly detail: string | null;
}) {
  const { t } = useTranslation();
  const { icon: Icon, color } = LOOKS[outcome];
  const word = t(`history.outcomes.${outcome}`);
  return (
    <Tooltip label={detail === null ? word : `${word}: ${detail}`}>
      <Icon size={16} color={color} role="img" aria-label={word} style={{ display: "block" }} />
    </Tooltip>
  );
}
