/** The two files in which Windows and macOS keep an icon in several sizes; both hold PNG images as they are. */

/** Images by their width, up to 256. Microsoft's ICONDIR: little-endian, 0 stands for 256. */
export function ico(images: ReadonlyMap<number, Buffer>): Buffer {
  const head = Buffer.alloc(6 + 16 * images.size);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(images.size, 4);
  let at = 6;
  let offset = head.length;
  for (const [size, image] of images) {
    head.writeUInt8(size % 256, at);
    head.writeUInt8(size % 256, at + 1);
    head.writeUInt16LE(1, at + 4);
    head.writeUInt16LE(32, at + 6);
    head.writeUInt32LE(image.length, at + 8);
    head.writeUInt32LE(offset, at + 12);
    at += 16;
    offset += image.length;
  }
  return Buffer.concat([head, ...images.values()]);
}

/** Type by type: the plain sizes, and those for twice as dense screens. 16 at single density macOS makes itself. */
const ICNS_TYPES = {
  ic11: 32,
  ic12: 64,
  ic07: 128,
  ic13: 256,
  ic08: 256,
  ic14: 512,
  ic09: 512,
  ic10: 1024,
};

/** Images by their width: 32 to 1024. Big-endian; each length counts its own eight octets. */
export function icns(images: ReadonlyMap<number, Buffer>): Buffer {
  const parts = Object.entries(ICNS_TYPES).map(([type, size]) => {
    const image = images.get(size);
    if (image === undefined) throw new Error(`An image of ${size} pixels is missing.`);
    return chunk(type, image);
  });
  return chunk("icns", Buffer.concat(parts));
}

function chunk(type: string, content: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.write(type, "latin1");
  head.writeUInt32BE(8 + content.length, 4);
  return Buffer.concat([head, content]);
}
