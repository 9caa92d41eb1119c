import { Alert, Stack } from "@mantine/core";
import { TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import { RadioField } from "../components/choice-fields.tsx";
import { SwitchField } from "../components/fields.tsx";
import { AddressingPage } from "./addressing/addressing-page.tsx";
import { ClassicList } from "./addressing/classic-list.tsx";
import { Part } from "./addressing/part.tsx";

export function UsersPage() {
  const { t } = useTranslation();
  return (
    <AddressingPage name="users" sections={["users"]}>
      <Alert
        variant="default"
        icon={<TriangleAlert size={18} color="var(--efs-warn)" aria-hidden />}
        title={t("addressing.users.warning")}
        maw={720}
      >
        {t("addressing.users.warningText")}
      </Alert>
      <ClassicList list="users" />
      <Part title={t("addressing.users.unknown.title")}>
        <Stack gap="lg" maw={640}>
          <RadioField name="users.unknown" text="addressing.users.unknown" values={["junk", "postmaster"]} />
          <SwitchField name="users.stripTag" text="addressing.users.stripTag" />
        </Stack>
      </Part>
    </AddressingPage>
  );
}
