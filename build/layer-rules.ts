/**
 * Who may import whom, as data. The reasons are in core/README.md.
 *
 * 1. Everything is forbidden that is not listed here; a folder or a package nobody has thought of is an error.
 * 2. The longest folder that holds a file decides.
 */
export interface LayerRule {
  /** A folder, or one file. */
  readonly place: string;
  /** Folders and files of the project that it may import besides itself. */
  readonly imports: readonly string[];
  /** Node's own modules. */
  readonly builtins: boolean;
  /** What is told to whoever breaks it. */
  readonly rule: string;
}

export interface LayerRules {
  readonly layers: readonly LayerRule[];
  /** Every package of package.json, with the places that may import it; none: a tool that nothing imports. */
  readonly packages: Readonly<Record<string, readonly string[]>>;
}

const SHARED = ["core/model", "core/wire", "core/util"];
export const STAGES: readonly string[] = ["collect", "envelope", "policy", "spool", "deliver", "outcome"];
const SERVICES = ["schedule", "lists", "explain", "transcript", "log", "settings", "diagnose"];
const EVERYTHING = ["core", "electron", "renderer", "build", "test"];

const stageRule = (name: string): LayerRule => ({
  place: `core/${name}`,
  imports: SHARED,
  builtins: true,
  rule: "a stage imports only core/model, core/wire, core/util and itself, never another stage",
});

const serviceRule = (name: string): LayerRule => ({
  place: `core/${name}`,
  imports: SHARED,
  builtins: true,
  rule: "a service imports only core/model, core/wire, core/util and itself",
});

const compositionRule = (place: string): LayerRule => ({
  place,
  imports: [
    "core/gateway.ts",
    "core/gateway",
    ...SHARED,
    ...[...STAGES, ...SERVICES].map((name) => `core/${name}`),
  ],
  builtins: true,
  rule: "the gateway joins stages and services, and knows no host (core/headless, core/api, electron, renderer)",
});

const HOST_IMPORTS = [
  "core/gateway.ts",
  "core/set-up.ts",
  "core/api",
  ...SHARED,
  ...SERVICES.map((name) => `core/${name}`),
];

export const layerRules: LayerRules = {
  layers: [
    {
      place: "core/model",
      imports: ["core/util"],
      builtins: true,
      rule: "core/model imports only itself and core/util",
    },
    {
      place: "core/util",
      imports: ["core/model"],
      builtins: true,
      rule: "core/util imports only itself and core/model",
    },
    {
      place: "core/wire",
      imports: ["core/model", "core/util"],
      builtins: true,
      rule: "core/wire imports only core/model, core/util and itself",
    },
    ...STAGES.map(stageRule),
    ...SERVICES.map(serviceRule),
    compositionRule("core/gateway.ts"),
    compositionRule("core/gateway"),
    compositionRule("core/set-up.ts"),
    {
      place: "core/api",
      imports: ["core/model", "core/util", "core/settings", "core/explain", "core/transcript"],
      builtins: true,
      rule: "core/api imports only core/model, core/util, core/settings, core/explain, core/transcript and itself",
    },
    {
      place: "core/api/contract.ts",
      imports: ["core/model"],
      builtins: false,
      rule: "the contract is for the pages too: it imports only core/model, and nothing of Node",
    },
    {
      place: "core/headless",
      imports: HOST_IMPORTS,
      builtins: true,
      rule: "a host holds the gateway; it imports no stage, and none of core/gateway's parts",
    },
    {
      place: "core/headless/run-import.ts",
      imports: [...HOST_IMPORTS, "core/headless", "core/spool/data-directory.ts"],
      builtins: true,
      rule: "a first import takes the lock of a data folder that has no gateway yet; nothing else of the spool",
    },
    {
      place: "core/headless/run-resolve.ts",
      imports: [...HOST_IMPORTS, "core/headless", "core/gateway/resolve-message.ts"],
      builtins: true,
      rule: "who would get a message is asked without a gateway and without a data folder; nothing else of core/gateway",
    },
    {
      place: "electron",
      imports: [
        ...HOST_IMPORTS,
        // The command line, for those who have the app only; where the data is, and who owns it; faults.
        "core/headless/run-efs.ts",
        "core/headless/exit-code.ts",
        "core/headless/data-path.ts",
        "core/headless/api-client.ts",
        "core/headless/wire-value.ts",
        "core/headless/endpoint-file.ts",
        "core/headless/fault-log.ts",
        "core/headless/program-version.ts",
        // Without a keychain, and for what the command line has sealed.
        "core/headless/key-file-secrets.ts",
        // The same checks and headers for the same pages.
        "core/headless/page-files.ts",
        "core/headless/security-headers.ts",
        // The page's side of the contract, which knows no page: the bridge's type, and the way to another's gateway.
        "renderer/transport/desktop-bridge.ts",
        "renderer/transport/socket-transport.ts",
      ],
      builtins: true,
      rule: "a host holds the gateway; it imports no stage, none of core/gateway's parts, and of core/headless only what is listed",
    },
    {
      place: "electron/preload.ts",
      imports: [
        "core/model",
        "core/api/contract.ts",
        "electron/preload-bridge.ts",
        "electron/page-messages.ts",
        "renderer/transport/desktop-bridge.ts",
      ],
      builtins: false,
      rule: "the preload script is sandboxed and small: its bridge, names and types, nothing of Node",
    },
    {
      place: "renderer",
      imports: ["core/model", "core/api/contract.ts"],
      builtins: false,
      rule: "the pages import only core/model and core/api/contract.ts, and nothing of Node",
    },
    { place: "build", imports: [], builtins: true, rule: "build scripts import only each other" },
    {
      place: "test",
      imports: EVERYTHING,
      builtins: true,
      rule: "tests may import everything in the project",
    },
    {
      place: "vitest.config.ts",
      imports: [],
      builtins: true,
      rule: "configuration imports nothing of the project",
    },
  ],
  packages: {
    commander: ["core/headless"],
    "email-addresses": ["core/wire", "core/envelope"],
    fastify: ["core/headless"],
    "@fastify/static": ["core/headless"],
    "@fastify/websocket": ["core/headless"],
    lowdb: ["core/settings"],
    // Its own reply reader loses mail; one file keeps it behind ours.
    "node-pop3": ["core/collect/pop3-client.ts"],
    nodemailer: ["core/deliver", "core/envelope", "core/outcome"],
    pino: ["core/log"],
    "smtp-server": ["test"],
    zod: [
      "core/model",
      "core/settings",
      "core/spool",
      "core/gateway",
      "core/api",
      "core/headless",
      "electron",
      "renderer",
    ],
    react: ["renderer", "test"],
    "@mantine/charts": ["renderer"],
    "@mantine/core": ["renderer"],
    "@mantine/form": ["renderer"],
    "@mantine/hooks": ["renderer"],
    "@mantine/modals": ["renderer"],
    "@mantine/notifications": ["renderer"],
    "@tanstack/react-query": ["renderer"],
    "@tanstack/react-virtual": ["renderer"],
    i18next: ["renderer"],
    "react-i18next": ["renderer"],
    "lucide-react": ["renderer"],
    "postal-mime": ["renderer"],
    dompurify: ["renderer"],
    wouter: ["renderer"],
    // What @mantine/charts draws with.
    recharts: ["renderer"],
    "@vitejs/plugin-react": ["build"],
    "@axe-core/playwright": ["test"],
    "react-dom": ["renderer", "test"],
    // The double of the tests takes its types.
    electron: ["electron", "test/desktop"],
    "fast-check": ["test"],
    vitest: ["test", "vitest.config.ts"],
    vite: ["build"],
    // build: draws the icons.
    playwright: ["build", "test"],
    "@playwright/test": ["test"],
    "@biomejs/biome": [],
    "@vitest/coverage-v8": [],
    "electron-builder": [],
    "electron-updater": ["electron/updater.ts"],
    node: [],
    typescript: [],
  },
};
