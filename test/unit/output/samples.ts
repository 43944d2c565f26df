/** A box of ISO/IEC 14496-12. */
function box(type: string, ...contents: Uint8Array[]): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + contents.reduce((sum, { length }) => sum + length, 0));
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, ...contents]);
}

function trackHeader(width: number, height: number, turned: boolean, version: 0 | 1): Buffer {
  const matrix = version === 1 ? 52 : 40;
  const header = Buffer.alloc(matrix + 44);
  header[0] = version;
  header.writeInt32BE(turned ? 0 : 0x10000, matrix);
  header.writeInt32BE(turned ? 0x10000 : 0, matrix + 4);
  header.writeInt32BE(turned ? 0 : 0x10000, matrix + 16);
  header.writeUInt32BE(width * 0x10000, matrix + 36);
  header.writeUInt32BE(height * 0x10000, matrix + 40);
  return box('tkhd', header);
}

export interface Mp4Options {
  width?: number;
  height?: number;
  turned?: boolean;
  version?: 0 | 1;
  indexLast?: boolean;
  media?: number;
  brand?: string;
}

/** The boxes of a video around bytes that are none; sound comes first, and has no size. */
export function mp4({
  width = 640,
  height = 360,
  turned = false,
  version = 0,
  indexLast = false,
  media = 5_000,
  brand = 'isom',
}: Mp4Options = {}): Buffer {
  const type = box('ftyp', Buffer.from(`${brand}\x00\x00\x02\x00isomavc1`, 'latin1'));
  const index = box(
    'moov',
    box('mvhd', Buffer.alloc(100)),
    box('trak', trackHeader(0, 0, false, version)),
    box('trak', trackHeader(width, height, turned, version)),
  );
  const data = box(
    'mdat',
    Uint8Array.from({ length: media }, (_, at) => (at * 7) % 251),
  );
  return Buffer.concat(indexLast ? [type, data, index] : [type, index, data]);
}
