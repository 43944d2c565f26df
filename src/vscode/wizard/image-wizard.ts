import * as vscode from 'vscode';
import { imageModels, imageModelsOf, defaults, madeOf, ratios, resolutions, type Region } from '../../core/models/catalogue.ts';
import { check, type Checked } from '../../core/models/check.ts';
import type { ImageRequest } from '../../core/request.ts';
import { joinSentences } from '../../core/service/failures.ts';
import { pictures } from '../task-texts.ts';
import { showStep } from './step.ts';

export interface Draft {
  request: ImageRequest;
  mode: 'now' | 'background';
}

interface Entry extends vscode.QuickPickItem { action?: 'generate' | 'options' | Option }
type Option = 'model' | 'ratio' | 'resolution' | 'negativePrompt' | 'sampleStrength' | 'intelligentRatio' | 'mode';

const title = () => vscode.l10n.t('Jimeng: Generate Image');

/**
 * Asks for a prompt and, if the person wants, for options. What will be sent is always visible.
 * @param region of the session, as far as one is known; it decides which models there are.
 * Undefined when the person gives up.
 */
export async function imageWizard(draft: Draft, region: Region): Promise<Draft | undefined> {
  for (let current = draft; ;) {
    const step = await showStep<Entry>({
      title: title(),
      step: [1, 2],
      placeholder: vscode.l10n.t('Describe the picture, then press Enter'),
      value: current.request.prompt,
      filters: false,
      items: prompt => promptPage(withPrompt(current, prompt), region),
    });
    if (step === undefined || step === 'back') { return undefined; }
    current = withPrompt(current, step.value);
    if (step.item.action === 'generate') {
      if (check(current.request, region, { unknownModels: 'pass' }).ok) { return current; }
      continue;
    }
    const chosen = await optionsPage(current, region);
    if (chosen === undefined) { return undefined; }
    if (chosen.done) { return chosen.draft; }
    current = chosen.draft;
  }
}

function withPrompt(draft: Draft, prompt: string): Draft {
  return { ...draft, request: { ...draft.request, prompt } };
}

function promptPage(draft: Draft, region: Region): Entry[] {
  const checked = check(draft.request, region, { unknownModels: 'pass' });
  const empty = draft.request.prompt.trim() === '';
  return [
    empty
      ? { label: `$(edit) ${vscode.l10n.t('Write a prompt first')}`, description: sendingText(draft, region), alwaysShow: true, action: 'generate' }
      : generateEntry(draft, checked),
    { label: `$(settings) ${vscode.l10n.t('Options…')}`, description: vscode.l10n.t('model, ratio, resolution, negative prompt and more'), alwaysShow: true, action: 'options' },
  ];
}

/** The entry that sends: with what will be sent and made, and what to know before. */
function generateEntry(draft: Draft, checked: Checked): Entry {
  if (!checked.ok) { return { label: `$(error) ${checked.refusal.message}`, alwaysShow: true, action: 'generate' }; }
  const { outcome, warnings } = checked;
  return {
    label: `$(sparkle) ${vscode.l10n.t('Generate')}`,
    description: [
      outcome.model, outcome.ratio, `${outcome.width}×${outcome.height}`,
      vscode.l10n.t('about {0}', pictures(outcome.pictures)),
      ...draft.mode === 'background' ? [vscode.l10n.t('in the background')] : [],
    ].join(' · '),
    ...warnings.length > 0 && { detail: `$(warning) ${joinSentences(...warnings.map(({ message }) => message))}` },
    alwaysShow: true,
    action: 'generate',
  };
}

/** What would be sent, while there is no prompt to check yet. */
function sendingText({ request }: Draft, region: Region): string {
  const checked = check({ ...request, prompt: '-' }, region, { unknownModels: 'pass' });
  return checked.ok ? `${checked.outcome.model} · ${checked.outcome.ratio} · ${checked.outcome.width}×${checked.outcome.height}` : '';
}

async function optionsPage(draft: Draft, region: Region): Promise<{ draft: Draft; done: boolean } | undefined> {
  let last: Entry['action'] = 'generate';
  for (let current = draft; ;) {
    const step = await showStep<Entry>({
      title: title(),
      step: [2, 2],
      placeholder: vscode.l10n.t('Generate, or choose what to change'),
      back: true,
      filters: true,
      items: () => [generateEntry(current, check(current.request, region, { unknownModels: 'pass' })), ...optionEntries(current, region)],
      active: item => item.action === last,
    });
    if (step === undefined) { return undefined; }
    if (step === 'back') { return { draft: current, done: false }; }
    const { action } = step.item;
    if (action === 'generate') {
      if (check(current.request, region, { unknownModels: 'pass' }).ok) { return { draft: current, done: true }; }
      return { draft: current, done: false }; // the prompt page says what is wrong
    }
    if (action === undefined || action === 'options') { continue; }
    last = action;
    const changed = await pickers[action](current, region);
    if (changed === undefined) { return undefined; }
    current = changed;
  }
}

function optionEntries({ request, mode }: Draft, region: Region): Entry[] {
  const checked = check({ ...request, prompt: request.prompt || '-' }, region, { unknownModels: 'pass' });
  const size = checked.ok ? ` · ${checked.outcome.width}×${checked.outcome.height}` : '';
  const none = vscode.l10n.t('none');
  const entry = (icon: string, label: string, description: string, action: Option): Entry => ({ label: `$(${icon}) ${label}`, description, action });
  return [
    entry('symbol-misc', vscode.l10n.t('Model'), request.model ?? defaults.model, 'model'),
    entry('symbol-ruler', vscode.l10n.t('Ratio'), `${request.ratio ?? defaults.ratio}${size}`, 'ratio'),
    entry('screen-full', vscode.l10n.t('Resolution'), request.resolution ?? defaults.resolution, 'resolution'),
    entry('circle-slash', vscode.l10n.t('Negative Prompt'), request.negativePrompt ?? none, 'negativePrompt'),
    entry('settings', vscode.l10n.t('Sample Strength'), request.sampleStrength?.toString() ?? vscode.l10n.t('chosen by the service'), 'sampleStrength'),
    entry('wand', vscode.l10n.t('Intelligent Ratio'), request.intelligentRatio ? vscode.l10n.t('on: words in the prompt choose the ratio') : vscode.l10n.t('off'), 'intelligentRatio'),
    entry('clock', vscode.l10n.t('Wait'), modeText(mode), 'mode'),
  ];
}

function modeText(mode: Draft['mode']): string {
  return mode === 'now' ? vscode.l10n.t('now, in front of it') : vscode.l10n.t('in the background');
}

/** Each asks for one option and returns the changed draft; the same one where the person goes back. */
const pickers: Record<Option, (draft: Draft, region: Region) => Promise<Draft | undefined>> = {
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
      return { label: ratio, description: `${width}×${height}` };
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
};

async function pickOne(draft: Draft, what: string, field: 'model' | 'ratio' | 'resolution', items: vscode.QuickPickItem[]): Promise<Draft | undefined> {
  const present = draft.request[field] ?? defaults[field];
  const step = await showStep({
    title: `${title()} · ${what}`, placeholder: what, back: true, filters: true, items: () => items, active: ({ label }) => label === present,
  });
  return step === undefined ? undefined : step === 'back' ? draft : change(draft, field, step.item.label);
}

/** Undefined where the person goes back. */
function ask(what: string, prompt: string, value: string, validateInput?: (value: string) => string | undefined): Thenable<string | undefined> {
  return vscode.window.showInputBox({ title: `${title()} · ${what}`, prompt, value, ignoreFocusOut: true, ...validateInput && { validateInput } });
}

function change<K extends keyof ImageRequest>(draft: Draft, field: K, value: ImageRequest[K] | undefined): Draft {
  const request: Partial<ImageRequest> = { ...draft.request };
  if (value === undefined) { Reflect.deleteProperty(request, field); } else { request[field] = value; }
  return { ...draft, request: request as ImageRequest };
}
