/** Domains, Headers, Aliases and Users are alike: a form, and "Try it" beside it, below it where there is no room. */
import { Box, Button, Stack } from "@mantine/core";
import { useLocalStorage, useMediaQuery } from "@mantine/hooks";
import { FlaskConical } from "lucide-react";
import { type ReactNode, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Settings } from "../../../core/model/settings.ts";
import { Page } from "../../components/page.tsx";
import { SettingsForm } from "../../components/settings-form.tsx";
import { TryIt } from "../../components/try-it/try-it.tsx";

const WIDE = "(min-width: 1280px)";

export function AddressingPage({
  name,
  sections,
  children,
}: {
  readonly name: "domains" | "headers" | "aliases" | "users";
  readonly sections: readonly (keyof Settings)[];
  readonly children: ReactNode;
}) {
  const { t } = useTranslation();
  const wide = useMediaQuery(WIDE, window.matchMedia(WIDE).matches);
  const [shown, setShown] = useLocalStorage({
    key: "efs.try-it-shown",
    defaultValue: true,
    getInitialValueInEffect: false,
  });
  const beside = wide && shown;
  const panel = useRef<HTMLDivElement>(null);
  /** Beside the form it is folded away; below it, it is gone to. */
  const showPanel = (): void => {
    if (wide) setShown(!shown);
    else {
      panel.current?.scrollIntoView();
      panel.current?.focus({ preventScroll: true });
    }
  };
  return (
    <Page
      title={t(`pages.${name}`)}
      lead={t(`addressing.${name}.lead`)}
      actions={
        <Button
          size="xs"
          variant={beside ? "light" : "default"}
          leftSection={<FlaskConical size={14} aria-hidden />}
          {...(wide ? { "aria-expanded": shown } : {})}
          onClick={showPanel}
        >
          {t("addressing.tryIt.title")}
        </Button>
      }
    >
      <SettingsForm sections={sections}>
        <Box
          style={{
            display: "grid",
            gridTemplateColumns: beside ? "minmax(0, 1fr) minmax(360px, 40%)" : "minmax(0, 1fr)",
            gap: 32,
            alignItems: "start",
          }}
        >
          <Stack gap="xl">{children}</Stack>
          {(shown || !wide) && (
            <Box
              ref={panel}
              tabIndex={-1}
              style={
                beside
                  ? {
                      position: "sticky",
                      top: 16,
                      maxHeight: "calc(100vh - 150px)",
                      overflow: "auto",
                      outline: "none",
                    }
                  : { outline: "none", scrollMarginTop: 16 }
              }
            >
              <TryIt />
            </Box>
          )}
        </Box>
      </SettingsForm>
    </Page>
  );
}
