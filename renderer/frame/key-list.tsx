import { Kbd, Modal, Table } from "@mantine/core";
import { useTranslation } from "react-i18next";

const KEYS = [
  ["F5", "check"],
  ["/", "search"],
  ["j  k", "move"],
  ["Space", "select"],
  ["Enter", "open"],
  ["r", "resend"],
  ["t", "retry"],
  ["Del", "delete"],
  ["Ctrl+Z", "undo"],
  ["Ctrl+1 ... 9", "tabs"],
  ["Ctrl+Shift+D", "detail"],
  ["?", "list"],
] as const;

export function KeyList({ opened, onClose }: { readonly opened: boolean; readonly onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal opened={opened} onClose={onClose} title={t("keys.title")}>
      <Table withRowBorders={false} verticalSpacing={4}>
        <Table.Tbody>
          {KEYS.map(([key, meaning]) => (
            <Table.Tr key={key}>
              <Table.Td w={140}>
                <Kbd>{key}</Kbd>
              </Table.Td>
              <Table.Td>{t(`keys.${meaning}`)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  );
}
