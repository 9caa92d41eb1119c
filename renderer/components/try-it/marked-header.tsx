/** The header's text with the lines and addresses that were found, marked by what became of them. */
import { Box, Group, Text, VisuallyHidden } from "@mantine/core";
import { forwardRef, useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { TrailStep } from "../../../core/model/envelope.ts";
import { formatNumber } from "../../state/format.ts";
import { type MarkedField, markHeader, type TextPiece, type Verdict } from "./header-marks.ts";
import { VERDICT_LOOKS, VERDICTS } from "./verdict-look.tsx";

/** Headers have dozens of fields; a hostile one has thousands. */
const SHOWN = 400;

export const MarkedHeader = forwardRef<
  HTMLDivElement,
  { readonly header: string; readonly trail: readonly TrailStep[] }
>(function MarkedHeader({ header, trail }, ref) {
  const { t } = useTranslation();
  const fields = useMemo(() => markHeader(header, trail), [header, trail]);
  const more = fields.length - SHOWN;
  return (
    <Box>
      <Legend />
      <Box
        ref={ref}
        role="region"
        aria-label={t("addressing.tryIt.marked")}
        tabIndex={0}
        className="efs-mono"
        mah={320}
        py={6}
        style={{ overflow: "auto", border: "1px solid var(--efs-line)", borderRadius: 4 }}
      >
        {fields.slice(0, SHOWN).map((field, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: fields have no other name than their place
          <FieldLines key={place} field={field} />
        ))}
        {more > 0 && (
          <Text size="xs" c="dimmed" px="sm" pt={4}>
            {t("addressing.tryIt.cut", { count: more, number: formatNumber(more) })}
          </Text>
        )}
      </Box>
    </Box>
  );
});

function Legend() {
  const { t } = useTranslation();
  return (
    <Group gap="md" pb={6} role="list" aria-label={t("addressing.tryIt.legend")}>
      {VERDICTS.map((verdict) => (
        <Group key={verdict} gap={4} role="listitem" wrap="nowrap">
          <VerdictIcon verdict={verdict} />
          <Text size="xs" style={VERDICT_LOOKS[verdict].mark}>
            {t(`addressing.tryIt.verdicts.${verdict}`)}
          </Text>
        </Group>
      ))}
    </Group>
  );
}

function FieldLines({ field: { index, verdict, pieces } }: { readonly field: MarkedField }) {
  return (
    <Box
      data-field={index ?? undefined}
      tabIndex={verdict === null ? undefined : -1}
      px={6}
      style={{
        display: "grid",
        gridTemplateColumns: "44px minmax(0, 1fr)",
        ...(verdict === null ? {} : { background: "light-dark(#f3f6fa, var(--mantine-color-dark-6))" }),
      }}
    >
      <Group
        gap={4}
        wrap="nowrap"
        align="flex-start"
        pt={verdict === null ? 0 : 2}
        c="dimmed"
        className="efs-numbers"
      >
        <span aria-hidden style={{ width: 20, textAlign: "right" }}>
          {index === null ? "" : index + 1}
        </span>
        {verdict !== null && <VerdictIcon verdict={verdict} size={13} />}
      </Group>
      <span style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
        {pieces.map((piece, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: pieces have no other name than their place
          <Piece key={place} piece={piece} />
        ))}
      </span>
    </Box>
  );
}

function Piece({ piece: { text, verdict } }: { readonly piece: TextPiece }) {
  const { t } = useTranslation();
  if (verdict === null) return text;
  return (
    <mark style={{ color: "inherit", ...VERDICT_LOOKS[verdict].mark }} data-verdict={verdict}>
      {text}
      <VisuallyHidden style={{ userSelect: "none" }}>
        {" "}
        ({t(`addressing.tryIt.verdicts.${verdict}`)})
      </VisuallyHidden>
    </mark>
  );
}

export function VerdictIcon({
  verdict,
  size = 14,
  label,
}: {
  readonly verdict: Verdict;
  readonly size?: number;
  /** Where no word stands beside it. */
  readonly label?: string;
}) {
  const { icon: Icon, color } = VERDICT_LOOKS[verdict];
  return (
    <Icon
      size={size}
      color={color}
      style={{ flex: "none" }}
      {...(label === undefined ? { "aria-hidden": true } : { role: "img", "aria-label": label })}
    />
  );
}
