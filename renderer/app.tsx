import { MantineProvider } from "@mantine/core";
import { ModalsProvider } from "@mantine/modals";
import { Notifications } from "@mantine/notifications";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { lazy, type ReactNode, Suspense, useState } from "react";
import { Route, Router, Switch, useLocation } from "wouter";
import type { Transport } from "../core/api/contract.ts";
import { FaultBoundary } from "./components/fault-boundary.tsx";
import { ProblemAlert } from "./components/problem-alert.tsx";
import { ConnectionBanner } from "./frame/connection-banner.tsx";
import { Frame } from "./frame/frame.tsx";
import type { PageName } from "./frame/pages.ts";
import { allPages } from "./frame/pages.ts";
import { problemOf, useCall } from "./state/calls.ts";
import { useGuardedLocation } from "./state/leave-guard.ts";
import { cssVariables, theme } from "./theme.ts";
import { TransportProvider } from "./transport/transport-context.tsx";

const pages: Readonly<Record<PageName, ReturnType<typeof lazy>>> = {
  log: lazy(async () => ({ default: (await import("./tabs/log.tsx")).LogPage })),
  inbox: lazy(async () => ({ default: (await import("./folders/folder-pages.tsx")).InboxPage })),
  errors: lazy(async () => ({ default: (await import("./folders/folder-pages.tsx")).ErrorsPage })),
  junk: lazy(async () => ({ default: (await import("./folders/folder-pages.tsx")).JunkPage })),
  backup: lazy(async () => ({ default: (await import("./folders/folder-pages.tsx")).BackupPage })),
  history: lazy(async () => ({ default: (await import("./history/history-page.tsx")).HistoryPage })),
  pop3: lazy(async () => ({ default: (await import("./tabs/pop3.tsx")).Pop3Page })),
  smtp: lazy(async () => ({ default: (await import("./tabs/smtp.tsx")).SmtpPage })),
  domains: lazy(async () => ({ default: (await import("./tabs/domains.tsx")).DomainsPage })),
  headers: lazy(async () => ({ default: (await import("./tabs/headers.tsx")).HeadersPage })),
  aliases: lazy(async () => ({ default: (await import("./tabs/aliases.tsx")).AliasesPage })),
  users: lazy(async () => ({ default: (await import("./tabs/users.tsx")).UsersPage })),
  schedule: lazy(async () => ({ default: (await import("./tabs/schedule.tsx")).SchedulePage })),
  control: lazy(async () => ({ default: (await import("./tabs/control.tsx")).ControlPage })),
  steps: lazy(async () => ({ default: (await import("./tabs/steps.tsx")).StepsPage })),
  advanced: lazy(async () => ({ default: (await import("./tabs/advanced.tsx")).AdvancedPage })),
  diagnose: lazy(async () => ({ default: (await import("./tabs/diagnose.tsx")).DiagnosePage })),
  about: lazy(async () => ({ default: (await import("./tabs/about.tsx")).AboutPage })),
};
const DetailWindow = lazy(async () => ({
  default: (await import("./detail-window/detail-window.tsx")).DetailWindow,
}));
const Assistant = lazy(async () => ({ default: (await import("./assistant/assistant.tsx")).Assistant }));

export function App({ transport }: { readonly transport: Transport }) {
  const [client] = useState(
    () =>
      new QueryClient({
        defaultOptions: { queries: { retry: false, staleTime: 1_000, refetchOnWindowFocus: true } },
      }),
  );
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      defaultColorScheme="auto"
      getStyleNonce={styleNonce}
    >
      <TransportProvider value={transport}>
        <QueryClientProvider client={client}>
          <ModalsProvider>
            {/* In the middle: on the right they would lie over the button Save. */}
            <Notifications position="bottom-center" limit={4} />
            <Router hook={useGuardedLocation}>
              <Switch>
                <Route path="/detail">
                  <Loading>
                    <DetailWindow />
                  </Loading>
                </Route>
                <Route>
                  <Office />
                </Route>
              </Switch>
            </Router>
          </ModalsProvider>
        </QueryClientProvider>
      </TransportProvider>
    </MantineProvider>
  );
}

/** The assistant while there are no settings, the pages afterwards. */
function Office() {
  const { data: hello, error } = useCall("hello", {}, { staleTime: Number.POSITIVE_INFINITY, retry: 3 });
  if (hello === undefined) {
    return (
      <>
        <ConnectionBanner />
        {error && <ProblemAlert problem={problemOf(error)} />}
      </>
    );
  }
  if (hello.state === "set-up") {
    return (
      <Loading>
        <Assistant />
      </Loading>
    );
  }
  return (
    <Frame>
      <Switch>
        {allPages.map(({ name, path }) => {
          const PageOf = pages[name];
          return (
            <Route key={name} path={name === "log" ? "/" : `${path}/*?`}>
              <Loading>
                <PageOf />
              </Loading>
            </Route>
          );
        })}
        <Route>
          <Loading>
            <pages.log />
          </Loading>
        </Route>
      </Switch>
    </Frame>
  );
}

/** Pages come within milliseconds from this computer: nothing is shown until then. */
function Loading({ children }: { readonly children: ReactNode }) {
  const [location] = useLocation();
  return (
    <FaultBoundary place={location}>
      <Suspense fallback={null}>{children}</Suspense>
    </FaultBoundary>
  );
}

function styleNonce(): string {
  return document.querySelector<HTMLMetaElement>("meta[name='style-nonce']")?.content ?? "";
}
