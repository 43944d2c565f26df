/** Where the pixels of a picture were that is done. */
let spare: ArrayBuffer | undefined;

/**
 * The codecs hand out their pixels as `new Uint8ClampedArray(pixels)`: a copy of their own memory. To touch new memory costs
 * four times as much as the copying, so that a picture gets the memory of one before it, if it is of the same size. A codec
 * takes the constructor from the global object at its first picture.
 */
export function keepPixelMemory(): void {
  const Plain = Uint8ClampedArray;
  globalThis.Uint8ClampedArray = new Proxy(Plain, {
    construct(target, args: unknown[], newTarget) {
      const [pixels] = args;
      if (!(pixels instanceof Uint8Array))
        return Reflect.construct(target, args, newTarget) as Uint8ClampedArray;
      if (pixels.length !== spare?.byteLength) {
        spare?.transfer(0); // it would lie beside the new one
        spare = new ArrayBuffer(pixels.length);
      }
      const copy = new Plain(spare);
      spare = undefined;
      copy.set(pixels);
      return copy;
    },
  });
}

/** Nobody uses these pixels any more, nor what else may lie in their memory. */
export function reuse({ buffer }: Uint8ClampedArray): void {
  if (buffer instanceof ArrayBuffer) spare = buffer;
}
