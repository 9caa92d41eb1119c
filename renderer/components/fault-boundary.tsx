import { Button, Group } from "@mantine/core";
import { Component, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { problemOf } from "../state/calls.ts";
import { ProblemAlert } from "./problem-alert.tsx";

/** A fault of one page leaves the others usable. `place`: another page is a new try. */
export class FaultBoundary extends Component<
  { readonly place: string; readonly children: ReactNode },
  { readonly fault: unknown; readonly place: string }
> {
  override state = { fault: null as unknown, place: this.props.place };

  static getDerivedStateFromError(fault: unknown) {
    return { fault };
  }

  static getDerivedStateFromProps(props: { readonly place: string }, state: { readonly place: string }) {
    return props.place === state.place ? null : { fault: null, place: props.place };
  }

  override render(): ReactNode {
    if (this.state.fault === null) return this.props.children;
    return <Fault fault={this.state.fault} />;
  }
}

function Fault({ fault }: { readonly fault: unknown }) {
  const { t } = useTranslation();
  return (
    <ProblemAlert problem={problemOf(fault)}>
      <Group>
        <Button size="xs" variant="default" onClick={() => window.location.reload()}>
          {t("frame.reload")}
        </Button>
      </Group>
    </ProblemAlert>
  );
}
