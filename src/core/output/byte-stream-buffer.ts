/** Bytes on their way, for whoever reads along. */
export class ByteStreamBuffer {
  readonly #memory: Uint8Array;
  #length: number;
  #ended = false;
  #moved = Promise.withResolvers<undefined>();

  /** @param memory for all that will come @param length how much of it is there */
  constructor(memory: Uint8Array, length = 0) {
    this.#memory = memory;
    this.#length = length;
  }

  /** What is there. */
  get received(): Uint8Array {
    return this.#memory.subarray(0, this.#length);
  }

  /** @param bytes no more than are still missing */
  add(bytes: Uint8Array): void {
    this.#memory.set(bytes, this.#length);
    this.#length += bytes.length;
    this.#tell();
  }

  /** No more will come. */
  end(): void {
    this.#ended = true;
    this.#tell();
  }

  /** What is there once it has so many bytes; less where it is all that will come. */
  async waitFor(length: number): Promise<Uint8Array> {
    while (this.#length < Math.min(length, this.#memory.length) && !this.#ended)
      await this.#moved.promise;
    return this.received;
  }

  #tell(): void {
    this.#moved.resolve(undefined);
    this.#moved = Promise.withResolvers();
  }
}
