/** What `npm run build` made: programs and workers run from there, in tests as for users. */
const dist = new URL('../dist/', import.meta.url);

export const built = {
  cli: new URL('cli.js', dist),
  pngWorker: new URL('png-worker.js', dist),
  thumbnailWorker: new URL('thumbnail-worker.js', dist),
  factsWorker: new URL('facts-worker.js', dist),
  webWorker: new URL('web-worker.js', dist),
  drawingWorker: new URL('drawing-worker.js', dist),
  codecs: new URL('codecs/', dist),
  clips: new URL('clips/', dist),
};
