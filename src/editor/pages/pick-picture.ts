import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { SavedPicture } from '../../core/queue/task.ts';
import { uriOf } from '../platform/files.ts';
import { showPick } from '../generate/wizard/step.ts';

export interface PictureEntry extends vscode.QuickPickItem {
  picture?: SavedPicture;
  /** Asks for several of them. */
  several?: true;
}

export interface PickText {
  title: string;
  placeholder: string;
}

/** Asks for one of the pictures, or one of the other entries, with a preview of the active one beside. Undefined if cancelled. */
export async function pickPicture(
  pictures: readonly SavedPicture[],
  text: PickText,
  others: readonly PictureEntry[],
): Promise<PictureEntry | undefined> {
  const chosen = await showPick<PictureEntry>({
    ...text,
    items: () => [...pictures.map(entryOf), ...others],
    onActive: show,
  });
  await closePreviews(pictures);
  return chosen;
}

/** Asks for any number of the pictures. */
export async function pickSeveral(
  pictures: readonly SavedPicture[],
  { title, placeholder: placeHolder }: PickText,
): Promise<readonly SavedPicture[]> {
  const items = pictures.map((picture, index) => ({
    ...entryOf(picture, index),
    picture,
    picked: index === 0,
  }));
  const chosen = await vscode.window.showQuickPick(items, {
    title,
    placeHolder,
    canPickMany: true,
    ignoreFocusOut: true,
    onDidSelectItem: show,
  });
  await closePreviews(pictures);
  return chosen?.map(({ picture }) => picture) ?? [];
}

function entryOf(picture: SavedPicture, index: number): PictureEntry {
  return {
    label: `${index + 1}. ${basename(picture.path)}`,
    description: `${picture.width}×${picture.height}`,
    iconPath: uriOf(picture),
    picture,
  };
}

function show({ picture }: PictureEntry): void {
  if (picture)
    void vscode.commands.executeCommand('vscode.open', uriOf(picture), {
      preview: true,
      preserveFocus: true,
      viewColumn: vscode.ViewColumn.Beside,
    });
}

async function closePreviews(pictures: readonly SavedPicture[]): Promise<void> {
  const shown = new Set(pictures.map(picture => uriOf(picture).toString()));
  const previews = vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .filter(
      ({ input, isPreview }) =>
        isPreview && input instanceof vscode.TabInputCustom && shown.has(input.uri.toString()),
    );
  await vscode.window.tabGroups.close(previews, true);
}
