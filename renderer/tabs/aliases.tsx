import { useRef } from "react";
import { AddressingPage } from "./addressing/addressing-page.tsx";
import { AliasTable, type AliasTableHandle } from "./addressing/alias-table.tsx";
import { ClassicList } from "./addressing/classic-list.tsx";

export function AliasesPage() {
  const table = useRef<AliasTableHandle>(null);
  return (
    <AddressingPage name="aliases" sections={["aliases"]}>
      <AliasTable ref={table} />
      <ClassicList list="aliases" onTake={(aliases) => table.current?.take(aliases)} />
    </AddressingPage>
  );
}
