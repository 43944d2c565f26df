import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { writesCommonJs } from '../../../src/agents/scaffold/modules.ts';
import { languageOfName } from '../../../src/agents/scaffold/scaffold.ts';
import { jimeng } from '../terminal/cli.ts';

const tsconfig = (compilerOptions: object) => JSON.stringify({ compilerOptions });
const verbatim = { verbatimModuleSyntax: true };
const esm = '{"type":"module"}';

suite('scaffold: the project decides on the kind of module', () => {
  for (const [what, file, files, expected] of [
    ['JavaScript without a manifest', 'a/b.js', {}, false],
    ['JavaScript, a manifest without type', 'a/b.js', { 'package.json': '{}' }, true],
    ['JavaScript, type module', 'a/b.js', { 'package.json': esm }, false],
    [
      'the nearest manifest counts',
      'a/b.js',
      { 'package.json': esm, 'a/package.json': '{"type":"commonjs"}' },
      true,
    ],
    ['.mjs', 'b.mjs', { 'package.json': '{}' }, false],
    ['.cjs', 'b.cjs', { 'package.json': esm }, true],
    ['a manifest that cannot be read', 'b.js', { 'package.json': '{' }, true],
    [
      'TypeScript in a CommonJS project: made by the compiler',
      'b.ts',
      { 'package.json': '{}', 'tsconfig.json': tsconfig({ module: 'commonjs' }) },
      false,
    ],
    [
      'TypeScript as it is, module nodenext',
      'b.ts',
      { 'package.json': '{}', 'tsconfig.json': tsconfig({ module: 'NodeNext', ...verbatim }) },
      true,
    ],
    [
      'the same with type module',
      'b.ts',
      { 'package.json': esm, 'tsconfig.json': tsconfig({ module: 'NodeNext', ...verbatim }) },
      false,
    ],
    [
      'TypeScript as it is, module commonjs',
      'b.ts',
      { 'package.json': esm, 'tsconfig.json': tsconfig({ module: 'CommonJS', ...verbatim }) },
      true,
    ],
    [
      'TypeScript as it is, module esnext',
      'b.ts',
      { 'package.json': '{}', 'tsconfig.json': tsconfig({ module: 'esnext', ...verbatim }) },
      false,
    ],
    ['.cts as it is', 'b.cts', { 'package.json': esm, 'tsconfig.json': tsconfig(verbatim) }, true],
    [
      '.mts as it is',
      'b.mts',
      { 'package.json': '{}', 'tsconfig.json': tsconfig(verbatim) },
      false,
    ],
    [
      'tsconfig.json with comments',
      'b.ts',
      {
        'package.json': '{}',
        'tsconfig.json':
          '{ // "as //"\n "compilerOptions": { /* x */ "verbatimModuleSyntax": true, "paths": { "@/*": ["./src/*"], }, }, }',
      },
      true,
    ],
  ] as const) {
    test(what, async () => {
      const texts: Record<string, string> = files;
      const read = (uri: string) => Promise.resolve(texts[uri.replace('file:///project/', '')]);
      assert.equal(
        await writesCommonJs(
          `file:///project/${file}`,
          /\.[cm]?ts$/.test(file) ? 'ts' : 'js',
          read,
        ),
        expected,
      );
    });
  }

  test('languages by file names', () => {
    assert.deepEqual(
      ['a.ts', 'a.MTS', 'a.tsx', 'a.cjs', 'a.jsx', 'a.py', 'a.d', 'ts', 'a.json'].map(
        languageOfName,
      ),
      ['ts', 'ts', 'ts', 'js', 'js', 'python', undefined, undefined, undefined],
    );
  });
});

suite('scaffold: the TypeScript code compiles in strict projects', () => {
  const root = fileURLToPath(new URL('../../../', import.meta.url));
  const { config } = ts.readConfigFile(`${root}tsconfig.json`, name =>
    readFileSync(name, 'utf8'),
  ) as { config: { compilerOptions: object } };
  let folder: string;
  setup(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jimeng-types-'));
  });
  teardown(() => rm(folder, { recursive: true }));

  for (const [what, type, more] of [
    ['as ES modules with our own settings', 'module', {}],
    ['as CommonJS that is written as such', 'commonjs', { erasableSyntaxOnly: false }],
    [
      'as CommonJS that the compiler makes',
      'commonjs',
      {
        module: 'commonjs',
        moduleResolution: 'bundler',
        verbatimModuleSyntax: false,
        noPropertyAccessFromIndexSignature: true,
        noImplicitReturns: true,
      },
    ],
  ] as const) {
    test(what, async function () {
      this.timeout(60_000);
      const compilerOptions = {
        ...config.compilerOptions,
        types: ['node'],
        typeRoots: [`${root}node_modules/@types`],
        ...more,
      };
      await Promise.all([
        writeFile(join(folder, 'package.json'), JSON.stringify({ type })),
        writeFile(join(folder, 'tsconfig.json'), tsconfig(compilerOptions)),
      ]);
      for (const kind of ['client', 'webhook']) {
        const { code, stderr } = await jimeng(['scaffold', kind, '--output', `${kind}.ts`], {
          cwd: folder,
        });
        assert.equal(code, 0, stderr);
      }
      const { options, fileNames } = ts.parseJsonConfigFileContent(
        { compilerOptions },
        ts.sys,
        folder,
      );
      assert.equal(fileNames.length, 2);
      const diagnostics = ts.getPreEmitDiagnostics(ts.createProgram(fileNames, options));
      assert.equal(
        ts.formatDiagnostics(diagnostics, {
          getCanonicalFileName: name => name,
          getCurrentDirectory: () => folder,
          getNewLine: () => '\n',
        }),
        '',
      );
    });
  }
});
