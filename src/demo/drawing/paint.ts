import { createHash } from 'node:crypto';
import { drawText } from './font.ts';

export interface Scene {
  prompt: string;
  model: string;
  width: number;
  height: number;
  /** The variation, from 0, and how many there are. */
  index: number;
  pictures: number;
  /** One for each input picture, in order: drawn as a patch in a colour taken from its bytes. */
  inputs: readonly string[];
}

type Color = readonly [number, number, number];

/** Draws a landscape that depends on prompt, size and variation, marked as a demo. Four bytes per pixel, RGBA. */
export function paint(scene: Scene): Uint8ClampedArray {
  const { width, height } = scene;
  const seed = createHash('sha256')
    .update(`${scene.prompt}\n${width}×${height}\n${scene.index}`)
    .digest();
  const chance = (n: number) => (seed[n] ?? 0) / 255;
  const hue = chance(0) * 360;
  const sky: [Color, Color] = [hsl(hue, 0.55, 0.32), hsl(hue + 40 + 60 * chance(1), 0.75, 0.8)];
  const unit = Math.min(width, height);
  const sun = {
    x: width * (0.2 + 0.6 * chance(2)),
    y: height * (0.2 + 0.25 * chance(3)),
    radius: unit * (0.06 + 0.07 * chance(4)),
  };
  const glow = hsl(hue + 60, 0.9, 0.88);
  const hills = Array.from({ length: 4 }, (_, layer) => ({
    color: hsl(hue + 200 + 25 * layer, 0.38, 0.5 - 0.1 * layer),
    heights: ridge(
      width,
      height * (0.5 + 0.13 * layer),
      unit * (0.09 - 0.012 * layer),
      seed.subarray(8 + 4 * layer),
    ),
  }));

  const pixels = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let y = 0; y < height; y++) {
    const down = y / height;
    for (let x = 0; x < width; x++) {
      let color = hills.findLast(({ heights }) => y > (heights[x] as number))?.color;
      if (!color) {
        const distance = Math.hypot(x - sun.x, y - sun.y) / sun.radius;
        color = mix(sky[0], sky[1], Math.min(1, down * 1.6));
        color = distance < 1 ? glow : mix(color, glow, 0.5 / (distance * distance));
      }
      const at = (y * width + x) * 4;
      pixels[at] = color[0];
      pixels[at + 1] = color[1];
      pixels[at + 2] = color[2];
    }
  }
  sign(pixels, scene);
  return pixels;
}

/** The band at the bottom, which says that this is a demo, of what, and which variation. */
function sign(
  pixels: Uint8ClampedArray,
  { width, height, prompt, model, index, pictures, inputs }: Scene,
): void {
  const dot = Math.max(1, Math.floor(width / 340));
  const band = dot * 34;
  const top = height - band;
  fill(pixels, width, 0, top, width, band, [18, 20, 28]);
  const write = (text: string, left: number, y: number, size: number, color: Color) =>
    drawText(text, (x, row) =>
      fill(pixels, width, left + x * size, y + row * size, size, size, color),
    ) * size;
  const margin = dot * 6;
  const big = write('DEMO', margin, top + dot * 6, dot * 3, [255, 196, 64]);
  const text = margin + big + dot * 4;
  const room = Math.floor((width - text - margin - inputs.length * dot * 12) / (6 * dot));
  write('DRAWN BY A DEMO, NOT BY JIMENG'.slice(0, room), text, top + dot * 6, dot, [255, 255, 255]);
  const words = prompt.replace(/[^\x20-\x7e]+/g, ' ').trim();
  write(
    `${index + 1}/${pictures} ${model} ${width}×${height} ${words}`.slice(0, room),
    text,
    top + dot * 20,
    dot,
    [170, 176, 190],
  );
  inputs.forEach((input, index) => {
    const digest = createHash('sha256').update(input).digest();
    const color: Color = [digest[0] ?? 0, digest[1] ?? 0, digest[2] ?? 0];
    fill(
      pixels,
      width,
      width - margin - (inputs.length - index) * dot * 12,
      top + dot * 12,
      dot * 10,
      dot * 10,
      color,
    );
  });
}

export function fill(
  pixels: Uint8ClampedArray,
  stride: number,
  left: number,
  top: number,
  width: number,
  height: number,
  [r, g, b]: Color,
): void {
  for (
    let y = Math.max(0, Math.floor(top));
    y < top + height && y * stride * 4 < pixels.length;
    y++
  )
    for (let x = Math.max(0, Math.floor(left)); x < left + width && x < stride; x++)
      pixels.set([r, g, b], (y * stride + x) * 4);
}

/** The height of a hill line in each column, in pixels from the top. */
function ridge(width: number, base: number, swing: number, seed: Uint8Array): Float32Array {
  const waves = [1, 2, 4, 9].map((times, n) => ({
    times: times * (0.7 + (seed[n] ?? 0) / 400),
    phase: (seed[n] ?? 0) / 20,
    swing: swing / times ** 0.7,
  }));
  return Float32Array.from({ length: width }, (_, x) =>
    waves.reduce(
      (sum, wave) =>
        sum + wave.swing * Math.sin(wave.phase + ((wave.times * x) / width) * 2 * Math.PI),
      base,
    ),
  );
}

export function mix(a: Color, b: Color, part: number): Color {
  const t = Math.min(1, part);
  return [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t];
}

/** Hue in degrees, saturation and lightness from 0 to 1 (CSS Color 4, 7). */
export function hsl(hue: number, saturation: number, lightness: number): Color {
  const channel = (n: number) => {
    const k = (n + hue / 30) % 12;
    return (
      255 *
      (lightness -
        saturation * Math.min(lightness, 1 - lightness) * Math.max(-1, Math.min(k - 3, 9 - k, 1)))
    );
  };
  return [channel(0), channel(8), channel(4)];
}
