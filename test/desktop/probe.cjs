/**
 * Loaded into the main process before the app (`-r` of Electron, the double's boot): keeps what the app gave to the
 * system and cannot be read back from it, and offers it, and the user's deeds, as `globalThis.efsProbe`. The same for
 * Electron and for its double.
 */
"use strict";

module.exports = function installProbe(electron) {
  const { app, BrowserWindow, dialog, ipcMain, Menu, nativeImage, Notification, shell, Tray } = electron;
  const seen = { tooltips: [], menu: null, image: null, notices: [], opened: [], dialogs: [], sent: [] };
  const images = new WeakMap();

  wrap(nativeImage, "createFromPath", (image, [path]) => images.set(image, path));
  wrap(Tray.prototype, "setToolTip", (_result, [text]) => {
    if (seen.tooltips.at(-1) !== text) seen.tooltips.push(text);
  });
  wrap(Tray.prototype, "setContextMenu", (_result, [menu]) => {
    seen.menu = menu;
  });
  wrap(Tray.prototype, "setImage", (_result, [image]) => {
    seen.image = images.get(image) ?? null;
  });
  wrap(Notification.prototype, "show", function show() {
    seen.notices.push({ title: this.title, body: this.body });
  });
  shell.openExternal = async (address) => {
    seen.opened.push(address);
  };
  dialog.showMessageBox = async (...args) => {
    seen.dialogs.push(args.at(-1).message);
    return { response: args.at(-1).cancelId ?? 0, checkboxChecked: false };
  };
  app.on("web-contents-created", (_event, contents) => {
    const send = contents.send.bind(contents);
    contents.send = (channel, ...args) => {
      seen.sent.push(JSON.stringify(args));
      send(channel, ...args);
    };
  });

  const windowAt = (path) => {
    const found = BrowserWindow.getAllWindows().find((window) => pathOf(window) === path);
    if (found === undefined) throw new Error(`no window shows ${path}`);
    return found;
  };
  const pathOf = (window) => {
    const address = window.webContents.getURL();
    return address === "" ? "" : new URL(address).pathname;
  };
  const itemsOf = (menu) =>
    (menu?.items ?? []).map(({ label, enabled, checked, type }) =>
      type === "separator" ? "-" : `${checked ? "[x] " : ""}${label}${enabled ? "" : " (not enabled)"}`,
    );

  globalThis.efsProbe = {
    tray: () => ({ tooltip: seen.tooltips.at(-1) ?? null, image: seen.image, menu: itemsOf(seen.menu) }),
    tooltips: () => seen.tooltips,
    clickTray(label) {
      const item = seen.menu.items.find((each) => each.label === label && each.enabled);
      if (item === undefined)
        throw new Error(`the tray's menu has no ${label}: ${itemsOf(seen.menu).join(", ")}`);
      item.click();
    },
    applicationMenu: () =>
      (Menu.getApplicationMenu()?.items ?? []).map(({ label, submenu }) => [label, itemsOf(submenu)]),
    notices: () => seen.notices,
    opened: () => seen.opened,
    dialogs: () => seen.dialogs,
    /** All that was sent to pages, as JSON. */
    sent: () => seen.sent,
    windows: () =>
      BrowserWindow.getAllWindows()
        .map((window) => ({ path: pathOf(window), visible: window.isVisible(), bounds: window.getBounds() }))
        .sort((a, b) => (a.path < b.path ? -1 : 1)),
    closeWindow: (path) => windowAt(path).close(),
    moveWindow: (path, bounds) => windowAt(path).setBounds(bounds),
    crash: (path) => windowAt(path).webContents.forcefullyCrashRenderer(),
    /** A message as if from a frame of the window at `path`: `frame` null is the page itself. Gives the answers. */
    forge(path, channel, message, frame) {
      const sender = windowAt(path).webContents;
      const before = seen.sent.length;
      ipcMain.emit(channel, { sender, senderFrame: frame ?? sender.mainFrame }, message);
      return new Promise((resolve) => {
        // Answers of what needs no server come within a turn or two.
        setTimeout(() => resolve(seen.sent.slice(before).map((text) => JSON.parse(text)[0])), 300);
      });
    },
    power: (event) => electron.powerMonitor.emit(event),
    // A little later: the answer to this has to leave the process first.
    quit: () => void setTimeout(() => app.quit(), 50),
  };

  function wrap(holder, name, after) {
    const original = holder[name];
    holder[name] = function wrapped(...args) {
      const result = original.apply(this, args);
      after.call(this, result, args);
      return result;
    };
  }
};

// Electron itself: loaded with -r, before the app.
if (process.versions.electron !== undefined) module.exports(require("electron"));
