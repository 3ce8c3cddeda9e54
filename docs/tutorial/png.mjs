/* A screenshot made small: its colours as a palette of 256, which is all that a page has; those that are more go to a neighbour. */
import { deflateSync, inflateSync, crc32 as known } from "node:zlib";

const table = Uint32Array.from({ length: 256 }, (_, n) => { for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1; return n >>> 0; });
const crc32 = known ?? ((bytes) => { let c = 0xffffffff; for (const b of bytes) c = table[(c ^ b) & 255] ^ (c >>> 8); return (c ^ 0xffffffff) >>> 0; });

function chunk(type, data) {
  const out = Buffer.alloc(12 + data.length);
  out.writeUInt32BE(data.length, 0);
  out.write(type, 4, "latin1");
  data.copy(out, 8);
  out.writeUInt32BE(crc32(out.subarray(4, 8 + data.length)), 8 + data.length);
  return out;
}

/* Eight bits a channel, not interlaced: what a browser writes. */
function pixels(png) {
  const width = png.readUInt32BE(16), height = png.readUInt32BE(20), step = png[25] === 6 ? 4 : 3, parts = [];
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at))
    if (png.toString("latin1", at + 4, at + 8) === "IDAT") parts.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  const raw = inflateSync(Buffer.concat(parts)), line = width * step, out = Buffer.alloc(line * height);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (line + 1)], to = y * line;
    for (let x = 0; x < line; x++) {
      const left = x >= step ? out[to + x - step] : 0, up = y ? out[to - line + x] : 0, corner = x >= step && y ? out[to - line + x - step] : 0;
      const p = left + up - corner, [a, b, c] = [Math.abs(p - left), Math.abs(p - up), Math.abs(p - corner)];
      const guess = [0, left, up, (left + up) >> 1, a <= b && a <= c ? left : b <= c ? up : corner][filter];
      out[to + x] = raw[y * (line + 1) + 1 + x] + guess;
    }
  }
  return { width, height, step, out };
}

export function small(png) {
  const { width, height, step, out } = pixels(png), counts = new Map(), colour = (i) => (out[i] << 16) | (out[i + 1] << 8) | out[i + 2];
  for (let i = 0; i < out.length; i += step) counts.set(colour(i), (counts.get(colour(i)) ?? 0) + 1);
  const palette = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 256).map(([c]) => c), place = new Map(palette.map((c, i) => [c, i]));
  const far = (a, b) => Math.abs((a >> 16) - (b >> 16)) + Math.abs(((a >> 8) & 255) - ((b >> 8) & 255)) + Math.abs((a & 255) - (b & 255));
  const nearest = (c) => palette.reduce((best, one, i) => (far(one, c) < far(palette[best], c) ? i : best), 0);
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const c = colour((y * width + x) * step);
      if (!place.has(c)) place.set(c, nearest(c));
      rows[y * (width + 1) + 1 + x] = place.get(c);
    }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 3, 0, 0, 0], 8);
  return Buffer.concat([png.subarray(0, 8), chunk("IHDR", head), chunk("PLTE", Buffer.from(palette.flatMap((c) => [c >> 16, (c >> 8) & 255, c & 255]))),
    chunk("IDAT", deflateSync(rows, { level: 9 })), chunk("IEND", Buffer.alloc(0))]);
}
