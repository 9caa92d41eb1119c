/** Bundles the pages into `out/renderer`, from which `efs serve` and the desktop app show them. */
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const below = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));

export default defineConfig({
  root: below("renderer"),
  base: "/",
  plugins: [react()],
  build: {
    outDir: below("out/renderer"),
    emptyOutDir: true,
    target: "es2023",
    // `light-dark()` stays as it is.
    cssTarget: ["chrome130", "firefox130", "safari18"],
    // A helper script inside the page would break the content security policy; every browser here knows modules.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 900,
  },
});
