/** Compiles the WebAssembly module of this file name. */
export type LoadCodec = (name: string) => Promise<WebAssembly.Module>;

/** Decoded pixels, 8 bits each. */
export interface Pixels {
  width: number;
  height: number;
  /** What the source had: grey, RGB or RGB with alpha. */
  channels: 1 | 3 | 4;
  /** Four bytes a pixel, whatever the channels. */
  rgba: Uint8ClampedArray;
}

/** A picture's metadata, kept as it is. */
export interface Metadata {
  icc?: Uint8Array;
  /** TIFF structure, without the "Exif" that JPEG has before it. */
  exif?: Uint8Array;
  /** UTF-8 XML; the label of AI-generated content is in it. */
  xmp?: Uint8Array;
}

/** A picture whose structure was read. */
export interface Decodable {
  metadata: Metadata;
  /** Throws ImageError when the data ends early or cannot be decoded. */
  decode: (loadCodec: LoadCodec) => Promise<Pixels>;
}

/** An Emscripten module as the codec packages ship it; their own types need globals that are not included. */
export type Factory<T> = (options: object) => Promise<T>;

/** Null if the codec cannot decode. */
export type Decoded = { width: number; height: number; data: Uint8ClampedArray } | null;

export interface Codec<T> {
  module: T;
  /** What the library wrote to stderr since this was last emptied: some damage is reported nowhere else. */
  warnings: string[];
}

const codecs = new Map<unknown, Promise<unknown>>();

/** One instance of a codec for the lifetime of this worker. */
export function instantiate<T>(
  factory: Factory<T>,
  file: string,
  loadCodec: LoadCodec,
): Promise<Codec<T>> {
  return once(factory, () => start(factory, file, loadCodec));
}

/** The same for a codec built with wasm-bindgen, whose functions can be called afterwards. */
export async function initialize(
  initSync: (module: WebAssembly.Module) => unknown,
  file: string,
  loadCodec: LoadCodec,
): Promise<void> {
  await once(initSync, async () => initSync(await loadCodec(file)));
}

function once<T>(key: unknown, start: () => Promise<T>): Promise<T> {
  let codec = codecs.get(key) as Promise<T> | undefined;
  if (!codec) {
    codec = start();
    codecs.set(key, codec);
  }
  return codec;
}

async function start<T>(
  factory: Factory<T>,
  file: string,
  loadCodec: LoadCodec,
): Promise<Codec<T>> {
  const compiled = await loadCodec(file);
  const warnings: string[] = [];
  const module = await factory({
    noInitialRun: true,
    printErr: (line: string) => warnings.push(line),
    instantiateWasm: (
      imports: WebAssembly.Imports,
      done: (instance: WebAssembly.Instance) => void,
    ) => {
      const wasm = new WebAssembly.Instance(compiled, imports);
      done(wasm);
      return wasm.exports;
    },
  });
  return { module, warnings };
}
