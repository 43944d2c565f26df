import * as vscode from 'vscode';
import { nameOf } from '../../../core/inputs/address.ts';
import { MAX_INPUTS } from '../../../core/request/models.ts';
import { materialsOf } from '../../../core/request/materials.ts';
import { MAX_FRAMES, MAX_MATERIALS } from '../../../core/request/video-models.ts';
import type { GenerationRequest, InputImage } from '../../../core/request/schema.ts';
import { change as changed, title, type Changed, type Draft } from './draft.ts';
import { showStep } from './step.ts';

type Change = 'up' | 'down' | 'remove';
interface Entry extends vscode.QuickPickItem {
  index?: number;
  run?: 'done' | 'files' | 'address';
}

/** The kinds of files that the service accepts. */
const pictures = ['png', 'jpg', 'jpeg', 'webp'];
const videos = ['mp4', 'mov'];

/** What the inputs of a request are called, and how many there may be. */
function rolesOf(request: GenerationRequest): {
  what: string;
  most: number;
  nameOf: (index: number, images: readonly InputImage[]) => string;
} {
  if (request.kind === 'image')
    return { what: vscode.l10n.t('Pictures'), most: MAX_INPUTS, nameOf: index => `${index + 1}.` };
  if (request.omniReference)
    return {
      what: vscode.l10n.t('Materials'),
      most: MAX_MATERIALS,
      nameOf: (index, images) => `@${materialsOf(images)[index]?.field ?? ''}`,
    };
  return {
    what: vscode.l10n.t('Frames'),
    most: MAX_FRAMES,
    nameOf: index =>
      [vscode.l10n.t('First frame:'), vscode.l10n.t('Last frame:')][index] ?? `${index + 1}.`,
  };
}

/** Shows the input pictures in order; they can be added, moved and removed. */
export async function imagesPage(draft: Draft): Promise<Changed> {
  const { request } = draft;
  const { what, most, nameOf: roleOf } = rolesOf(request);
  const withVideos = 'omniReference' in request && request.omniReference === true;
  let images = [...(request.images ?? [])];
  // A video needs no pictures: none at all is a different request than an empty list.
  const done = () =>
    changed(draft, 'images', images.length === 0 && request.kind === 'video' ? undefined : images);
  for (;;) {
    const step = await showStep<Entry>({
      title: `${title(draft)} · ${what}`,
      placeholder:
        images.length > most
          ? vscode.l10n.t('{0} at most; {1} are chosen', most, images.length)
          : vscode.l10n.t('They are sent in this order'),
      back: true,
      filters: true,
      items: () => entries(images, roleOf),
      active: ({ run }) => run === 'done',
      onButton: ({ index }, button) => {
        images = moved(
          images,
          index ?? 0,
          (button as vscode.QuickInputButton & { change: Change }).change,
        );
        return Promise.resolve();
      },
    });
    if (step === undefined) return { draft: done(), cancelled: true };
    if (step === 'back') return { draft: done() };
    switch (step.item.run) {
      case 'files':
        images = [...images, ...(await chooseFiles(withVideos))];
        break;
      case 'address':
        images = [...images, ...(await askAddress())];
        break;
      case undefined:
        break;
      default:
        return { draft: done() };
    }
  }
}

/** Lets the person pick pictures, or videos too. */
export async function chooseFiles(withVideos = false): Promise<InputImage[]> {
  const defaultUri = vscode.workspace.workspaceFolders?.[0]?.uri;
  const files = await vscode.window.showOpenDialog({
    title: vscode.l10n.t('Pictures'),
    canSelectMany: true,
    openLabel: vscode.l10n.t('Add'),
    filters: {
      [withVideos ? vscode.l10n.t('Pictures and Videos') : vscode.l10n.t('Pictures')]: withVideos
        ? [...pictures, ...videos]
        : pictures,
    },
    ...(defaultUri && { defaultUri }),
  });
  return (files ?? []).map(uri => ({ uri: uri.toString() }));
}

async function askAddress(): Promise<InputImage[]> {
  const address = await vscode.window.showInputBox({
    title: vscode.l10n.t('Address of a Picture'),
    placeHolder: 'https://example.com/picture.png',
    ignoreFocusOut: true,
    validateInput: value =>
      /^https?:\/\//i.test(value.trim()) && URL.canParse(value.trim())
        ? undefined
        : vscode.l10n.t('An address begins with http:// or https://.'),
  });
  return address === undefined ? [] : [{ uri: address.trim() }];
}

function entries(
  images: readonly InputImage[],
  roleOf: (index: number, images: readonly InputImage[]) => string,
): Entry[] {
  const button = (change: Change, icon: string, tooltip: string) => ({
    change,
    iconPath: new vscode.ThemeIcon(icon),
    tooltip,
  });
  const buttons = [
    button('up', 'arrow-up', vscode.l10n.t('Move Up')),
    button('down', 'arrow-down', vscode.l10n.t('Move Down')),
    button('remove', 'trash', vscode.l10n.t('Remove')),
  ];
  return [
    { label: `$(check) ${vscode.l10n.t('Done')}`, run: 'done', alwaysShow: true },
    ...images.map(({ uri }, index): Entry => ({
      label: `${roleOf(index, images)} ${nameOf(uri)}`,
      description: placeOf(uri),
      index,
      buttons,
    })),
    { label: `$(add) ${vscode.l10n.t('Add Files…')}`, run: 'files', alwaysShow: true },
    { label: `$(globe) ${vscode.l10n.t('Add by Address…')}`, run: 'address', alwaysShow: true },
  ];
}

function placeOf(uri: string): string {
  return /^https?:/i.test(uri) ? uri : vscode.workspace.asRelativePath(vscode.Uri.parse(uri));
}

function moved(images: readonly InputImage[], index: number, change: Change): InputImage[] {
  const others = images.filter((_, at) => at !== index);
  const image = images[index];
  if (change === 'remove' || !image) return others;
  return others.toSpliced(Math.max(0, index + (change === 'up' ? -1 : 1)), 0, image);
}
