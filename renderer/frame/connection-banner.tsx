import { Alert, Anchor } from "@mantine/core";
import { Unplug } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useConnection } from "../transport/transport-context.tsx";

/** Content stays readable; the page reconnects by itself. */
export function ConnectionBanner() {
  const { t } = useTranslation();
  const connection = useConnection();
  if (connection === "open" || connection === "connecting") return null;
  const denied = connection === "denied";
  return (
    <Alert
      role="status"
      color={denied ? "red" : "yellow"}
      radius={0}
      icon={<Unplug size={18} aria-hidden />}
      title={denied ? t("frame.signedOut") : t("frame.lost")}
      py="xs"
    >
      {denied ? (
        <Anchor href="/" size="sm">
          {t("frame.signIn")}
        </Anchor>
      ) : (
        t("frame.reconnecting")
      )}
    </Alert>
  );
}
