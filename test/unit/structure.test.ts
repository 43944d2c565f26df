import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const MAX_FILES_PER_FOLDER = 14;
const MAX_LINES = 300;

const src = fileURLToPath(new URL('../../src', import.meta.url));
/** What is written into a person's project is one file, however long it is. */
const templates = join(src, 'agents', 'scaffold', 'templates');

const entries = readdirSync(src, { recursive: true, withFileTypes: true }).filter(
  entry => entry.isFile() && entry.parentPath !== templates,
);
const paths = entries.map(entry => join(entry.parentPath, entry.name));
const shown = (path: string) => path.slice(src.length + 1).replaceAll('\\', '/');

suite('the structure of src', () => {
  test(`no folder has more than ${MAX_FILES_PER_FOLDER} files`, () => {
    const folders = Map.groupBy(entries, ({ parentPath }) => parentPath);
    assert.deepEqual(
      [...folders]
        .filter(([, files]) => files.length > MAX_FILES_PER_FOLDER)
        .map(([folder, { length }]) => `${shown(folder)}: ${length} files`),
      [],
    );
  });

  test(`no file has more than ${MAX_LINES} lines`, () => {
    assert.deepEqual(
      paths
        .filter(path => /\.(tsx?|css)$/.test(path))
        .map(path => ({ path, lines: readFileSync(path, 'utf8').trimEnd().split('\n').length }))
        .filter(({ lines }) => lines > MAX_LINES)
        .map(({ path, lines }) => `${shown(path)}: ${lines} lines`),
      [],
    );
  });

  // ESLint's import-x/no-cycle passes over imports of types.
  test('no file imports itself by way of others, for types neither', () => {
    const modules = new Set(paths.filter(path => /\.tsx?$/.test(path)));
    const importsOf = (path: string) =>
      ts
        .preProcessFile(readFileSync(path, 'utf8'))
        .importedFiles.map(({ fileName }) => join(dirname(path), fileName))
        .filter(imported => modules.has(imported));
    const cycles: string[] = [];
    const done = new Set<string>();
    const visit = (path: string, way: readonly string[]) => {
      const begin = way.indexOf(path);
      if (begin >= 0) cycles.push([...way.slice(begin), path].map(shown).join(' → '));
      if (begin >= 0 || done.has(path)) return;
      for (const imported of importsOf(path)) visit(imported, [...way, path]);
      done.add(path);
    };
    for (const path of modules) visit(path, []);
    assert.ok(done.size > 100, `${done.size} files were read`);
    assert.deepEqual(cycles, []);
  });
});
