/** Terms of the trade that a section uses, each explained on the spot. */
import { Group } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Term } from "../../components/term.tsx";

const WORDS = { starttls: "STARTTLS", tls: "TLS", uidl: "UIDL", helo: "HELO", vda: "VdA" } as const;

export type TermName = keyof typeof WORDS | "fingerprint";

export function Terms({ names }: { readonly names: readonly TermName[] }) {
  const { t } = useTranslation();
  return (
    <Group gap="sm" mt="xs">
      {names.map((name) => (
        <Term key={name} meaning={t(`server.terms.${name}`)}>
          {name === "fingerprint" ? t("server.terms.fingerprintWord") : WORDS[name]}
        </Term>
      ))}
    </Group>
  );
}
