/** What the system offers an app: screen, keychain, dialogs, tray, notifications, menus. See `electron.ts`. */
import { createCipheriv, createDecipheriv, createHash } from "node:crypto";
import { EventEmitter } from "node:events";
import { existsSync } from "node:fs";
import type {
  Dialog,
  MenuItemConstructorOptions,
  NativeImage,
  Net,
  SafeStorage,
  Screen,
  Shell,
} from "electron";

const WORK_AREA = { x: 0, y: 0, width: 1_920, height: 1_040 };
const display = { id: 1, workArea: WORK_AREA } as ReturnType<Screen["getPrimaryDisplay"]>;

export const screen = {
  getPrimaryDisplay: () => display,
  getAllDisplays: () => [display],
} satisfies Pick<Screen, "getPrimaryDisplay" | "getAllDisplays">;

export const nativeTheme = Object.assign(new EventEmitter(), {
  shouldUseDarkColors: false,
  shouldUseDarkColorsForSystemIntegratedUI: false,
});
export const powerMonitor = new EventEmitter();
export const net = { isOnline: () => true } satisfies Pick<Net, "isOnline">;

export const shell = { openExternal: async () => undefined } satisfies Pick<Shell, "openExternal">;

export const dialog = {
  showMessageBox: async () => ({ response: 0, checkboxChecked: false }),
  showErrorBox: (title, content) => {
    process.stderr.write(`${title}\n${content}\n`);
  },
} satisfies Pick<Dialog, "showMessageBox" | "showErrorBox">;

const keychain = createHash("sha256").update("the keychain of the double").digest();
const nonce = Buffer.alloc(16, 7);

export const safeStorage = {
  isEncryptionAvailable: () => process.env["EFS_DOUBLE_KEYCHAIN"] !== "none",
  getSelectedStorageBackend: () => "gnome_libsecret",
  encryptString(plain) {
    const cipher = createCipheriv("aes-256-cbc", keychain, nonce);
    return Buffer.concat([Buffer.from("v11"), cipher.update(plain, "utf8"), cipher.final()]);
  },
  decryptString(encrypted) {
    if (encrypted.subarray(0, 3).toString() !== "v11")
      throw new Error("Error while decrypting the ciphertext");
    const decipher = createDecipheriv("aes-256-cbc", keychain, nonce);
    return Buffer.concat([decipher.update(encrypted.subarray(3)), decipher.final()]).toString("utf8");
  },
} satisfies Pick<
  SafeStorage,
  "isEncryptionAvailable" | "getSelectedStorageBackend" | "encryptString" | "decryptString"
>;

class ImageDouble {
  setTemplateImage(): void {}
}

export const nativeImage = {
  createFromPath(path: string) {
    if (!existsSync(path)) throw new Error(`no picture ${path}`);
    return new ImageDouble() as unknown as NativeImage;
  },
  createEmpty: () => new ImageDouble() as unknown as NativeImage,
};

export class Tray extends EventEmitter {
  constructor(image: NativeImage) {
    super();
    this.setImage(image);
  }
  setImage(_image: NativeImage): void {}
  setToolTip(_text: string): void {}
  setContextMenu(_menu: Menu): void {}
  destroy(): void {}
}

export class Notification extends EventEmitter {
  static isSupported = (): boolean => true;
  readonly title: string;
  readonly body: string;
  constructor({ title = "", body = "" }: { title?: string; body?: string } = {}) {
    super();
    this.title = title;
    this.body = body;
  }
  show(): void {}
}

interface MenuItemDouble {
  readonly label: string;
  readonly type: string;
  readonly enabled: boolean;
  readonly checked: boolean;
  readonly submenu: Menu | undefined;
  click(): void;
}

let applicationMenu: Menu | null = null;

export class Menu {
  static buildFromTemplate(template: readonly MenuItemConstructorOptions[]): Menu {
    return new Menu(template.map(itemOf));
  }
  static setApplicationMenu(menu: Menu | null): void {
    applicationMenu = menu;
  }
  static getApplicationMenu = (): Menu | null => applicationMenu;
  readonly items: readonly MenuItemDouble[];
  constructor(items: readonly MenuItemDouble[]) {
    this.items = items;
  }
}

function itemOf(options: MenuItemConstructorOptions): MenuItemDouble {
  return {
    label: options.label ?? options.role ?? "",
    type: options.type ?? "normal",
    enabled: options.enabled ?? true,
    checked: options.checked ?? false,
    submenu: Array.isArray(options.submenu) ? Menu.buildFromTemplate(options.submenu) : undefined,
    click: () => (options.click as (() => void) | undefined)?.(),
  };
}
