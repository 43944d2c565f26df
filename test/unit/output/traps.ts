import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import {
  link,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';

/** Everything at a path, without following links: what it is, its bytes, its mode and its time. */
export async function snapshot(path: string): Promise<string[]> {
  const found = await lstat(path);
  const state = (what: string) => `${path} ${what} ${found.mode.toString(8)} ${found.mtimeMs}`;
  if (found.isSymbolicLink()) return [`${path} -> ${await readlink(path)}`];
  if (found.isFile())
    return [
      state(
        createHash('sha256')
          .update(await readFile(path))
          .digest('hex'),
      ),
    ];
  if (!found.isDirectory()) return [state('special')];
  const inside = await Promise.all(
    (await readdir(path)).sort().map(name => snapshot(join(path, name))),
  );
  return [state('folder'), ...inside.flat()];
}

/** A folder with what a person would miss; some of it is named as a saving names its files. */
export async function makeVictim(path: string, owner: string): Promise<void> {
  await mkdir(join(path, 'deep'), { recursive: true });
  await Promise.all(
    [
      ['thesis.txt', 'years of work'],
      ['deep/notes.txt', 'more'],
      ['1.1.part', 'named as ours'],
      ['empty', ''],
      [owner, ''],
    ].map(([name, text]) => writeFile(join(path, name!), text!)),
  );
}

/** Makes a trap at a path. The victim is a folder made by `makeVictim`. */
export type Trap = (path: string, victim: string, owner: string) => Promise<unknown>;

const folderWith =
  (name: (owner: string) => string, fill: Trap): Trap =>
  async (path, victim, owner) => {
    await mkdir(path, { recursive: true });
    await fill(join(path, name(owner)), victim, owner);
  };
const fifo = (path: string) => execFileSync('mkfifo', [path]);

/** What can be where a saving would make its folder. */
export const traps: Readonly<Record<string, Trap>> = {
  'an absolute link to a folder': (path, victim) => symlink(victim, path),
  'a relative link to a folder': (path, victim) => symlink(relative(dirname(path), victim), path),
  'a link to a folder below': (path, victim) => symlink(join(victim, 'deep'), path),
  'a link to a file': (path, victim) => symlink(join(victim, 'thesis.txt'), path),
  'a link to nothing': (path, victim) => symlink(join(victim, 'new'), path),
  'a link to itself': path => symlink(path, path),
  'a file': path => writeFile(path, 'a file'),
  'an empty file': path => writeFile(path, ''),
  'a FIFO': path => Promise.resolve(fifo(path)),
  'a folder with a link to a folder, named as an unfinished picture': folderWith(
    () => '1.1.part',
    (path, victim) => symlink(victim, path),
  ),
  'a folder with a link to a file, named as an unfinished picture': folderWith(
    () => `1.${process.pid}.part`,
    (path, victim) => symlink(join(victim, 'thesis.txt'), path),
  ),
  'a folder with a folder, named as an unfinished picture': folderWith(
    () => '1.1.part',
    path => mkdir(path),
  ),
  'a folder with a folder': folderWith(
    () => 'deep',
    (path, _victim, owner) => makeVictim(path, owner),
  ),
  'a folder with a file of another name': folderWith(
    () => 'notes.txt',
    path => writeFile(path, 'mine'),
  ),
  'a folder with a hard link': folderWith(
    () => 'thesis.txt',
    (path, victim) => link(join(victim, 'thesis.txt'), path),
  ),
  'a folder with a FIFO, named as an unfinished picture': folderWith(
    () => '1.1.part',
    path => Promise.resolve(fifo(path)),
  ),
  'a folder with a link, named as the owner': folderWith(
    owner => owner,
    (path, victim) => symlink(join(victim, 'empty'), path),
  ),
  'a folder with a folder, named as the owner': folderWith(
    owner => owner,
    path => mkdir(path),
  ),
  'a folder with a file that is named as the owner and is not empty': folderWith(
    owner => owner,
    path => writeFile(path, 'mine'),
  ),
  'a folder with a name that cannot be decoded': folderWith(
    () => 'owner&%&%E0%A4%A&1',
    path => writeFile(path, ''),
  ),
  'a folder with the owner and a link beside it': async (path, victim, owner) => {
    await folderWith(
      () => owner,
      file => writeFile(file, ''),
    )(path, victim, owner);
    await symlink(victim, join(path, '1.1.part'));
  },
};
