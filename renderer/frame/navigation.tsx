/** The tabs on the left: three groups, counts as badges; folded to icons on request or where there is little room. */
import {
  ActionIcon,
  Badge,
  Box,
  Divider,
  Indicator,
  NavLink,
  ScrollArea,
  Stack,
  Text,
  Tooltip,
} from "@mantine/core";
import { useLocalStorage, useMediaQuery } from "@mantine/hooks";
import { PanelLeftClose, PanelLeftOpen } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "wouter";
import { formatNumber } from "../state/format.ts";
import { useActivity, useStatus } from "../state/status.ts";
import { type PageEntry, pageGroups } from "./pages.ts";

/** A window that is smaller than the smallest one, or a large zoom. */
const NARROW = "(max-width: 860px)";

export function Navigation() {
  const { t } = useTranslation();
  const narrow = useMediaQuery(NARROW, window.matchMedia(NARROW).matches);
  const [chosen, setFolded] = useLocalStorage<boolean | null>({
    key: "efs.navigation-folded",
    defaultValue: null,
    getInitialValueInEffect: false,
  });
  // Where there is little room, it is folded whatever was chosen; opened there, only until the next page.
  const [opened, setOpened] = useState(false);
  const [location] = useLocation();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page is what closes it
  useEffect(() => setOpened(false), [location]);
  const folded = narrow ? !opened : (chosen ?? false);
  const fold = (): void => (narrow ? setOpened(folded) : setFolded(!folded));
  const folders = useStatus()?.folders;
  // Reported messages stay for weeks; those of today are news.
  const news = (useActivity()?.today.errors ?? 0) > 0;
  return (
    <Box
      component="nav"
      aria-label={t("frame.navigation")}
      w={folded ? 60 : 220}
      style={{
        flex: "none",
        background: "var(--efs-surface)",
        borderRight: "1px solid var(--efs-line)",
        display: "flex",
        flexDirection: "column",
      }}
    >
      <ScrollArea flex={1} type="auto" scrollbarSize={6}>
        <Stack gap={2} p="xs">
          {pageGroups.map(({ group, pages }, index) => (
            <Box key={group}>
              {index > 0 && <Divider my={4} />}
              {!folded && (
                <Text size="xs" c="dimmed" fw={600} px={10} pb={2}>
                  {t(`frame.groups.${group}`)}
                </Text>
              )}
              {pages.map((page) => (
                <PageLink
                  key={page.name}
                  page={page}
                  folded={folded}
                  count={page.folder === undefined ? 0 : (folders?.[page.folder] ?? 0)}
                  loud={page.folder === "Errors" && news}
                />
              ))}
            </Box>
          ))}
        </Stack>
      </ScrollArea>
      <Box p={6} style={{ borderTop: "1px solid var(--efs-line)" }}>
        <Tooltip label={folded ? t("frame.unfold") : t("frame.fold")} position="right">
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={folded ? t("frame.unfold") : t("frame.fold")}
            onClick={fold}
          >
            {folded ? <PanelLeftOpen size={16} aria-hidden /> : <PanelLeftClose size={16} aria-hidden />}
          </ActionIcon>
        </Tooltip>
      </Box>
    </Box>
  );
}

function PageLink({
  page: { name, path, icon: Icon },
  folded,
  count,
  loud,
}: {
  readonly page: PageEntry;
  readonly folded: boolean;
  /** Messages in its folder. */
  readonly count: number;
  readonly loud: boolean;
}) {
  const { t } = useTranslation();
  const [location] = useLocation();
  const active = path === "/" ? location === "/" : location === path || location.startsWith(`${path}/`);
  const label = t(`pages.${name}`);
  const link = useRef<HTMLAnchorElement>(null);
  useEffect(() => {
    if (active) bringIntoSight(link.current);
  }, [active]);
  const messages = t("frame.messages", { count, number: formatNumber(count) });
  const badge =
    count === 0 ? null : (
      <Badge
        size="sm"
        variant={loud ? "filled" : "light"}
        color={loud ? "red.8" : "gray"}
        className="efs-numbers"
        style={loud ? undefined : { color: "var(--mantine-color-text)" }}
        aria-label={messages}
      >
        {formatNumber(count)}
      </Badge>
    );
  return (
    <Tooltip label={count === 0 ? label : `${label}: ${messages}`} position="right" disabled={!folded}>
      <NavLink
        component={Link}
        href={path}
        active={active}
        aria-current={active ? "page" : undefined}
        aria-label={folded ? (count === 0 ? label : `${label}, ${messages}`) : undefined}
        label={folded ? undefined : label}
        leftSection={
          <Indicator size={8} offset={1} color="red.8" disabled={!folded || !loud || count === 0}>
            <Icon size={16} aria-hidden style={{ display: "block" }} />
          </Indicator>
        }
        rightSection={folded ? undefined : badge}
        py={3}
        ref={link}
        px={10}
        style={{ borderRadius: "var(--mantine-radius-sm)" }}
        styles={folded ? { section: { margin: 0 } } : {}}
      />
    </Tooltip>
  );
}

/** Not `scrollIntoView`, after which the first Tab would begin at the link instead of at the top of the page. */
function bringIntoSight(link: HTMLElement | null): void {
  const area = link?.closest(".mantine-ScrollArea-viewport");
  if (link === null || area === null || area === undefined) return;
  const [inner, outer] = [link.getBoundingClientRect(), area.getBoundingClientRect()];
  const missing = Math.max(0, inner.bottom - outer.bottom) - Math.max(0, outer.top - inner.top);
  area.scrollBy(0, missing);
}
