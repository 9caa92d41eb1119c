import type { WireResult } from "../api/contract.ts";
import { ProblemError } from "../model/problem.ts";

/** The value of a call that went well; its problem thrown as ProblemError otherwise. */
export function wireValue<Value>(result: WireResult<Value>): Value {
  if ("error" in result) throw new ProblemError(result.error);
  return result.ok;
}
