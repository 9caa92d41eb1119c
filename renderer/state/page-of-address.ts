/** Whether two addresses are of one page: `/pop3` and `/pop3/office`. Pure. */
export function isSamePage(one: string, other: string): boolean {
  return firstPart(one) === firstPart(other);
}

function firstPart(address: string): string {
  return address.split(/[/?#]/)[1] ?? "";
}
