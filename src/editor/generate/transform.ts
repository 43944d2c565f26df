import * as vscode from 'vscode';
import { mostInputs } from '../../core/request/models.ts';
import { mostFrames, mostMaterials, videoModels } from '../../core/request/video-models.ts';
import type { InputImage } from '../../core/request/schema.ts';
import { chosenFiles } from '../platform/selected-files.ts';
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
  if (images.length > mostInputs) {
    void vscode.window.showErrorMessage(
      vscode.l10n.t('Choose 1 to {0} pictures; {1} are chosen.', mostInputs, images.length),
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
  if (images && images.length > mostMaterials) {
    void vscode.window.showErrorMessage(
      vscode.l10n.t('Choose 1 to {0} pictures; {1} are chosen.', mostMaterials, images.length),
    );
    return;
  }
  const model = videoModels.find(({ omniReference }) => omniReference)?.id;
  const materials = images &&
    images.length > mostFrames && { omniReference: true, ...(model !== undefined && { model }) };
  await generate(deps, { kind: 'video', prompt: '', ...(images && { images }), ...materials });
}

function chosen(file: unknown, selected: unknown): InputImage[] | undefined {
  const pictures = chosenFiles(file, selected).filter(({ path }) =>
    /\.(png|jpe?g|webp)$/i.test(path),
  );
  return pictures.length > 0 ? pictures.map(uri => ({ uri: uri.toString() })) : undefined;
}
