/** The mailboxes that mail is collected from: a list, and one account at a time in a form. */
import { Button } from "@mantine/core";
import { Plus } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation, useParams } from "wouter";
import { NumberField, SwitchField } from "../components/fields.tsx";
import { Page, Section } from "../components/page.tsx";
import { SettingsForm, useSettingsForm } from "../components/settings-form.tsx";
import { AccountEditor } from "./pop3/account-editor.tsx";
import { AccountList } from "./pop3/account-list.tsx";
import { newAccount, wrongAccounts } from "./pop3/accounts.ts";
import { useAccounts } from "./pop3/use-accounts.ts";

export function Pop3Page() {
  const { t } = useTranslation();
  const [open, setOpen] = useState<number | null>(null);
  return (
    <Page title={t("pages.pop3")} lead={t("server.pop3.lead")}>
      <SettingsForm
        sections={["accounts", "antivirus"]}
        onRefused={(fields) => {
          const wrong = wrongAccounts(fields);
          setOpen((current) =>
            current !== null && wrong.includes(current) ? current : (wrong[0] ?? current),
          );
        }}
      >
        <Accounts open={open} onOpen={setOpen} />
      </SettingsForm>
    </Page>
  );
}

function Accounts({
  open,
  onOpen,
}: {
  readonly open: number | null;
  readonly onOpen: (index: number | null) => void;
}) {
  const { t } = useTranslation();
  const { accounts, saved } = useAccounts();
  const [, navigate] = useLocation();
  // An account that is saved has its own address, so that links, Back and a reload find it.
  const addressed = useParams()["*"] ?? "";
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another address opens another account
  useEffect(() => {
    const index = accounts.findIndex(({ id }) => id === addressed);
    onOpen(index < 0 ? null : index);
  }, [addressed]);
  const show = (index: number | null): void => {
    const id = index === null ? undefined : accounts[index]?.id;
    onOpen(index);
    navigate(saved.some((account) => account.id === id) ? `/pop3/${id}` : "/pop3");
  };
  if (open !== null && open < accounts.length) {
    return <AccountEditor key={open} index={open} onClose={() => show(null)} />;
  }
  return (
    <>
      <AccountList onOpen={show} />
      <AddButton onOpen={onOpen} />
      <Section title={t("server.pop3.antivirus")} help={t("server.pop3.antivirusHelp")}>
        <SwitchField name="antivirus.realtime" text="server.antivirus.realtime" />
        <NumberField
          name="antivirus.delaySeconds"
          text="server.antivirus.delaySeconds"
          min={0}
          max={3_600}
          suffix={t("server.units.seconds")}
        />
        <NumberField
          name="antivirus.perMegabyteSeconds"
          text="server.antivirus.perMegabyteSeconds"
          min={0}
          max={600}
          suffix={t("server.units.seconds")}
        />
      </Section>
    </>
  );
}

function AddButton({ onOpen }: { readonly onOpen: (index: number) => void }) {
  const { t } = useTranslation();
  const { form } = useSettingsForm();
  const { accounts, ids } = useAccounts();
  return (
    <Button
      variant="light"
      style={{ alignSelf: "flex-start" }}
      leftSection={<Plus size={16} aria-hidden />}
      onClick={() => {
        form.setFieldValue("accounts", [...accounts, newAccount(ids)]);
        onOpen(accounts.length);
      }}
    >
      {t("server.pop3.add")}
    </Button>
  );
}
