// The notices of all packages whose code is in `dist`, as their licences ask for.
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';

const isNotice = /^(?:licen[cs]e|notice|copying|copyright)/i;

/** Packages that are published without the text of their licence, and where it stands. */
const withoutFile = {
  // https://github.com/microsoft/vscode-l10n/blob/main/LICENSE
  '@vscode/l10n': `MIT License

Copyright (c) Microsoft Corporation.

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE`,
};

/** The files of packages that esbuild put into what it wrote. @param metafiles those of its builds */
export function bundledFiles(metafiles) {
  const inputs = metafiles.flatMap(({ outputs }) =>
    Object.values(outputs).flatMap(output => Object.entries(output.inputs)),
  );
  return inputs
    .filter(([file, { bytesInOutput }]) => file.includes('node_modules/') && bytesInOutput > 0)
    .map(([file]) => file);
}

/**
 * One text with name, version, licence and licence texts of each package. Licences that lie deeper in a package, beside
 * code that comes from elsewhere, are taken along. Throws where a package has no licence.
 * @param files paths of packages' files that are distributed, relative to `root`
 */
export async function notices(files, root) {
  const packages = Map.groupBy([...new Set(files)], packageOf);
  const entries = await Promise.all(
    [...packages]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([folder, parts]) => entry(folder, parts, root)),
  );
  return `This extension contains code of the following packages.\n${entries.join('')}`;
}

async function entry(folder, files, root) {
  const { name, version, license, repository } = JSON.parse(
    await readFile(join(root, folder, 'package.json'), 'utf8'),
  );
  const found = await noticeFiles(folder, files, root);
  const texts = await Promise.all(
    found.map(
      async file =>
        `${relative(folder, file).replaceAll('\\', '/')}:\n\n${(await readFile(join(root, file), 'utf8')).trim()}`,
    ),
  );
  if (texts.length === 0 && withoutFile[name] !== undefined) texts.push(withoutFile[name]);
  if (texts.length === 0 || typeof license !== 'string')
    throw new Error(
      `The package ${name} ${version} is bundled and has no ${texts.length === 0 ? 'file with its licence' : 'licence in its package.json'}. Add the text from its repository to scripts/notices.mjs, or do without the package.`,
    );

  const source =
    typeof repository === 'string'
      ? repository
      : (repository?.url ?? `https://www.npmjs.com/package/${name}`);
  return `\n${'='.repeat(80)}\n${name} ${version}\nLicence: ${license}\n${source}\n\n${texts.join(`\n\n${'-'.repeat(80)}\n`)}\n`;
}

/** Files with notices in the folders from each file up to its package. */
async function noticeFiles(folder, files, root) {
  const folders = new Set([folder]);
  for (const file of files)
    for (let above = dirname(file); above.length > folder.length; above = dirname(above))
      folders.add(above);

  const found = await Promise.all(
    [...folders].sort().map(async above => {
      const names = (await readdir(join(root, above), { withFileTypes: true })).filter(
        item => item.isFile() && isNotice.test(item.name) && !/\.[cm]?[jt]s$/.test(item.name),
      );
      return names.map(item => `${above}/${item.name}`).sort();
    }),
  );
  return found.flat();
}

function packageOf(file) {
  return /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)[0];
}
