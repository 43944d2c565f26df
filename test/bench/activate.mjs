// Loads the extension at an address and activates it; prints how long that took, in ms. The editor's own side does nothing
// and takes no time, so that only what the extension itself does is measured. No file is open, and nothing is unfinished.
import { readFile } from 'node:fs/promises';
import { registerHooks } from 'node:module';

const [extension = '', storage = ''] = process.argv.slice(2);
const types = await readFile(
  new URL('../../node_modules/@types/vscode/index.d.ts', import.meta.url),
  'utf8',
);
const names = new Set(
  Array.from(
    types.matchAll(/^(?: {4}|\t)export (?:abstract )?(?:class|enum|namespace|const) (\w+)/gm),
    ([, name = '']) => name,
  ),
);
const source = `
  const anything = new Proxy(function () {}, {
    get: (target, key) => {
      if (['bundle', 'then', 'activeTextEditor', 'remoteName'].includes(key) || typeof key === 'symbol') { return undefined; }
      return { prototype: target.prototype, toString: () => 'anything', visibleTextEditors: [] }[key] ?? anything;
    },
    apply: () => anything, construct: () => anything,
  });
  export { ${[...names].map(name => `anything as ${name}`).join(', ')} };
  export default anything;`;
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'vscode'
      ? {
          url: `data:text/javascript,${encodeURIComponent(source)}`,
          format: 'module',
          shortCircuit: true,
        }
      : next(specifier, context),
});
// The editor's own side has these loaded long before.
const manifest = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
const [{ default: anything }] = await Promise.all(
  [
    'vscode',
    'node:crypto',
    'node:fs',
    'node:fs/promises',
    'node:http',
    'node:https',
    'node:net',
    'node:os',
    'node:path',
    'node:timers/promises',
    'node:url',
    'node:util',
  ].map(name => import(name)),
);
const context = {
  subscriptions: [],
  globalStorageUri: { fsPath: storage },
  extensionUri: { fsPath: storage },
  extension: { packageJSON: manifest, extensionKind: 2 },
  environmentVariableCollection: anything,
  secrets: anything,
  globalState: { get: (key, usual) => usual },
  workspaceState: { get: (key, usual) => usual },
};
const began = performance.now();
await (await import(extension)).activate(context);
console.log(performance.now() - began);
process.exit();
