import { parentPort, workerData } from 'node:worker_threads';
import { encode, type DrawingFormat } from './encode.ts';
import { paint, type Scene } from './paint.ts';

export interface DrawingJob {
  id: number;
  scene: Scene;
  format: DrawingFormat;
}
export type Drawn = { id: number } & ({ bytes: Uint8Array } | { error: string });

/** Paints and encodes off the main thread: a 4k picture takes seconds. */
const codecs = new URL(workerData as string);

parentPort?.on('message', ({ id, scene, format }: DrawingJob) => {
  encode(format, paint(scene), scene.width, scene.height, codecs).then(
    bytes => parentPort?.postMessage({ id, bytes }),
    (error: unknown) => parentPort?.postMessage({ id, error: String(error) }),
  );
});
