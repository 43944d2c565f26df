import * as vscode from 'vscode';
import { nameOf } from '../../core/inputs/inputs.ts';
import { defaults, imageModels, type Region } from '../../core/models/catalogue.ts';
import type { Checked } from '../../core/models/check.ts';
import { joinSentences } from '../../core/service/failures.ts';
import type { Presets } from '../presets.ts';
import type { KnownCredits } from '../../core/tasks/balances.ts';
import { sizeOf } from '../../core/tasks/order.ts';
import { age, oneLine, pictures } from '../task-texts.ts';
import { settings } from '../settings.ts';
import { checkDraft, optionsOf, outcomeText, title, withOptions, type Draft, type Options } from './draft.ts';
import { pickers, type Option } from './option-pickers.ts';
import { shapeOf } from './shape.ts';
import { showStep } from './step.ts';

type Action = 'generate' | 'edit' | 'save' | 'credits' | Option;
interface Entry extends vscode.QuickPickItem { action?: Action; options?: Options; preset?: string }

export interface OptionsContext {
  region: Region;
  presets: Presets;
  /** Those of the last generation: offered, never taken by themselves. */
  last: Options | undefined;
  /** As they were when they were last asked for. */
  credits: KnownCredits | undefined;
  /** Asks for them anew. */
  askCredits: () => Promise<KnownCredits | undefined>;
}

export interface OptionsResult { draft: Draft; next: 'generate' | 'edit' | 'back' }

/** Shows everything that will be sent; its first entry sends it, the others change it. Undefined when the person gives up. */
export async function optionsPage(draft: Draft, given: OptionsContext): Promise<OptionsResult | undefined> {
  let stand: Action | undefined = 'generate';
  let context = given;
  for (let current = draft; ;) {
    const step = await showStep<Entry>({
      title: title(current),
      step: [2, 2],
      placeholder: vscode.l10n.t('Generate, or choose what to change'),
      back: true,
      filters: true,
      items: () => entries(current, context),
      active: ({ action }) => action === stand,
      onButton: ({ preset }) => context.presets.remove(preset ?? ''),
    });
    if (step === undefined) { return undefined; }
    if (step === 'back') { return { draft: current, next: 'back' }; }
    const { action, options } = step.item;
    stand = action ?? 'generate';
    if (options) {
      current = withOptions(current, options);
    } else if (action === 'generate') {
      if (checkDraft(current, context.region).ok) { return { draft: current, next: 'generate' }; }
      stand = 'model'; // it says what is wrong; the model is what a refusal is about
    } else if (action === 'edit') {
      return { draft: current, next: 'edit' };
    } else if (action === 'credits') {
      context = { ...context, credits: await context.askCredits() };
    } else if (action === 'save') {
      await savePreset(current, context.presets);
    } else if (action !== undefined) {
      const changed = await pickers[action](current, context.region);
      if (changed === undefined) { return undefined; }
      current = changed;
    }
  }
}

function entries(draft: Draft, context: OptionsContext): Entry[] {
  const { request } = draft;
  const lines = request.prompt.split('\n').length;
  return [
    generateEntry(draft, checkDraft(draft, context.region)),
    ...creditsEntry(draft, context),
    ...lines > 1 ? [{ label: `$(go-to-file) ${vscode.l10n.t('Prompt')}`, description: vscode.l10n.t('{0} lines: {1}', lines, oneLine(request.prompt)), action: 'edit' as const }] : [],
    ...request.images ? [{ label: `$(file-media) ${vscode.l10n.t('Pictures')}`, description: request.images.map(({ uri }, index) => `${index + 1}. ${nameOf(uri)}`).join(' · '), action: 'images' as const }] : [],
    separator(vscode.l10n.t('options')),
    ...optionEntries(draft, context.region),
    ...offered(draft, context),
  ];
}

const separator = (label: string): Entry => ({ label, kind: vscode.QuickPickItemKind.Separator });

/** The entry that sends: with what will be sent and made, and what to know before. */
function generateEntry(draft: Draft, checked: Checked): Entry {
  if (!checked.ok) { return { label: `$(error) ${checked.refusal.message}`, alwaysShow: true, action: 'generate' }; }
  const { outcome, warnings } = checked;
  return {
    label: `$(sparkle) ${vscode.l10n.t('Generate')}`,
    description: [
      outcomeText(checked),
      vscode.l10n.t('about {0}', pictures(outcome.pictures)),
      ...draft.mode === 'background' ? [vscode.l10n.t('in the background')] : [],
    ].join(' · '),
    ...warnings.length > 0 && { detail: `$(warning) ${joinSentences(...warnings.map(({ message }) => message))}` },
    alwaysShow: true,
    action: 'generate',
  };
}

/** What is known without asking; choosing it asks. */
function creditsEntry(draft: Draft, { region, credits }: OptionsContext): Entry[] {
  if (!credits) { return []; }
  const { balance, costOf } = credits;
  const checked = checkDraft(draft, region);
  const cost = checked.ok ? costOf({ request: draft.request, model: checked.outcome.model, size: sizeOf(checked.outcome) }) : undefined;
  return [{
    label: `$(credit-card) ${vscode.l10n.t('Credits')}`,
    description: [
      `${balance.credits.toLocaleString()} (${age(Date.now() - balance.at)})`,
      ...cost === undefined ? [] : [vscode.l10n.t('{0} fewer after the last one like this', cost)],
    ].join(' · '),
    action: 'credits',
  }];
}

function optionEntries(draft: Draft, region: Region): Entry[] {
  const { request, mode, folder } = draft;
  const { model = defaults.model, ratio = defaults.ratio, resolution = defaults.resolution } = request;
  const checked = checkDraft(draft, region);
  const made = checked.ok ? checked.outcome : undefined;
  const none = vscode.l10n.t('none');
  const always = (value: string) => vscode.l10n.t('{0}: always so with {1}', value, model);
  const entry = (icon: string, label: string, description: string, action: Option): Entry => ({ label: `$(${icon}) ${label}`, description, action });
  const size = made ? ` · ${made.width}×${made.height}` : '';
  const ignoresIntelligent = imageModels.find(({ id }) => id === model)?.intelligentRatio === 'no';
  return [
    entry('symbol-misc', vscode.l10n.t('Model'), model, 'model'),
    { ...entry('symbol-ruler', vscode.l10n.t('Ratio'), made && made.ratio !== ratio ? always(made.ratio) : `${ratio}${size}`, 'ratio'), iconPath: shapeOf(made?.ratio ?? ratio), label: vscode.l10n.t('Ratio') },
    entry('screen-full', vscode.l10n.t('Resolution'), made && made.resolution !== resolution ? always(made.resolution) : resolution, 'resolution'),
    entry('circle-slash', vscode.l10n.t('Negative Prompt'), request.negativePrompt ?? none, 'negativePrompt'),
    entry('settings', vscode.l10n.t('Sample Strength'), request.sampleStrength?.toString() ?? vscode.l10n.t('chosen by the service'), 'sampleStrength'),
    entry('wand', vscode.l10n.t('Intelligent Ratio'), intelligentText(request.intelligentRatio === true, ignoresIntelligent ? model : undefined), 'intelligentRatio'),
    entry('clock', vscode.l10n.t('Wait'), mode === 'now' ? vscode.l10n.t('now, in front of it') : vscode.l10n.t('in the background'), 'mode'),
    entry('folder', vscode.l10n.t('Output Folder'), folder ? vscode.workspace.asRelativePath(folder) : settings.outputDirectory(vscode.workspace.workspaceFolders?.[0]?.uri), 'folder'),
    entry('globe', vscode.l10n.t('Callback URL'), request.callbackUrl ?? none, 'callbackUrl'),
  ];
}

function intelligentText(on: boolean, ignoredBy: string | undefined): string {
  if (ignoredBy !== undefined) { return vscode.l10n.t('{0} ignores it', ignoredBy); }
  return on ? vscode.l10n.t('on: words in the prompt choose the ratio') : vscode.l10n.t('off');
}

function offered(draft: Draft, { region, presets, last }: OptionsContext): Entry[] {
  const present = JSON.stringify(sorted(optionsOf(draft.request)));
  const offer = (label: string, options: Options): Entry => ({ label, description: describeOptions(draft, options, region), options });
  const remove = { iconPath: new vscode.ThemeIcon('trash'), tooltip: vscode.l10n.t('Remove') };
  return [
    separator(vscode.l10n.t('presets')),
    ...last && JSON.stringify(sorted(last)) !== present ? [offer(`$(history) ${vscode.l10n.t('As Last Time')}`, last)] : [],
    ...presets.all().map(({ name, options }): Entry => ({ ...offer(`$(bookmark) ${name}`, options), preset: name, buttons: [remove] })),
    { label: `$(save) ${vscode.l10n.t('Save as Preset…')}`, action: 'save' },
  ];
}

/** What a set of options comes to, with what else it sets. */
function describeOptions(draft: Draft, options: Options, region: Region): string {
  const checked = checkDraft(withOptions(draft, options), region);
  if (!checked.ok) { return checked.refusal.message; }
  const { negativePrompt, sampleStrength, intelligentRatio } = options;
  return [
    outcomeText(checked),
    ...negativePrompt === undefined ? [] : [vscode.l10n.t('without: {0}', oneLine(negativePrompt))],
    ...sampleStrength === undefined ? [] : [vscode.l10n.t('strength {0}', sampleStrength)],
    ...intelligentRatio === true ? [vscode.l10n.t('intelligent ratio')] : [],
  ].join(' · ');
}

function sorted(options: Options): [string, unknown][] {
  return Object.entries(options).sort(([a], [b]) => a.localeCompare(b));
}

async function savePreset({ request }: Draft, presets: Presets): Promise<void> {
  const name = await vscode.window.showInputBox({
    title: vscode.l10n.t('Save as Preset'),
    prompt: vscode.l10n.t('A name for these options; one of the same name is replaced'),
    ignoreFocusOut: true,
  });
  if (name !== undefined && name.trim() !== '') { await presets.save({ name: name.trim(), options: optionsOf(request) }); }
}
