/** The open message: beside the list where there is room, else in a drawer over it. */
import { Box, Drawer } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { useLocation, useParams } from "wouter";
import { MessagePanel } from "./message-panel.tsx";

/** From here on list and message stand side by side. */
const SIDE_BY_SIDE = "(min-width: 1280px)";

export interface OpenMessage {
  /** Queue id; null: none is open. */
  readonly id: string | null;
  /** List and message stand side by side. */
  readonly beside: boolean;
  open(queueId: string): void;
  /** The keys go back to the list. */
  close(): void;
}

/** Which message is open is said by the address: `/errors/A1FE3B3B6156`. */
export function useOpenMessage(path: string): OpenMessage {
  const [, navigate] = useLocation();
  const id = useParams()["*"] || null;
  const beside = useMediaQuery(SIDE_BY_SIDE, undefined, { getInitialValueInEffect: false }) ?? false;
  const open = useCallback((queueId: string) => navigate(`${path}/${queueId}`), [navigate, path]);
  const close = useCallback(() => {
    navigate(path);
    focusList();
  }, [navigate, path]);
  return { id, beside, open, close };
}

export function focusList(): void {
  document.querySelector<HTMLElement>("[data-list]")?.focus({ preventScroll: true });
}

export function MessagePane({ message: { id, beside, close } }: { readonly message: OpenMessage }) {
  const { t } = useTranslation();
  const panel = id === null ? null : <MessagePanel queueId={id} onClose={close} closable={beside} />;
  if (beside) {
    return panel === null ? null : (
      <Box
        component="section"
        aria-label={t("messages.panel.name")}
        className="efs-mail-pane"
        style={{ flex: "0 0 46%" }}
      >
        {panel}
      </Box>
    );
  }
  return (
    <Drawer
      opened={panel !== null}
      onClose={close}
      position="right"
      size={680}
      padding={0}
      title={t("messages.panel.name")}
      closeButtonProps={{ "aria-label": t("messages.close") }}
      styles={{
        header: { padding: "8px 16px", minHeight: 0 },
        content: { display: "flex", flexDirection: "column" },
        body: { flex: 1, minHeight: 0 },
      }}
      data-message-drawer
    >
      {panel}
    </Drawer>
  );
}
