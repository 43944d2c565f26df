import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';

export interface Sample {
  name: string;
  subject: Subject;
  format: 'webp' | 'jpeg' | 'png';
  path: string;
  width: number;
  /** Times faster than the peer, and times the size of its file: what is aimed at. */
  speed: number;
  size: number;
}

const encoders = {
  webp: (image: Sharp) => image.webp({ quality: 80, effort: 2 }),
  jpeg: (image: Sharp) => image.jpeg({ quality: 92 }),
  png: (image: Sharp) => image.png({ compressionLevel: 6, adaptiveFiltering: true }),
};

/** Draws a picture and writes it in each of the formats. */
export async function makeSamples(
  folder: string,
  subject: Subject,
  width: number,
  height: number,
  aims: Partial<Record<Sample['format'], { speed: number; size: number }>>,
): Promise<Sample[]> {
  const image = await picture(subject, width, height);
  const name = `${subject} ${width}×${height}`;
  return Promise.all(
    (Object.keys(aims) as Sample['format'][]).map(async format => {
      const path = join(folder, `${name}.${format}`);
      await writeFile(path, await encoders[format](image.clone()).toBuffer());
      return { name, subject, format, path, width, ...(aims[format] ?? { speed: NaN, size: NaN }) };
    }),
  );
}

/** What services of pictures give: something like a photo, and something like a poster. The same at each run. */
type Subject = 'photo' | 'drawing';

/** In pixels. */
function picture(subject: Subject, width: number, height: number): Promise<Sharp> {
  return subject === 'photo' ? photo(width, height) : Promise.resolve(drawing(width, height));
}

/** Light, shapes and texture: noise whose strength falls with its frequency, as in nature, with a hard edge, and grain. */
async function photo(width: number, height: number): Promise<Sharp> {
  const random = generator(1);
  const octaves = await Promise.all(
    [
      [12, 0.5],
      [50, 0.25],
      [200, 0.2],
      [800, 0.2],
    ].map(async ([across = 0, weight = 0]) => {
      const down = Math.round((across * height) / width);
      const noise = Buffer.from(Array.from({ length: across * down * 3 }, () => random() * 256));
      const data = await sharp(noise, { raw: { width: across, height: down, channels: 3 } })
        .resize(width, height, { kernel: 'cubic', fit: 'fill' })
        .raw()
        .toBuffer();
      return { data, weight };
    }),
  );
  const raw = Buffer.alloc(width * height * 3);
  for (let y = 0, at = 0; y < height; y++) {
    const shade = 70 + (110 * y) / height;
    for (let x = 0; x < width; x++) {
      const inDisc = (x - width * 0.6) ** 2 + (y - height * 0.5) ** 2 < (height * 0.3) ** 2;
      const lively = inDisc ? 0.4 : y < height * 0.4 ? 0.25 : 1; // an even sky above an uneven ground, a disc before both
      const grain = (random() + random() - 1) * 8 * lively; // of light, not of colour
      for (let channel = 0; channel < 3; channel++, at++) {
        let value = shade + grain + (inDisc ? 50 - channel * 40 : 0);
        for (const { data, weight } of octaves)
          value += ((data[at] as number) - 128) * weight * lively;
        raw[at] = Math.min(255, Math.max(0, value));
      }
    }
  }
  return sharp(raw, { raw: { width, height, channels: 3 } });
}

/** Shapes with outlines and soft shades, as in an illustration, and letters. */
function drawing(width: number, height: number): Sharp {
  const random = generator(2);
  const color = () =>
    `hsl(${Math.floor(random() * 360)},${40 + Math.floor(random() * 50)}%,${30 + Math.floor(random() * 50)}%)`;
  const shade = (name: string) =>
    `<radialGradient id="${name}"><stop stop-color="${color()}"/><stop offset="1" stop-color="${color()}"/></radialGradient>`;
  const shapes = Array.from({ length: 30 }, (_, index) => {
    const [x, y, size] = [random() * width, random() * height, (0.05 + random() * 0.12) * height];
    const paint = `fill="${index % 2 === 0 ? color() : `url(#s${index % 8})`}" stroke="#222" stroke-width="${height / 400}"`;
    switch (index % 3) {
      case 0:
        return `<circle cx="${x}" cy="${y}" r="${size}" ${paint}/>`;
      case 1:
        return `<rect x="${x}" y="${y}" width="${size * 1.6}" height="${size}" rx="${size / 6}" ${paint} transform="rotate(${random() * 90} ${x} ${y})"/>`;
      default:
        return `<path d="M${x} ${y} q${size} ${-size} ${size * 2} 0 t${size} ${size} z" ${paint}/>`;
    }
  });
  const letters = [0.2, 0.5, 0.8].map(
    y =>
      `<text x="${width * 0.1}" y="${height * y}" font-size="${height / 20}" font-family="sans-serif" fill="#111">A quick brown fox</text>`,
  );
  return sharp(
    Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <defs>${Array.from({ length: 8 }, (_, index) => shade(`s${index}`)).join('')}${shade('back')}</defs>
    <rect width="100%" height="100%" fill="url(#back)"/>${shapes.join('')}${letters.join('')}</svg>`),
  ).removeAlpha();
}

/** Numbers from 0 to 1, the same for the same seed. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return (state >>> 0) / 2 ** 32;
  };
}
