/** The verb *call* for components: queries that are kept, and actions. Errors are always a Problem. */
import { type UseQueryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { CommandInput, CommandName, CommandResults } from "../../core/api/contract.ts";
import { type Problem, ProblemError } from "../../core/model/problem.ts";
import { callValue, useTransport } from "../transport/transport-context.tsx";

type QueryOptions<Name extends CommandName> = Omit<
  UseQueryOptions<CommandResults[Name], Error>,
  "queryKey" | "queryFn"
>;

/** Kept under `[name, input]`; `useRefresh` asks again. */
export function useCall<Name extends CommandName>(
  name: Name,
  input: CommandInput<Name>,
  options: QueryOptions<Name> = {},
) {
  const transport = useTransport();
  return useQuery<CommandResults[Name], Error>({
    queryKey: [name, input],
    queryFn: () => callValue(transport, name, input),
    ...options,
  });
}

/** Something that is done once, at a click. `refreshes`: what has to be asked again afterwards. */
export function useAction<Name extends CommandName>(name: Name, refreshes: readonly CommandName[] = []) {
  const transport = useTransport();
  const refresh = useRefresh();
  return useMutation<CommandResults[Name], Error, CommandInput<Name>>({
    mutationFn: (input) => callValue(transport, name, input),
    onSettled: () => refresh(...refreshes),
  });
}

export function useRefresh(): (...names: CommandName[]) => void {
  const client = useQueryClient();
  return (...names) => {
    for (const name of names) void client.invalidateQueries({ queryKey: [name] });
  };
}

export function problemOf(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  return {
    code: "page-fault",
    what: "This is a fault in the page.",
    cure: "Load it again; if it stays, report it.",
    quote: error instanceof Error ? error.message : String(error),
  };
}
