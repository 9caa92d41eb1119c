/** All header fields, in their order, with a search. */
import { Skeleton, Stack, Table, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Search } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { HistoryMessage } from "../../core/model/history.ts";
import { ProblemAlert } from "../components/problem-alert.tsx";
import { problemOf } from "../state/calls.ts";
import { useTransport } from "../transport/transport-context.tsx";
import { fetchOctets, type HeaderField, headerFields, joined } from "./octets.ts";

/** A header that is longer is no header. */
const HEADER_BYTES = 262_144;

interface ShownField extends HeaderField {
  /** With encoded words made readable; null: it has none. */
  readonly readable: string | null;
}

export function HeadersTab({ message: { queueId } }: { readonly message: HistoryMessage }) {
  const { t } = useTranslation();
  const transport = useTransport();
  const [words, setWords] = useState("");
  const { data, error } = useQuery({
    queryKey: ["message-headers", queueId],
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 30_000,
    queryFn: async ({ signal }): Promise<readonly ShownField[]> => {
      const pieces = await fetchOctets(
        (offset, length) => transport.call("message-piece", { queueId, offset, length }),
        { signal, most: HEADER_BYTES },
      );
      const { decodeWords } = await import("postal-mime");
      return headerFields(joined(pieces)).map((field) => {
        const readable = field.value.includes("=?") ? decodeWords(field.value) : field.value;
        return { ...field, readable: readable === field.value ? null : readable };
      });
    },
  });
  if (error !== null) return <ProblemAlert problem={problemOf(error)} />;
  if (data === undefined) return <Skeleton className="efs-late" height={160} aria-hidden />;
  const wanted = words.trim().toLowerCase();
  const shown = data.filter(({ name, value, readable }) =>
    `${name}: ${value} ${readable ?? ""}`.toLowerCase().includes(wanted),
  );
  return (
    <Stack gap="sm">
      <TextInput
        size="xs"
        w={280}
        type="search"
        value={words}
        onChange={({ currentTarget }) => setWords(currentTarget.value)}
        placeholder={t("messages.headers.search")}
        aria-label={t("messages.headers.search")}
        leftSection={<Search size={14} aria-hidden />}
      />
      {shown.length === 0 ? (
        <Text size="sm">{t("messages.headers.none")}</Text>
      ) : (
        <Table verticalSpacing={4} layout="fixed">
          <Table.Thead>
            <Table.Tr>
              <Table.Th w={170}>{t("messages.headers.name")}</Table.Th>
              <Table.Th>{t("messages.headers.value")}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {shown.map(({ name, value, readable }, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: names repeat
              <Table.Tr key={index} style={{ verticalAlign: "top", overflowWrap: "anywhere" }}>
                <Table.Td fz="xs" fw={600}>
                  {name}
                </Table.Td>
                <Table.Td className="efs-mono">
                  {readable ?? value}
                  {readable !== null && (
                    <Text size="xs" c="dimmed" className="efs-mono">
                      {value}
                    </Text>
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Stack>
  );
}
