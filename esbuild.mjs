import { chmod, copyFile, cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import asc from 'assemblyscript/asc';
import * as esbuild from 'esbuild';
import { writeAgentFiles } from './scripts/agent-files.mjs';
import { bundledFiles, notices } from './scripts/notices.mjs';

const watch = process.argv.includes('--watch');
const minify = process.argv.includes('--minify');

await rm('dist', { recursive: true, force: true });
await mkdir('dist/codecs', { recursive: true });

/** See docs/decisions/041-part-of-undici.md. */
const partOfUndici = {
  name: 'the part of undici that makes requests',
  setup({ onResolve, onLoad }) {
    const unused = /^\.\/lib\/(?:cache|global|interceptor|mock|web)(?:\/|$)/;
    onResolve({ filter: unused }, ({ importer, path }) =>
      /\/undici\/index\.js$/.test(importer.replaceAll('\\', '/'))
        ? { path, namespace: 'unused' }
        : undefined,
    );
    // Whatever the entry takes from it is an empty class; it makes one of them.
    onLoad({ filter: /^/, namespace: 'unused' }, () => ({
      contents: 'module.exports = new Proxy({}, { get: () => class {} });',
    }));
  },
};

const common = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node22',
  minify,
  sourcemap: minify ? false : 'linked',
  logLevel: 'warning',
  // CommonJS packages inside an ES module still ask for `require`.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
};

const builds = [
  // One build with splitting: what is heavy is imported lazily and becomes a chunk that both programs share.
  {
    ...common,
    entryPoints: ['src/extension.ts', 'src/cli.ts'],
    outdir: 'dist',
    splitting: true,
    external: ['vscode'],
    plugins: [partOfUndici],
  },
  // Worker threads are started by address, so each is a file of its own.
  {
    ...common,
    entryPoints: {
      'png-worker': 'src/convert/worker.ts',
      'web-worker': 'src/convert/web-worker.ts',
      'thumbnail-worker': 'src/convert/thumbnail-worker.ts',
      'facts-worker': 'src/core/gallery/facts-worker.ts',
      'drawing-worker': 'src/demo/drawing/worker.ts',
    },
    outdir: 'dist',
  },
  // The page of the gallery runs in a browser; how JSX is read stands in its tsconfig.json.
  {
    ...common,
    entryPoints: ['src/gallery/page.tsx', 'src/gallery/page.css'],
    outdir: 'dist/gallery',
    platform: 'browser',
    format: 'iife',
    target: 'chrome128',
    banner: {},
  },
];

/** The WebAssembly codecs, beside the code that loads them by address. */
const codecs = [
  'webp/codec/dec/webp_dec.wasm',
  'webp/codec/enc/webp_enc.wasm',
  'jpeg/codec/dec/mozjpeg_dec.wasm',
  'jpeg/codec/enc/mozjpeg_enc.wasm',
  'png/codec/pkg/squoosh_png_bg.wasm',
  'resize/lib/resize/pkg/squoosh_resize_bg.wasm',
].map(file => `node_modules/@jsquash/${file}`);
await Promise.all(codecs.map(file => copyFile(file, `dist/codecs/${file.split('/').at(-1)}`)));
/** And our own, of AssemblyScript, whose library is compiled into it; 32 pages are 2 MiB. */
const assemblyLibrary = 'node_modules/assemblyscript/std/assembly/memory.ts';
const { error, stderr } = await asc.main([
  'src/convert/assembly/filter.ts',
  '--outFile',
  'dist/codecs/filter.wasm',
  '-O3',
  '--enable',
  'simd',
  '--runtime',
  'stub',
  '--initialMemory',
  '32',
]);
if (error) throw new Error(stderr.toString(), { cause: error });
/** The clips of the demo service. */
await cp('src/demo/clips', 'dist/clips', { recursive: true });
/** The terminal's command, for the PATH of the editor's terminals. */
await cp('src/bin', 'dist/bin', { recursive: true });

await writeAgentFiles(new URL('dist/agents/', import.meta.url));

/**
 * What activation loads at once becomes one file: each further one takes it half a millisecond. Where other chunks need
 * the same, it is there twice; so only our own modules are taken in, and those must not keep a state of their own.
 */
async function joinEntry({ outputs }) {
  const { metafile } = await esbuild.build({
    ...common,
    banner: {},
    entryPoints: ['dist/extension.js'],
    outdir: 'dist',
    allowOverwrite: true,
    metafile: true,
    external: ['vscode'],
    plugins: [
      {
        name: 'lazy chunks stay',
        setup({ onResolve, onLoad }) {
          onResolve({ filter: /^\.\// }, ({ kind, path }) =>
            kind === 'dynamic-import' ? { path, external: true } : undefined,
          );
          onLoad({ filter: /\.js$/ }, async ({ path }) => ({
            contents: (await readFile(path, 'utf8')).replace(common.banner.js, ''),
          })); // there is no CommonJS
        },
      },
    ],
  });
  for (const chunk of Object.keys(metafile.inputs)) {
    const foreign = Object.keys(outputs[chunk].inputs).find(file => file.includes('node_modules'));
    if (foreign) throw new Error(`activation loads ${foreign}`);
  }
}

if (watch) {
  for (const build of builds) await (await esbuild.context(build)).watch();
} else {
  const metafiles = (
    await Promise.all(builds.map(build => esbuild.build({ ...build, metafile: true })))
  ).map(({ metafile }) => metafile);
  await joinEntry(metafiles[0]);
  await writeFile(
    'dist/ThirdPartyNotices.txt',
    await notices([...bundledFiles(metafiles), ...codecs, assemblyLibrary], import.meta.dirname),
  );
  await writeFile('dist/bundles.json', JSON.stringify(metafiles)); // for the test that no notice is missing; it is not packed
  await chmod('dist/cli.js', 0o755);
}
