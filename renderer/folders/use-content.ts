/** What a message holds, read in the page: fetched in pieces, taken apart when somebody wants to see it. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTransport } from "../transport/transport-context.tsx";
import { fetchOctets, joined, SHOWN_BYTES } from "./octets.ts";
import type { MessageContent } from "./read-content.ts";

export type ContentState =
  | { readonly kind: "too-large" }
  | { readonly kind: "reading"; readonly octets: number; readonly stop: () => void }
  | { readonly kind: "stopped"; readonly start: () => void }
  | { readonly kind: "failed"; readonly error: Error }
  | { readonly kind: "ready"; readonly content: MessageContent };

export function useContent(queueId: string, size: number): ContentState {
  const transport = useTransport();
  const client = useQueryClient();
  const [octets, setOctets] = useState(0);
  const [wanted, setWanted] = useState(true);
  const tooLarge = size > SHOWN_BYTES;
  const queryKey = ["message-content", queueId];
  const { data, error } = useQuery({
    queryKey,
    enabled: wanted && !tooLarge,
    staleTime: Number.POSITIVE_INFINITY,
    // Large things do not stay long.
    gcTime: 30_000,
    structuralSharing: false,
    queryFn: async ({ signal }) => {
      const pieces = await fetchOctets(
        (offset, length) => transport.call("message-piece", { queueId, offset, length }),
        { signal, onProgress: setOctets },
      );
      const { readContent } = await import("./read-content.ts");
      return readContent(joined(pieces));
    },
  });
  if (tooLarge) return { kind: "too-large" };
  if (data !== undefined) return { kind: "ready", content: data };
  if (error !== null) return { kind: "failed", error };
  if (!wanted) return { kind: "stopped", start: () => setWanted(true) };
  return {
    kind: "reading",
    octets,
    stop() {
      setWanted(false);
      void client.cancelQueries({ queryKey });
    },
  };
}
