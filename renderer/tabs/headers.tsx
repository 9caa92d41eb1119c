import { Stack } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { SwitchField, TextField } from "../components/fields.tsx";
import { AccountTrust } from "./addressing/account-trust.tsx";
import { AddressingPage } from "./addressing/addressing-page.tsx";
import { CustomHeaders } from "./addressing/custom-headers.tsx";
import { HeaderFinder } from "./addressing/header-finder.tsx";
import { HeaderOrder, IgnoredSteps } from "./addressing/header-steps.tsx";
import { Part } from "./addressing/part.tsx";

export function HeadersPage() {
  const { t } = useTranslation();
  return (
    <AddressingPage name="headers" sections={["headers", "allowMalformed"]}>
      <HeaderFinder />
      <CustomHeaders />
      <HeaderOrder />
      <IgnoredSteps />
      <AccountTrust />
      <Part title={t("addressing.headers.other")}>
        <Stack gap="md" maw={640}>
          <TextField name="headers.bccAll" text="addressing.headers.bccAll" nullable />
          <SwitchField name="allowMalformed" text="addressing.headers.allowMalformed" />
        </Stack>
      </Part>
    </AddressingPage>
  );
}
