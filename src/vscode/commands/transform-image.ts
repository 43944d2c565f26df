import * as vscode from 'vscode';
import { mostInputs } from '../../core/models/catalogue.ts';
import type { InputImage } from '../../core/request.ts';
import type { Deps } from '../deps.ts';
import { chooseFiles } from '../wizard/images-page.ts';
import { generateImage, requestOfSettings } from './generate-image.ts';

/**
 * "Jimeng: Transform Image": with the pictures that are selected in the Explorer or open in the editor, else with some
 * that the person picks.
 */
export async function transformImage(deps: Deps, file: unknown, selected: unknown): Promise<void> {
  const images = chosen(file, selected) ?? await chooseFiles();
  if (images.length === 0) { return; }
  if (images.length > mostInputs) {
    void vscode.window.showErrorMessage(vscode.l10n.t('Choose 1 to {0} pictures; {1} are chosen.', mostInputs, images.length));
    return;
  }
  await generateImage(deps, { ...requestOfSettings(), images });
}

function chosen(file: unknown, selected: unknown): InputImage[] | undefined {
  const uris = Array.isArray(selected) && selected.length > 0 ? selected : [file];
  const pictures = uris.filter(uri => uri instanceof vscode.Uri && /\.(png|jpe?g|webp)$/i.test(uri.path)) as vscode.Uri[];
  return pictures.length > 0 ? pictures.map(uri => ({ uri: uri.toString() })) : undefined;
}
