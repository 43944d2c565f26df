import type { Size } from '../core/request/models.ts';

/** service-contract, Models. There is a clip for each. */
const clipRatios = ['1:1', '4:3', '3:4', '16:9', '9:16', '21:9'] as const;
export type ClipRatio = (typeof clipRatios)[number];

/** The demo's clips, made by `scripts/make-demo-clips.mjs`. */
export const clips = clipRatios.map(ratio => ({
  ratio,
  file: `${ratio.replace(':', 'x')}.mp4`,
  shape: shapeOf(ratio),
}));
export type Clip = (typeof clips)[number];

/** For an invalid ratio; such a job is refused. */
export const squareClip = nearestClip({ width: 1, height: 1 });

/** Undefined if there is no such ratio. */
export function clipOf(ratio: string): Clip | undefined {
  return clips.find(clip => clip.ratio === ratio);
}

/** The clip whose shape is closest to a picture's. */
export function nearestClip({ width, height }: Size): Clip {
  const off = ({ shape }: Clip) => Math.abs(Math.log(width / height / shape));
  return clips.reduce((best, clip) => (off(clip) < off(best) ? clip : best));
}

function shapeOf(ratio: ClipRatio): number {
  const [width = 1, height = 1] = ratio.split(':').map(Number);
  return width / height;
}
