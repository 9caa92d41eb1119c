/** The icons that are committed: every size and state is there, and the containers hold what they say. */
import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const icons = new URL("../../build/icons/", import.meta.url);
const read = (path: string): Promise<Buffer> => readFile(fileURLToPath(new URL(path, icons)));

const SIZES = [16, 24, 32, 48, 64, 128, 256, 512, 1024];
const STATES = ["idle", "working", "paused", "attention"];

/** Width and height of a PNG image (its IHDR). */
const dimensions = (png: Buffer): readonly [number, number] => {
  expect(png.toString("latin1", 1, 4)).toBe("PNG");
  return [png.readUInt32BE(16), png.readUInt32BE(20)];
};

test("each size as a PNG image", async () => {
  for (const size of SIZES) expect(dimensions(await read(`png/${size}x${size}.png`))).toEqual([size, size]);
});

test("icon.ico: 16 to 256, each image where and as large as said", async () => {
  const file = await read("icon.ico");
  const images = Array.from({ length: file.readUInt16LE(4) }, (_, index) => {
    const at = 6 + 16 * index;
    const [length, offset] = [file.readUInt32LE(at + 8), file.readUInt32LE(at + 12)];
    const size = file.readUInt8(at) || 256;
    return { size, of: dimensions(file.subarray(offset, offset + length)), end: offset + length };
  });
  expect(images.map(({ size, of }) => [size, ...of])).toEqual(
    SIZES.filter((size) => size <= 256).map((size) => [size, size, size]),
  );
  expect(images.at(-1)?.end).toBe(file.length);
});

test("icon.icns: its types, each with an image of its size", async () => {
  const file = await read("icon.icns");
  expect([file.toString("latin1", 0, 4), file.readUInt32BE(4)]).toEqual(["icns", file.length]);
  const found: Record<string, number> = {};
  for (let at = 8; at < file.length; at += file.readUInt32BE(at + 4)) {
    found[file.toString("latin1", at, at + 4)] = dimensions(file.subarray(at + 8))[0];
  }
  expect(found).toEqual({
    ic11: 32,
    ic12: 64,
    ic07: 128,
    ic13: 256,
    ic08: 256,
    ic14: 512,
    ic09: 512,
    ic10: 1024,
  });
});

test("the tray has each state for light and dark bars and for macOS, in each density; no two look the same", async () => {
  const densities = { "": 16, "@1.25x": 20, "@1.5x": 24, "@2x": 32 };
  const wanted = STATES.flatMap((state) => [
    ...Object.entries(densities).flatMap(([density, size]) => [
      [`tray-${state}-light${density}.png`, size] as const,
      [`tray-${state}-dark${density}.png`, size] as const,
    ]),
    [`tray-${state}Template.png`, 16] as const,
    [`tray-${state}Template@2x.png`, 32] as const,
  ]);
  const folder = await readdir(fileURLToPath(new URL("tray/", icons)));
  expect(folder.sort()).toEqual(wanted.map(([name]) => name).sort());
  const images = new Map<string, Buffer>();
  for (const [name, size] of wanted) {
    const image = await read(`tray/${name}`);
    expect(dimensions(image)).toEqual([size, size]);
    images.set(name, image);
  }
  const light = STATES.map((state) => images.get(`tray-${state}-light.png`)?.toString("base64"));
  expect(new Set(light).size).toBe(STATES.length);
});

test("the pages show the same icon", async () => {
  expect(await read("../../renderer/public/icon.svg")).toEqual(await read("app.svg"));
});
