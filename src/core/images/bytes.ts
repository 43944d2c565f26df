/** Bytes of a file; fewer where it ends. */
export type Read = (at: number, length: number) => Uint8Array | Promise<Uint8Array>;

export function readerOf(file: Blob): Read {
  return (at, length) => file.slice(at, at + length).bytes();
}

export function readerIn(bytes: Uint8Array): Read {
  return (at, length) => bytes.subarray(at, at + length);
}

/**
 * One array with memory of its own. `Buffer.concat` takes small ones from a pool, which cannot be transferred to another
 * thread.
 */
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
 * Frees memory at once: until garbage collection, a few large pictures would occupy some hundred MB. The array must own
 * all of its memory, and nobody may use it afterwards. Shared memory is left alone.
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

  /** @param memory for all the data @param length how much of it has been received */
  constructor(memory: Uint8Array, length = 0) {
    this.#memory = memory;
    this.#length = length;
  }

  get received(): Uint8Array {
    return this.#memory.subarray(0, this.#length);
  }

  /** @param bytes at most as many as are still missing */
  add(bytes: Uint8Array): void {
    this.#memory.set(bytes, this.#length);
    this.#length += bytes.length;
    this.#notify();
  }

  /** No more data will come. */
  end(): void {
    this.#ended = true;
    this.#notify();
  }

  /** The data once this many bytes have been received; less if the end comes first. */
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
