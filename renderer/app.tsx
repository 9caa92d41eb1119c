import { MantineProvider } from "@mantine/core";
import { ModalsProvider } from "@mantine/modals";
import { Notifications } from "@mantine/notifications";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { type ComponentType, lazy, type ReactNode, Suspense, useState } from "react";
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

const programs: Readonly<Record<PageName, () => Promise<ComponentType>>> = {
  log: async () => (await import("./tabs/log.tsx")).LogPage,
  inbox: async () => (await import("./folders/folder-pages.tsx")).InboxPage,
  errors: async () => (await import("./folders/folder-pages.tsx")).ErrorsPage,
  junk: async () => (await import("./folders/folder-pages.tsx")).JunkPage,
  backup: async () => (await import("./folders/folder-pages.tsx")).BackupPage,
  history: async () => (await import("./history/history-page.tsx")).HistoryPage,
  pop3: async () => (await import("./tabs/pop3.tsx")).Pop3Page,
  smtp: async () => (await import("./tabs/smtp.tsx")).SmtpPage,
  domains: async () => (await import("./tabs/domains.tsx")).DomainsPage,
  headers: async () => (await import("./tabs/headers.tsx")).HeadersPage,
  aliases: async () => (await import("./tabs/aliases.tsx")).AliasesPage,
  users: async () => (await import("./tabs/users.tsx")).UsersPage,
  schedule: async () => (await import("./tabs/schedule.tsx")).SchedulePage,
  control: async () => (await import("./tabs/control.tsx")).ControlPage,
  steps: async () => (await import("./tabs/steps.tsx")).StepsPage,
  advanced: async () => (await import("./tabs/advanced.tsx")).AdvancedPage,
  diagnose: async () => (await import("./tabs/diagnose.tsx")).DiagnosePage,
  about: async () => (await import("./tabs/about.tsx")).AboutPage,
};

/** The same one each time: another would lose what was done on the page. */
const pages = new Map<PageName, ComponentType>();

/**
 * The page that the address names is there when this resolves, or cannot be had now. React shows what it has to wait for
 * a third of a second later than it is there, so it is better to begin with it.
 */
export async function fetchPage(path: string): Promise<void> {
  const page = allPages.find((each) => path === each.path || path.startsWith(`${each.path}/`));
  if (page === undefined || pages.has(page.name)) return;
  try {
    pages.set(page.name, await programs[page.name]());
  } catch {
    // The page itself says so.
  }
}

function pageOf(name: PageName): ComponentType {
  const page = pages.get(name) ?? lazy(async () => ({ default: await programs[name]() }));
  pages.set(name, page);
  return page;
}

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
  const First = pageOf("log");
  return (
    <Frame>
      <Switch>
        {allPages.map(({ name, path }) => {
          const PageOf = pageOf(name);
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
            <First />
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
