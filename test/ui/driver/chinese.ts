import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { registerExtension } from '../../../scripts/code-server.mjs';

/**
 * Makes VS Code speak Simplified Chinese without the real language pack, which is not in the package registries: an
 * extension of our own with an empty translation. VS Code's own texts stay English, those of extensions are Chinese.
 */
export async function installChinese({
  userData,
  extensions,
}: {
  userData: string;
  extensions: string;
}): Promise<void> {
  const [publisher, name, version] = ['jimeng-test', 'chinese', '1.0.0'];
  const id = `${publisher}.${name}`;
  const folder = join(extensions, `${id}-${version}`);
  await mkdir(folder, { recursive: true });
  const translation = join(folder, 'main.i18n.json');
  const localization = {
    languageId: 'zh-cn',
    languageName: 'Chinese Simplified',
    localizedLanguageName: '中文(简体)',
    translations: [{ id: 'vscode', path: './main.i18n.json' }],
  };
  await Promise.all([
    writeFile(translation, JSON.stringify({ version: '1.0.0', contents: {} })),
    writeFile(
      join(folder, 'package.json'),
      JSON.stringify({
        name,
        publisher,
        version,
        engines: { vscode: '^1.100.0' },
        contributes: { localizations: [localization] },
      }),
    ),
    registerExtension(extensions, { publisher, name, version }, folder),
    writeFile(
      join(userData, 'languagepacks.json'),
      JSON.stringify({
        'zh-cn': {
          hash: createHash('md5').update(`${id}${version}`).digest('hex'),
          extensions: [{ extensionIdentifier: { id }, version }],
          translations: { vscode: translation },
          label: '中文(简体)',
        },
      }),
    ),
  ]);
}
