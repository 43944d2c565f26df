import sharp, { type Sharp } from 'sharp';

/** Something like a photo: smooth colours with a little noise, always the same. Alpha comes in patches. */
export function photo(width: number, height: number, channels: 1 | 3 | 4 = 3): Sharp {
  const raw = Buffer.alloc(width * height * channels);
  let noise = 12_345;
  for (let at = 0, y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      noise = (noise * 1_103_515_245 + 12_345) & 0x7fffffff;
      const grain = ((noise >> 16) & 15) - 8;
      raw[at++] = 128 + 100 * Math.sin(x / 37 + y / 61) + grain;
      if (channels === 1) continue;
      raw[at++] = 128 + 100 * Math.cos(x / 57) + grain;
      raw[at++] = (x * y) >> 5;
      if (channels === 4) raw[at++] = ((x >> 4) ^ (y >> 4)) & 1 ? 255 : x * 5;
    }
  }
  return sharp(raw, { raw: { width, height, channels } });
}

/** A value of every chunk of that type. */
export function chunksOf(png: Uint8Array, wanted: string): Buffer[] {
  const bytes = Buffer.from(png);
  const found: Buffer[] = [];
  for (let at = 8; at < bytes.length;) {
    const length = bytes.readUInt32BE(at);
    if (bytes.toString('latin1', at + 4, at + 8) === wanted)
      found.push(bytes.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  return found;
}

/** A JPEG with one more segment right after its start marker. */
export function withSegment(jpeg: Uint8Array, marker: number, content: Uint8Array): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(content.length + 2, 2);
  return Buffer.concat([jpeg.subarray(0, 2), head, content, jpeg.subarray(2)]);
}

/** A WebP with one more chunk at its end. */
export function withChunk(webp: Uint8Array, name: string, content: Uint8Array): Buffer {
  const head = Buffer.alloc(8);
  head.write(name, 'latin1');
  head.writeUInt32LE(content.length, 4);
  const whole = Buffer.concat([webp, head, content, Buffer.alloc(content.length & 1)]);
  whole.writeUInt32LE(whole.length - 8, 4);
  return whole;
}

/** A small XMP packet with the label of AI-generated content, and with an orientation. */
export const xmp = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:tiff="http://ns.adobe.com/tiff/1.0/" xmlns:TC260="http://www.tc260.org.cn/ns/AIGC/1.0/" tiff:Orientation="6" TC260:AIGC="{&quot;Label&quot;:&quot;1&quot;,&quot;ContentProducer&quot;:&quot;即梦&quot;}"/></rdf:RDF></x:xmpmeta>`;
