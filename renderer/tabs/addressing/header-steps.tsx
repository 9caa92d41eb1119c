/** The steps in their order, with what each means, and the ticks that leave some out. */
import { Box, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { ChecksField } from "../../components/choice-fields.tsx";
import { BUILT_IN_HEADERS, IGNORABLE } from "./header-order.ts";
import { Part } from "./part.tsx";

export function HeaderOrder() {
  const { t } = useTranslation();
  const steps = [
    { name: t("addressing.headers.order.customStep"), text: t("addressing.headers.order.customText") },
    ...BUILT_IN_HEADERS.map(({ name, text }) => ({ name, text: t(`addressing.headers.order.${text}`) })),
    { name: t("addressing.headers.order.receivedFor"), text: t("addressing.headers.order.receivedForText") },
    { name: t("addressing.headers.order.addresses"), text: t("addressing.headers.order.addressesText") },
  ];
  return (
    <Part title={t("addressing.headers.order.title")} hint={t("addressing.headers.order.decides")}>
      <Stack component="ol" gap={6} p={0} m={0} maw={640} style={{ listStyle: "none", counterReset: "step" }}>
        {steps.map(({ name, text }, index) => (
          <Box
            key={name}
            component="li"
            style={{ display: "grid", gridTemplateColumns: "24px minmax(0, 1fr)" }}
          >
            <Text size="sm" c="dimmed" className="efs-numbers">
              {index + 1}.
            </Text>
            <Box>
              <Text size="sm" fw={600}>
                {name}
              </Text>
              <Text size="sm" c="dimmed">
                {text}
              </Text>
            </Box>
          </Box>
        ))}
      </Stack>
      <Text size="sm" maw={640}>
        {t("addressing.headers.order.trusted")}
      </Text>
    </Part>
  );
}

export function IgnoredSteps() {
  const { t } = useTranslation();
  return (
    <Part title={t("addressing.headers.ignore.title")}>
      <ChecksField name="headers.ignore" text="addressing.headers.ignore" values={IGNORABLE} />
    </Part>
  );
}
