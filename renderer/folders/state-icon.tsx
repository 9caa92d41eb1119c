/** A message's state: shape and colour, the word as tooltip and for screen readers. */
import {
  Ban,
  CircleAlert,
  CircleCheck,
  CircleX,
  Clock,
  FileQuestionMark,
  Hand,
  Hourglass,
  type LucideIcon,
  MailCheck,
  RotateCw,
  Send,
} from "lucide-react";
import { useTranslation } from "react-i18next";
import type { ListedMessage, ListedState } from "../../core/model/folder-list.ts";
import type { RecipientState } from "../../core/model/message.ts";
import { formatRelative } from "../state/format.ts";

type Tone = "good" | "warn" | "bad" | "calm" | "plain";

const COLOURS: Readonly<Record<Tone, string>> = {
  good: "var(--efs-good)",
  warn: "var(--efs-warn)",
  bad: "var(--efs-bad)",
  calm: "var(--mantine-color-anchor)",
  plain: "var(--mantine-color-dimmed)",
};

const LOOKS: Readonly<Record<ListedState, { readonly icon: LucideIcon; readonly tone: Tone }>> = {
  queued: { icon: Clock, tone: "plain" },
  sending: { icon: Send, tone: "calm" },
  deferred: { icon: RotateCw, tone: "warn" },
  held: { icon: Hand, tone: "warn" },
  "report-waiting": { icon: CircleAlert, tone: "bad" },
  reported: { icon: MailCheck, tone: "plain" },
  "report-refused": { icon: CircleX, tone: "bad" },
  "not-reported": { icon: CircleAlert, tone: "bad" },
  junk: { icon: Ban, tone: "plain" },
  delivered: { icon: CircleCheck, tone: "good" },
  "listed-again": { icon: FileQuestionMark, tone: "plain" },
};

const RECIPIENT_LOOKS: Readonly<
  Record<RecipientState["kind"], { readonly icon: LucideIcon; readonly tone: Tone }>
> = {
  queued: { icon: Clock, tone: "plain" },
  deferred: { icon: RotateCw, tone: "warn" },
  held: { icon: Hand, tone: "warn" },
  delivered: { icon: CircleCheck, tone: "good" },
  failed: { icon: CircleX, tone: "bad" },
  expired: { icon: Hourglass, tone: "bad" },
  removed: { icon: Ban, tone: "plain" },
};

export function StateIcon({
  row,
  now,
}: {
  readonly row: Pick<ListedMessage, "state" | "nextAt" | "junkReason">;
  readonly now: number;
}) {
  const { t } = useTranslation();
  const { icon: Icon, tone } = LOOKS[row.state];
  const more =
    row.junkReason !== null
      ? t(`messages.junkReason.${row.junkReason}`)
      : row.nextAt !== null && row.nextAt > now
        ? t("messages.nextTry", { when: formatRelative(row.nextAt, now) })
        : null;
  const words = t(`messages.state.${row.state}`);
  const label = more === null ? words : `${words}. ${more}`;
  return (
    <span title={label} role="img" aria-label={label}>
      <Icon size={16} color={COLOURS[tone]} aria-hidden style={{ display: "block" }} />
    </span>
  );
}

/** Beside its word, so hidden from screen readers. */
export function RecipientIcon({ kind }: { readonly kind: RecipientState["kind"] }) {
  const { icon: Icon, tone } = RECIPIENT_LOOKS[kind];
  return <Icon size={14} color={COLOURS[tone]} aria-hidden style={{ flex: "none" }} />;
}
