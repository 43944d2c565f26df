/** Bytes of a file; fewer where it ends. */
export type Read = (at: number, length: number) => Uint8Array | Promise<Uint8Array>;

export function readerOf(file: Blob): Read {
  return (at, length) => file.slice(at, at + length).bytes();
}

export function readerIn(bytes: Uint8Array): Read {
  return (at, length) => bytes.subarray(at, at + length);
}

/** One array with memory of its own: `Buffer.concat` takes small ones from a pool, and a pool cannot go to another thread. */
export function join(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/**
 * Gives memory back at once: until garbage is collected, a few large pictures would fill some hundred MB. It must be the
 * whole of its memory, which nobody may use any more; memory that threads share is left as it is.
 */
export function release({ buffer }: Uint8Array | Uint8ClampedArray): void {
  if (buffer instanceof ArrayBuffer) buffer.transfer(0);
}

/** Bytes that are still being received, for a reader that follows them. */
export class ByteStreamBuffer {
  readonly #memory: Uint8Array;
  #length: number;
  #ended = false;
  #changed = Promise.withResolvers<undefined>();

  /** @param memory for all that will come @param length how much of it is there */
  constructor(memory: Uint8Array, length = 0) {
    this.#memory = memory;
    this.#length = length;
  }

  get received(): Uint8Array {
    return this.#memory.subarray(0, this.#length);
  }

  /** @param bytes no more than are still missing */
  add(bytes: Uint8Array): void {
    this.#memory.set(bytes, this.#length);
    this.#length += bytes.length;
    this.#notify();
  }

  /** No more will come. */
  end(): void {
    this.#ended = true;
    this.#notify();
  }

  /** What is there once it has so many bytes; less where it is all that will come. */
  async waitFor(length: number): Promise<Uint8Array> {
    while (this.#length < Math.min(length, this.#memory.length) && !this.#ended)
      await this.#changed.promise;
    return this.received;
  }

  readonly read: Read = async (at, length) =>
    (await this.waitFor(at + length)).subarray(at, at + length);

  #notify(): void {
    this.#changed.resolve(undefined);
    this.#changed = Promise.withResolvers();
  }
}
