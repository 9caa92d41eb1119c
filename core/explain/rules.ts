/**
 * What servers' answers mean, as data.
 *
 * 1. The first rule of the table that fits decides; so the table's order is its meaning. Words say more than
 *    enhanced codes (RFC 3463, RFC 7504, RFC 7505, RFC 8616 and the vendors' own), those more than the three digits
 *    (RFC 5321 4.2.2). An enhanced code that servers give for anything says less than what the answer is about.
 * 2. Within a rule all given kinds of condition have to hold, and of each kind one is enough.
 * 3. A rule names what a family of servers says, never one sample.
 * 4. Patterns see the text as `answer-facts` prepares it: lower case, addresses as `<@>`, links cut to the host.
 * 5. Each pattern is linear: nothing that repeats stands within something that repeats.
 */
import type { Rule } from "./rule.ts";
import { certainRules } from "./rules-certain.ts";
import { codeRules } from "./rules-codes.ts";
import { partyRules } from "./rules-parties.ts";
import { serverRules } from "./rules-server.ts";

export const rules: readonly Rule[] = [...certainRules, ...partyRules, ...serverRules, ...codeRules];
