/** Checks of a diagnosis or of a button "Test": pass, warning, fail; cause, the other side's words, cure. */
import { Anchor, Box, Group, Stack, Text } from "@mantine/core";
import { CircleCheck, CircleMinus, CircleX, type LucideIcon, TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import type { CheckVerdict, DiagnosisCheck } from "../../core/model/diagnosis.ts";
import { pageOfSetting } from "../state/setting-page.ts";

const LOOKS: Readonly<Record<CheckVerdict, { readonly icon: LucideIcon; readonly color: string }>> = {
  pass: { icon: CircleCheck, color: "var(--efs-good)" },
  warn: { icon: TriangleAlert, color: "var(--efs-warn)" },
  fail: { icon: CircleX, color: "var(--efs-bad)" },
  skipped: { icon: CircleMinus, color: "var(--mantine-color-dimmed)" },
};

export function Checklist({
  checks,
  links = false,
}: {
  readonly checks: readonly DiagnosisCheck[];
  /** "Open the setting", where there is a page for it. */
  readonly links?: boolean;
}) {
  return (
    <Stack component="ul" gap="sm" p={0} m={0} style={{ listStyle: "none" }}>
      {checks.map((check) => (
        <CheckLine key={check.id} check={check} links={links} />
      ))}
    </Stack>
  );
}

function CheckLine({ check, links }: { readonly check: DiagnosisCheck; readonly links: boolean }) {
  const { t } = useTranslation();
  const { title, verdict, cause, cure, quote, place } = check;
  const { icon: Icon, color } = LOOKS[verdict];
  const page = links && place !== null ? pageOfSetting(place) : null;
  return (
    <Group component="li" gap="sm" wrap="nowrap" align="flex-start" data-verdict={verdict}>
      <Icon
        size={18}
        color={color}
        role="img"
        aria-label={t(`checks.${verdict}`)}
        style={{ flex: "none", marginTop: 2 }}
      />
      <Box style={{ minWidth: 0, overflowWrap: "anywhere" }}>
        <Text size="sm">
          <Text span inherit fw={600}>
            {title}
          </Text>{" "}
          {cause}
        </Text>
        {quote !== undefined && <pre className="efs-quote">{quote}</pre>}
        {cure !== "" && verdict !== "pass" && (
          <Text size="sm" c="dimmed">
            {cure}
          </Text>
        )}
        {page !== null && verdict !== "pass" && (
          <Anchor component={Link} href={page} size="sm">
            {t("checks.openSetting")}
          </Anchor>
        )}
      </Box>
    </Group>
  );
}
