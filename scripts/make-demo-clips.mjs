// Makes the clips of the demo service, `src/demo/clips/*.mp4`: draws them frame by frame and encodes them with ffmpeg
// (Debian: apt-get install -y ffmpeg). They are committed: run this only to change them.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ensureSystemPackages, root, toolsEnvironment, underNode24 } from './setup.mjs';

/** In pixels. */
const longSide = 480;
const framesPerSecond = 20;
const frames = 50;
/** Their index (`moov`) is at the end, as an encoder leaves it; in the others it comes first. Players meet both. */
const indexLast = ['4:3', '9:16', '21:9'];

if (!underNode24(import.meta.filename)) {
  ensureSystemPackages(['ffmpeg'], 'Making the clips of the demo');
  const { clips } = await import('../src/demo/clips.ts');
  const { fill, hsl, mix } = await import('../src/demo/drawing/paint.ts');
  const { drawText } = await import('../src/demo/drawing/font.ts');
  const folder = join(root, 'src/demo/clips');
  mkdirSync(folder, { recursive: true });
  for (const clip of clips) {
    const file = join(folder, clip.file);
    await encode(clip, file, { fill, hsl, mix, drawText });
    console.error(`${clip.file}: ${statSync(file).size} bytes`);
  }
}

async function encode({ ratio, shape }, file, tools) {
  const width = even(shape >= 1 ? longSide : longSide * shape);
  const height = even(shape >= 1 ? longSide / shape : longSide);
  const ffmpeg = spawn(
    'ffmpeg',
    [
      '-hide_banner',
      '-loglevel',
      'error',
      '-y',
      '-f',
      'rawvideo',
      '-pix_fmt',
      'rgba',
      '-s',
      `${width}x${height}`,
      '-r',
      String(framesPerSecond),
      '-i',
      '-',
      '-c:v',
      'libx264',
      '-preset',
      'veryslow',
      '-crf',
      '31',
      '-pix_fmt',
      'yuv420p',
      '-threads',
      '1',
      '-fflags',
      '+bitexact',
      '-map_metadata',
      '-1',
      ...(indexLast.includes(ratio) ? [] : ['-movflags', '+faststart']),
      file,
    ],
    { stdio: ['pipe', 'inherit', 'inherit'], env: toolsEnvironment() },
  );
  const ended = once(ffmpeg, 'close');
  for (let frame = 0; frame < frames; frame++)
    if (!ffmpeg.stdin.write(draw(frame / frames, { ratio, width, height }, tools)))
      await once(ffmpeg.stdin, 'drain');

  ffmpeg.stdin.end();
  const [status] = await ended;
  if (status !== 0) throw new Error(`ffmpeg ended with ${status}`);
}

/** Discs that go round behind the word DEMO. `time` runs from 0 to 1, and the end joins the beginning. RGBA. */
function draw(time, { ratio, width, height }, { fill, hsl, mix, drawText }) {
  const pixels = new Uint8ClampedArray(width * height * 4).fill(255);
  const unit = Math.min(width, height);
  const discs = Array.from({ length: 5 }, (_, n) => {
    const angle = (n / 5 + time) * 2 * Math.PI;
    return {
      x: width * (0.5 + 0.38 * Math.cos(angle)),
      y: height * (0.5 + 0.34 * Math.sin(angle)),
      radius: unit * (0.08 + 0.025 * n),
      color: hsl(n * 72, 0.7, 0.6),
    };
  });
  const [top, bottom] = [hsl(225, 0.45, 0.16), hsl(265, 0.4, 0.3)];
  for (let y = 0; y < height; y++) {
    const sky = mix(top, bottom, y / height);
    for (let x = 0; x < width; x++) {
      let color = sky;
      for (const disc of discs) {
        const inside = Math.min(
          1,
          Math.max(0, disc.radius - Math.hypot(x - disc.x, y - disc.y) + 0.5),
        ); // a soft edge of one pixel
        if (inside > 0) color = mix(color, disc.color, inside);
      }
      pixels.set(color, (y * width + x) * 4);
    }
  }
  const write = (text, middle, size, color) => {
    const left = Math.round((width - (text.length * 6 - 1) * size) / 2);
    const up = Math.round(middle - 3.5 * size);
    drawText(text, (x, y) =>
      fill(pixels, width, left + x * size, up + y * size, size, size, color),
    );
  };
  const big = Math.floor(Math.min((width * 0.6) / 23, (height * 0.3) / 7));
  const small = Math.max(1, Math.floor((width * 0.9) / 180));
  write('DEMO', height / 2, big, [255, 255, 255]);
  write(ratio, height / 2 + 6 * big, Math.max(2, big >> 1), [255, 196, 64]);
  write('DRAWN BY A DEMO, NOT BY JIMENG', height - 8 * small, small, [220, 224, 235]);
  return pixels;
}

/** H.264 with half the colours in each direction wants even sides. */
function even(side) {
  return Math.round(side / 2) * 2;
}
