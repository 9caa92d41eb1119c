import { createContext, useContext, useSyncExternalStore } from "react";
import type {
  CommandInput,
  CommandName,
  CommandResults,
  ConnectionState,
  Transport,
} from "../../core/api/contract.ts";
import { ProblemError } from "../../core/model/problem.ts";

const TransportContext = createContext<Transport | null>(null);

export const TransportProvider = TransportContext.Provider;

export function useTransport(): Transport {
  const transport = useContext(TransportContext);
  if (transport === null) throw new Error("there is no transport above this component");
  return transport;
}

export function useConnection(): ConnectionState {
  const { connection } = useTransport();
  return useSyncExternalStore((changed) => connection.onChange(changed), connection.current);
}

/** As promises for react-query: rejects with ProblemError. */
export async function callValue<Name extends CommandName>(
  transport: Transport,
  name: Name,
  input: CommandInput<Name>,
): Promise<CommandResults[Name]> {
  const result = await transport.call(name, input);
  if ("error" in result) throw new ProblemError(result.error);
  return result.ok;
}
