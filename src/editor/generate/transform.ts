import * as vscode from 'vscode';
import { MAX_INPUTS } from '../../core/request/models.ts';
import { MAX_FRAMES, MAX_MATERIALS, videoModels } from '../../core/request/video-models.ts';
import type { InputImage } from '../../core/request/schema.ts';
import { chosenFiles } from '../platform/files.ts';
import type { Deps } from '../platform/deps.ts';
import { chooseFiles } from './wizard/images-page.ts';
import { generate, requestOfSettings } from './generate.ts';

/**
 * "Jimeng: Transform Image": with the pictures that are selected in the Explorer or open in the editor, else with some
 * that the person picks.
 */
export async function transformImage(deps: Deps, file: unknown, selected: unknown): Promise<void> {
  const images = chosen(file, selected) ?? (await chooseFiles());
  if (images.length === 0) return;
  if (images.length > MAX_INPUTS) {
    void vscode.window.showErrorMessage(
      vscode.l10n.t('Choose 1 to {0} pictures; {1} are chosen.', MAX_INPUTS, images.length),
    );
    return;
  }
  await generate(deps, { ...requestOfSettings(), images });
}

/**
 * "Jimeng: Generate Video", and "Make a Video from This" with what is selected: one or two pictures are frames; more are
 * materials, which only some models take.
 */
export async function generateVideo(deps: Deps, file: unknown, selected: unknown): Promise<void> {
  const images = chosen(file, selected);
  if (images && images.length > MAX_MATERIALS) {
    void vscode.window.showErrorMessage(
      vscode.l10n.t('Choose 1 to {0} pictures; {1} are chosen.', MAX_MATERIALS, images.length),
    );
    return;
  }
  const model = videoModels.find(({ omniReference }) => omniReference)?.id;
  const materials = images &&
    images.length > MAX_FRAMES && { omniReference: true, ...(model !== undefined && { model }) };
  await generate(deps, { kind: 'video', prompt: '', ...(images && { images }), ...materials });
}

function chosen(file: unknown, selected: unknown): InputImage[] | undefined {
  const pictures = chosenFiles(file, selected).filter(({ path }) =>
    /\.(png|jpe?g|webp)$/i.test(path),
  );
  return pictures.length > 0 ? pictures.map(uri => ({ uri: uri.toString() })) : undefined;
}
