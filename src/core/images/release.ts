/**
 * Gives memory back at once: until garbage is collected, a few large pictures would fill some hundred MB. It must be the
 * whole of its memory, which nobody may use any more; memory that threads share is left as it is.
 */
export function release({ buffer }: Uint8Array | Uint8ClampedArray): void {
  if (buffer instanceof ArrayBuffer) buffer.transfer(0);
}
