/** Language and colours: of this browser, not of the gateway. */
import { Input, SegmentedControl, useMantineColorScheme } from "@mantine/core";
import i18next from "i18next";
import { useTranslation } from "react-i18next";
import { Section } from "../../components/page.tsx";
import { chooseLanguage, LANGUAGES, type Language } from "../../texts/texts.ts";

/** In their own languages, so that everybody finds theirs. */
const NAMES: Readonly<Record<Language, string>> = { en: "English", de: "Deutsch" };

export function Appearance() {
  const { t } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Section title={t("server.advanced.appearance")} help={t("server.advanced.appearanceHelp")}>
      <Input.Wrapper label={t("server.advanced.language")} labelElement="div">
        <div>
          <SegmentedControl
            bg="light-dark(var(--mantine-color-gray-2), var(--mantine-color-dark-6))"
            aria-label={t("server.advanced.language")}
            value={i18next.resolvedLanguage ?? "en"}
            onChange={(language) => chooseLanguage(language as Language)}
            data={LANGUAGES.map((language) => ({ value: language, label: NAMES[language] }))}
          />
        </div>
      </Input.Wrapper>
      <Input.Wrapper label={t("server.advanced.colours")} labelElement="div">
        <div>
          <SegmentedControl
            bg="light-dark(var(--mantine-color-gray-2), var(--mantine-color-dark-6))"
            aria-label={t("server.advanced.colours")}
            value={colorScheme}
            onChange={(scheme) => setColorScheme(scheme as typeof colorScheme)}
            data={(["auto", "light", "dark"] as const).map((scheme) => ({
              value: scheme,
              label: t(`server.advanced.schemes.${scheme}`),
            }))}
          />
        </div>
      </Input.Wrapper>
    </Section>
  );
}
