/** One accent, a calm blue; green, amber and red only for state. 14 px base, 4 px grid, compact. */
import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from "@mantine/core";
import i18next from "i18next";

const calm: MantineColorsTuple = [
  "#eef5fc",
  "#dbe8f6",
  "#b3cfec",
  "#88b4e2",
  "#659dd9",
  "#4d8ed4",
  "#3f86d2",
  "#2b6cb0",
  "#235f9f",
  "#12518d",
];

const SYSTEM_FONTS =
  'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "DejaVu Sans", Arial, sans-serif';

/** For screen readers: the cross has a name, and a dialogue's heading is no second banner of the page. */
const overlay = {
  closeButtonProps: {
    get "aria-label"(): string {
      return i18next.t("frame.close");
    },
  },
  attributes: { header: { role: "none" } },
};

export const theme = createTheme({
  primaryColor: "calm",
  primaryShade: 7,
  colors: { calm },
  fontFamily: SYSTEM_FONTS,
  fontFamilyMonospace: 'ui-monospace, "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace',
  fontSizes: { xs: "12px", sm: "13px", md: "14px", lg: "16px", xl: "20px" },
  spacing: { xs: "8px", sm: "12px", md: "16px", lg: "24px", xl: "32px" },
  defaultRadius: "sm",
  headings: {
    fontWeight: "600",
    sizes: { h1: { fontSize: "22px" }, h2: { fontSize: "16px" }, h3: { fontSize: "14px" } },
  },
  respectReducedMotion: true,
  components: {
    TextInput: { defaultProps: { size: "sm" } },
    Tooltip: { defaultProps: { withArrow: true, openDelay: 300, multiline: true, maw: 320 } },
    // The colour's own shade is too faint for words on its tint.
    Alert: { styles: { title: { color: "var(--mantine-color-text)" } } },
    Notification: { defaultProps: { closeButtonProps: overlay.closeButtonProps } },
    // Nothing scrolls behind them, and locking would put a style element into the page that its policy forbids.
    Modal: {
      defaultProps: { ...overlay, centered: true, lockScroll: false, transitionProps: { duration: 120 } },
    },
    Drawer: { defaultProps: { ...overlay, lockScroll: false, transitionProps: { duration: 120 } } },
    // They are no banners of the page, of which there is one.
    ModalHeader: { defaultProps: { role: "presentation" } },
    DrawerHeader: { defaultProps: { role: "presentation" } },
    Menu: { defaultProps: { transitionProps: { duration: 100 } } },
  },
});

const ERROR = { "--mantine-color-error": "var(--efs-bad)" };

/** Mantine's own are a little too faint for 4.5:1. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: { "--mantine-color-dimmed": "#5b6470", "--mantine-color-placeholder": "#6b7480", ...ERROR },
  dark: { "--mantine-color-dimmed": "#a6adb8", "--mantine-color-placeholder": "#9aa2ad", ...ERROR },
});
