import { access, constants, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { errorCode } from '../core/system/files.ts';
import { isInside } from '../core/system/inside.ts';
import { isWeb } from '../core/inputs/address.ts';
import type { InputImage } from '../core/request/schema.ts';
import type { Task } from '../core/queue/task.ts';
import type { AgentHost } from './host.ts';
import { Refusal } from './errors.ts';

/** The URI of a picture that an agent names: in the project, or an http(s) address. Throws Refusal. */
export async function inputOf(name: string, host: AgentHost): Promise<InputImage> {
  if (isWeb(name)) {
    if (!URL.canParse(name)) throw new Refusal('inputMissing', `"${name}" is no address.`);
    return { uri: name };
  }
  return { uri: pathToFileURL(await insideProject(name, host)).href };
}

/**
 * The URI of the folder for results; the host's own by default. Throws Refusal for one outside the project or not
 * writable: nothing is paid for that can never be saved.
 */
export async function folderOf(name: string | undefined, host: AgentHost): Promise<string> {
  const folder =
    name === undefined
      ? await defaultFolder(host)
      : pathToFileURL(await insideProject(name, host)).href;
  if (folder.startsWith('file:')) await assertWritable(fileURLToPath(folder));
  return folder;
}

/** Whether a task's results belong to this project: agents learn nothing about other projects. */
export async function isOfProject(
  { folder }: Pick<Task, 'folder'>,
  host: AgentHost,
): Promise<boolean> {
  if (folder === (await host.defaultFolder().catch(() => undefined))) return true;
  if (!folder.startsWith('file:')) return false;
  const path = fileURLToPath(folder);
  return (
    await Promise.all((await host.roots()).map(root => isInside(path, root).catch(() => false)))
  ).includes(true);
}

async function defaultFolder(host: AgentHost): Promise<string> {
  try {
    return await host.defaultFolder();
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    throw new Refusal(
      'folderNotWritable',
      `The project's folder for pictures cannot be used (${errorCode(error)}). Name another one in the project.`,
    );
  }
}

/** The existing part of the path has to be a writable folder. */
async function assertWritable(path: string): Promise<void> {
  try {
    const isFolder = (await stat(path)).isDirectory();
    if (isFolder) {
      await access(path, constants.W_OK);
      return;
    }
  } catch (error) {
    if (errorCode(error) === 'ENOENT' && dirname(path) !== path)
      return assertWritable(dirname(path));
  }
  throw new Refusal(
    'folderNotWritable',
    `${shown(path)} is no folder that can be written. Name another one in the project.`,
  );
}

/**
 * The absolute path for a path that an agent gives. Links are resolved: one that leads out of the project is refused.
 * Throws Refusal.
 */
async function insideProject(name: string, host: AgentHost): Promise<string> {
  const given = pathIn(name);
  if (given === undefined)
    throw new Refusal(
      'badPath',
      `${JSON.stringify(shown(name))} is no path in the project. Name one relative to the project, such as "assets/a.png"; pictures may be http(s) addresses too.`,
    );

  const roots = await host.roots();
  const [first] = roots;
  if (first === undefined)
    throw new Refusal(
      'outsideProject',
      'The project is on no local disk, so no file or folder of it can be named. Leave the folder out; name pictures by http(s) addresses.',
    );

  const candidates = isAbsolute(given) ? [given] : roots.map(root => join(root, given));
  const existing = await Promise.all(
    candidates.map(path =>
      stat(path).then(
        () => true,
        () => false,
      ),
    ),
  );
  const path = candidates[existing.indexOf(true)] ?? candidates[0] ?? first;
  for (const root of roots) {
    const inside = await isInside(path, root).catch((error: unknown) => {
      throw new Refusal(
        'badPath',
        `${JSON.stringify(shown(name))} cannot be looked at: ${errorCode(error) ?? 'unknown'}. Name another path in the project.`,
      );
    });
    if (inside) return path;
  }
  throw new Refusal(
    'outsideProject',
    `${shown(name)} is outside of the project (${roots.join(', ')}), by its path or through a link. Name a path inside; what lies elsewhere has to be copied there by the person.`,
  );
}

/**
 * The path that a name refers to; undefined if it is not a path on this system, though it could be taken for an odd file
 * name.
 */
function pathIn(name: string): string | undefined {
  if (name.includes('\0') || /^~(?:[\\/]|$)/.test(name)) return undefined;
  if (/^file:/i.test(name)) {
    try {
      const path = fileURLToPath(name);
      return path.includes('\0') ? undefined : path;
    } catch {
      return undefined; // another machine's, or badly encoded
    }
  }
  const isWindowsPath = /^[a-z]:[\\/]|^\\\\/i;
  if (process.platform !== 'win32' && isWindowsPath.test(name)) return undefined;
  return /^[a-z][a-z\d+.-]+:/i.test(name) ? undefined : name; // another scheme; a single letter is a drive
}

/** As much of a name as an answer needs. */
function shown(name: string): string {
  return name.length > 200 ? `${name.slice(0, 200)}…` : name;
}
