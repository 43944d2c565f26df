import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { writeWhole } from '../../core/output/write-whole.ts';
import { readerIn } from '../../core/images/bytes.ts';
import { imageFormatOf } from '../../core/images/formats.ts';
import { sizeOf } from '../../core/images/inspect.ts';
import { toWeb, WEB_WIDTHS, type WebPicture } from '../../core/images/converter.ts';
import { JimengError } from '../../core/service/failures/failures.ts';
import type { Deps } from '../platform/deps.ts';
import { mayWriteNextTo } from '../generate/output-folder.ts';
import { putRenamed } from '../platform/workspace-folder.ts';
import type { Insertion } from './into-page.ts';

/** The key under which the last chosen widths are remembered. */
const key = 'webWidths';

/** An original, with its width in pixels. */
interface Original {
  insertion: Insertion;
  bytes: Uint8Array;
  width: number;
}

/** Creates WebP pictures of the widths that the person chooses. Undefined if they cancel. Throws JimengError. */
export async function forWeb(
  insertions: readonly Insertion[],
  { services, memory }: Deps,
): Promise<Insertion[] | undefined> {
  const originals = await Promise.all(insertions.map(read));
  if (originals.length === 0) return [];
  for (const {
    insertion: { uri },
  } of originals)
    if (!(await mayWriteNextTo(uri, memory))) return undefined;

  const widths = await askWidths(Math.max(...originals.map(({ width }) => width)), memory);
  if (!widths) return undefined;
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: vscode.l10n.t('Creating pictures for the web'),
    cancellable: true,
  };
  return vscode.window.withProgress(options, async (progress, token) => {
    const stop = new AbortController();
    token.onCancellationRequested(() => stop.abort());
    const made: Insertion[] = [];
    for (const [index, { insertion, bytes, width }] of originals.entries()) {
      if (originals.length > 1) progress.report({ message: `${index + 1}/${originals.length}` });
      const own = [...new Set(widths.map(wanted => Math.min(wanted, width)))];
      made.push(await save(insertion, await toWeb(bytes, own, services.webWorker, stop.signal)));
    }
    return made;
  });
}

async function read(insertion: Insertion): Promise<Original> {
  const bytes = await vscode.workspace.fs.readFile(insertion.uri).then(undefined, () => {
    throw new JimengError({ kind: 'inputMissing', detail: nameOf(insertion.uri) });
  });
  const size = await sizeOf(readerIn(bytes));
  if (size) return { insertion, bytes, width: size.width };
  const format = imageFormatOf(bytes);
  throw new JimengError(
    format === undefined
      ? { kind: 'inputNotAPicture', detail: nameOf(insertion.uri) }
      : { kind: 'cannotShrink', detail: format.toUpperCase() },
  );
}

/** @param full the width of the widest picture */
async function askWidths(full: number, memory: vscode.Memento): Promise<number[] | undefined> {
  const remembered = memory.get<unknown>(key);
  const last: unknown[] = Array.isArray(remembered) ? remembered : [800, 1600];
  const offered = [...WEB_WIDTHS.filter(width => width < full), full];
  const picked = offered.some(width => last.includes(width)) ? last : [offered[0]];
  const items = offered.map(width => ({
    label: vscode.l10n.t('{0} px', width),
    width,
    picked: picked.includes(width),
    ...(width === full && { description: vscode.l10n.t("the picture's own width") }),
  }));
  const chosen = await vscode.window.showQuickPick(items, {
    canPickMany: true,
    ignoreFocusOut: true,
    title: vscode.l10n.t('Jimeng: Insert for the Web'),
    placeHolder: vscode.l10n.t('Widths of the WebP pictures, saved next to the original'),
  });
  if (!chosen || chosen.length === 0) return undefined;
  const widths = chosen.map(({ width }) => width).sort((a, b) => a - b);
  await memory.update(key, widths);
  return widths;
}

async function save(insertion: Insertion, pictures: readonly WebPicture[]): Promise<Insertion> {
  const sources = [];
  for (const { webp, width, height } of pictures)
    sources.push({ uri: await saveNextTo(insertion.uri, webp, width), width, height });
  const widest = sources.at(-1);
  if (!widest) return insertion;
  return {
    ...insertion,
    uri: widest.uri,
    size: { width: widest.width, height: widest.height },
    sources,
  };
}

/** As `NAME-800w.webp`, or a free name like it; a file with the same content is reused. */
async function saveNextTo(
  original: vscode.Uri,
  webp: Uint8Array,
  width: number,
): Promise<vscode.Uri> {
  const stem = nameOf(original).replace(/\.\w+$/, '');
  const named = (attempt: number) =>
    vscode.Uri.joinPath(
      original,
      '..',
      `${stem}-${width}w${attempt === 0 ? '' : `-${attempt + 1}`}.webp`,
    );
  try {
    if (original.scheme === 'file') {
      const part = join(dirname(original.fsPath), `.${randomUUID()}.part`);
      return vscode.Uri.file(await writeWhole(part, webp, attempt => named(attempt).fsPath));
    }
    const part = vscode.Uri.joinPath(original, '..', `.${randomUUID()}.part`);
    return await putRenamed(part, webp, named, async taken =>
      Buffer.from(webp).equals(await vscode.workspace.fs.readFile(taken)),
    );
  } catch (error) {
    throw new JimengError(
      { kind: 'folderNotWritable', detail: error instanceof Error ? error.message : String(error) },
      { cause: error },
    );
  }
}

function nameOf(uri: vscode.Uri): string {
  return uri.path.slice(uri.path.lastIndexOf('/') + 1);
}
