import type { LoadCodec } from './to-png.ts';

/** An Emscripten module as the codec packages ship it; their own types need globals that they do not ship. */
export type Factory<T> = (options: object) => Promise<T>;

/** Null where the codec cannot decode. */
export type Decoded = { width: number; height: number; data: Uint8ClampedArray } | null;

const instances = new Map<unknown, Promise<unknown>>();

/** One instance of a codec for the life of this worker. */
export function instantiate<T>(factory: Factory<T>, file: string, loadCodec: LoadCodec): Promise<T> {
  let instance = instances.get(factory) as Promise<T> | undefined;
  if (!instance) {
    instance = loadCodec(file).then(module => factory({
      noInitialRun: true,
      instantiateWasm: (imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void) => {
        const wasm = new WebAssembly.Instance(module, imports);
        done(wasm);
        return wasm.exports;
      },
    }));
    instances.set(factory, instance);
  }
  return instance;
}
