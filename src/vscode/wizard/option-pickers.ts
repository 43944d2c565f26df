import * as vscode from 'vscode';
import { defaults, imageModels, imageModelsOf, madeOf, ratios, resolutions, type Region } from '../../core/models/catalogue.ts';
import type { ImageRequest } from '../../core/request.ts';
import { title, type Draft } from './draft.ts';
import { imagesPage } from './images-page.ts';
import { shapeOf } from './shape.ts';
import { showStep } from './step.ts';

export type Option = 'model' | 'ratio' | 'resolution' | 'negativePrompt' | 'sampleStrength' | 'intelligentRatio' | 'mode' | 'folder' | 'callbackUrl' | 'images';

/** Each asks for one option and returns the changed draft; the same one where the person goes back, undefined where they give up. */
export const pickers: Record<Option, (draft: Draft, region: Region) => Promise<Draft | undefined>> = {
  images: imagesPage,
  model: (draft, region) => {
    const known = imageModelsOf(region).map(({ id }) => id);
    const own = draft.request.model;
    const others = own !== undefined && !imageModels.some(({ id }) => id === own) ? [own] : [];
    return pickOne(draft, vscode.l10n.t('Model'), 'model', [...known, ...others].map(id => ({ label: id, ...id === defaults.model && { description: vscode.l10n.t('built-in default') } })));
  },
  ratio: (draft, region) => {
    const { model = defaults.model, resolution = defaults.resolution } = draft.request;
    return pickOne(draft, vscode.l10n.t('Ratio'), 'ratio', ratios.map(ratio => {
      const { width, height } = madeOf(model, region, ratio, resolutions.find(known => known === resolution) ?? defaults.resolution);
      return { label: ratio, description: `${width}×${height}`, iconPath: shapeOf(ratio) };
    }));
  },
  resolution: draft => pickOne(draft, vscode.l10n.t('Resolution'), 'resolution', resolutions.map(label => ({
    label, ...label === '4k' && { description: vscode.l10n.t('costs more credits') },
  }))),
  negativePrompt: async draft => {
    const text = await ask(vscode.l10n.t('Negative Prompt'), vscode.l10n.t('What should not be in the picture; empty for nothing'), draft.request.negativePrompt ?? '');
    return text === undefined ? draft : change(draft, 'negativePrompt', text.trim() === '' ? undefined : text);
  },
  sampleStrength: async draft => {
    const text = await ask(vscode.l10n.t('Sample Strength'), vscode.l10n.t('A number from 0 to 1; empty to let the service choose'), draft.request.sampleStrength?.toString() ?? '', value =>
      value.trim() === '' || Number(value) >= 0 && Number(value) <= 1 ? undefined : vscode.l10n.t('The sample strength is a number from 0 to 1.'));
    return text === undefined ? draft : change(draft, 'sampleStrength', text.trim() === '' ? undefined : Number(text));
  },
  intelligentRatio: draft => Promise.resolve(change(draft, 'intelligentRatio', draft.request.intelligentRatio ? undefined : true)),
  mode: draft => Promise.resolve({ ...draft, mode: draft.mode === 'now' ? 'background' : 'now' }),
  folder: async draft => {
    const defaultUri = draft.folder ?? vscode.workspace.workspaceFolders?.[0]?.uri;
    const [folder] = await vscode.window.showOpenDialog({
      title: vscode.l10n.t('Output Folder'), canSelectFolders: true, canSelectFiles: false, openLabel: vscode.l10n.t('Save Here'), ...defaultUri && { defaultUri },
    }) ?? [];
    return folder ? { ...draft, folder } : draft;
  },
  callbackUrl: async draft => {
    const prompt = vscode.l10n.t('An address of your own backend that the task service calls at the end; the stock service does not. Empty for none.');
    const text = await ask(vscode.l10n.t('Callback URL'), prompt, draft.request.callbackUrl ?? '', value =>
      value.trim() === '' || /^https?:\/\//i.test(value) && URL.canParse(value) ? undefined : vscode.l10n.t('An address begins with http:// or https://.'));
    return text === undefined ? draft : change(draft, 'callbackUrl', text.trim() === '' ? undefined : text.trim());
  },
};

async function pickOne(draft: Draft, what: string, field: 'model' | 'ratio' | 'resolution', items: vscode.QuickPickItem[]): Promise<Draft | undefined> {
  const present = draft.request[field] ?? defaults[field];
  const step = await showStep({
    title: `${title(draft)} · ${what}`, placeholder: what, back: true, filters: true, items: () => items, active: ({ label }) => label === present,
  });
  return step === undefined ? undefined : step === 'back' ? draft : change(draft, field, step.item.label);
}

/** Undefined where the person goes back. */
function ask(what: string, prompt: string, value: string, validateInput?: (value: string) => string | undefined): Thenable<string | undefined> {
  return vscode.window.showInputBox({ title: `${vscode.l10n.t('Jimeng')} · ${what}`, prompt, value, ignoreFocusOut: true, ...validateInput && { validateInput } });
}

function change<K extends keyof ImageRequest>(draft: Draft, field: K, value: ImageRequest[K] | undefined): Draft {
  const request: Partial<ImageRequest> = { ...draft.request };
  if (value === undefined) { Reflect.deleteProperty(request, field); } else { request[field] = value; }
  return { ...draft, request: request as ImageRequest };
}
