import { Anchor, Code, Stack, Table, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Page, Section } from "../components/page.tsx";
import { useCall } from "../state/calls.ts";

export function AboutPage() {
  const { t } = useTranslation();
  const { data: hello } = useCall("hello", {}, { staleTime: Number.POSITIVE_INFINITY });
  const facts = [
    [t("home.about.version"), hello?.version],
    [t("home.about.computer"), hello?.hostName],
    [t("home.about.data"), hello?.dataDirectory],
    [t("home.about.mail"), hello?.mailFolder],
  ] as const;
  return (
    <Page title="EFS Mail Gateway" lead={t("home.about.lead")}>
      <Section title={t("home.about.thisInstallation")}>
        <Table withRowBorders={false} verticalSpacing={4}>
          <Table.Tbody>
            {facts.map(([name, value]) => (
              <Table.Tr key={name}>
                <Table.Th w={180} fw={400} c="dimmed" scope="row">
                  {name}
                </Table.Th>
                <Table.Td>{value === undefined ? "–" : <Code>{value}</Code>}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Section>
      <Section title={t("home.about.promise")}>
        <Stack gap={4}>
          <Text size="sm">{t("home.about.promise1")}</Text>
          <Text size="sm">{t("home.about.promise2")}</Text>
          <Text size="sm">{t("home.about.promise3")}</Text>
        </Stack>
      </Section>
      <Text size="sm" c="dimmed">
        {t("home.about.license")}{" "}
        <Anchor
          underline="always"
          href="https://opensource.org/license/mit"
          target="_blank"
          rel="noreferrer noopener"
        >
          MIT
        </Anchor>
      </Text>
    </Page>
  );
}
