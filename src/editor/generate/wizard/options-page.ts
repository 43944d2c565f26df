import * as vscode from 'vscode';
import type { Region } from '../../../core/request/models.ts';
import type { CheckedRequest } from '../../../core/request/check.ts';
import type { CheckResult } from '../../../core/request/checked.ts';
import { briefText, chosenTexts, optionOfRefusal } from '../../../core/request/option-values.ts';
import { ratioFor } from '../../../core/page/ratio.ts';
import { joinSentences } from '../../../core/service/failures/failures.ts';
import type { Preset, Presets } from '../presets.ts';
import type { Balance } from '../../../core/session/balances.ts';
import { creditsText, oneLine, pictures } from '../../tasks/task-texts.ts';
import {
  checkDraft,
  optionsOf,
  outcomeText,
  title,
  withOptions,
  type Draft,
  type Options,
} from './draft.ts';
import { optionEntries, type Action, type Entry } from './option-entries.ts';
import { pickOption, type Option } from './option-pickers.ts';
import { shapeOf } from './shape.ts';
import { showStep } from './step.ts';

export interface OptionsContext {
  region: Region;
  presets: Presets;
  /** Those of the last generation: offered, never applied unasked. */
  last: Options | undefined;
  /** As of the last time they were asked for. */
  credits: Balance | undefined;
  /** Asks for them again. */
  askCredits: () => Promise<Balance | undefined>;
}

export interface OptionsResult {
  draft: Draft;
  next: 'generate' | 'prompt' | 'cancel';
}

/** Shows everything that will be sent: Enter sends it, the other entries change it. */
export async function optionsPage(draft: Draft, given: OptionsContext): Promise<OptionsResult> {
  let active: Action | undefined = 'generate';
  let context = given;
  const read = () => given.presets.all(draft.request.kind);
  let presets = await read();
  for (let current = draft; ;) {
    const step = await showStep<Entry>({
      title: title(current),
      step: [2, 2],
      placeholder: vscode.l10n.t('Generate, or choose what to change'),
      back: true,
      filters: true,
      items: () => entries(current, context, presets),
      active: ({ action }) => action === active,
      onButton: async ({ preset }) => {
        await given.presets.remove(current.request.kind, preset ?? '');
        presets = await read();
      },
    });
    if (step === undefined) return { draft: current, next: 'cancel' };
    if (step === 'back') return { draft: current, next: 'prompt' };
    const { action, options } = step.item;
    active = 'generate';
    if (options) {
      current = withOptions(current, options);
    } else if (action === 'generate') {
      const checked = checkDraft(current, context.region);
      if (checked.ok) return { draft: current, next: 'generate' };
      active = optionOf(checked.refusal.kind);
    } else if (action === 'prompt') {
      return { draft: current, next: 'prompt' };
    } else if (action === 'credits') {
      context = { ...context, credits: await context.askCredits() };
    } else if (action === 'save') {
      await savePreset(current, given.presets);
      presets = await read();
    } else if (action !== undefined) {
      const changed = await pickOption(action, current, context.region);
      if (changed.cancelled) return { draft: changed.draft, next: 'cancel' };
      if (changed.draft === current) active = action; // nothing was chosen
      current = changed.draft;
    }
  }
}

/** The option that a refusal concerns. Materials that a model does not accept concern the model. */
function optionOf(refusal: string): Option {
  if (refusal === 'inputs') return 'images';
  return refusal === 'omniReference' ? 'model' : (optionOfRefusal(refusal) ?? 'model');
}

function entries(draft: Draft, context: OptionsContext, presets: readonly Preset[]): Entry[] {
  const { request } = draft;
  const lines = request.prompt.split('\n').length;
  return [
    {
      label: `$(${lines > 1 ? 'go-to-file' : 'edit'}) ${vscode.l10n.t('Prompt')}`,
      description:
        lines > 1
          ? vscode.l10n.t('{0} lines: {1}', lines, oneLine(request.prompt))
          : oneLine(request.prompt),
      action: 'prompt',
    },
    generateEntry(draft, checkDraft(draft, context.region)),
    ...creditsEntry(context),
    ...ofPage(draft, context.region),
    separator(vscode.l10n.t('options')),
    ...optionEntries(draft, context.region),
    ...offered(draft, context, presets),
  ];
}

const separator = (label: string): Entry => ({ label, kind: vscode.QuickPickItemKind.Separator });

/** The entry that sends, with what will be sent and made, and warnings. */
function generateEntry(draft: Draft, checked: CheckResult<CheckedRequest>): Entry {
  if (!checked.ok) {
    const { message } = checked.refusal; // both lines are cut off at the page's width
    const [, what = message, more] = /^(.*?(?:[:.] |[：。]))(.+)$/s.exec(message) ?? [];
    return {
      label: `$(error) ${what.trim()}`,
      ...(more !== undefined && { detail: more }),
      alwaysShow: true,
      action: 'generate',
    };
  }
  const { warnings } = checked;
  return {
    label: `$(sparkle) ${vscode.l10n.t('Generate')}`,
    description: [
      outcomeText(checked),
      ...(checked.kind === 'image'
        ? [vscode.l10n.t('about {0}', pictures(checked.outcome.pictures))]
        : []),
      ...(draft.mode === 'background' ? [vscode.l10n.t('in the background')] : []),
    ].join(' · '),
    ...(warnings.length > 0 && {
      detail: `$(warning) ${joinSentences(...warnings.map(({ message }) => message))}`,
    }),
    alwaysShow: true,
    action: 'generate',
  };
}

/** The last known balance; selecting it asks again. */
function creditsEntry({ credits }: OptionsContext): Entry[] {
  if (!credits) return [];
  return [
    {
      label: `$(credit-card) ${vscode.l10n.t('Credits')}`,
      description: creditsText(credits),
      action: 'credits',
    },
  ];
}

/** The ratio that fits the page: offered, never applied unasked. */
function ofPage(draft: Draft, region: Region): Entry[] {
  const { request } = draft;
  const size = request.kind === 'image' ? request.target?.size : undefined;
  const near = size && ratioFor(size);
  if (!near || request.ratio === near.ratio) return [];
  const options = { ...optionsOf(request), ratio: near.ratio };
  const text = near.exact
    ? vscode.l10n.t('As in the Page: {0}', near.ratio)
    : vscode.l10n.t("Near the Page's {0}: {1}", `${size.width}×${size.height}`, near.ratio);
  return [
    {
      label: text,
      description: describeOptions(draft, options, region),
      options,
      iconPath: shapeOf(near.ratio),
    },
  ];
}

function offered(
  draft: Draft,
  { region, last }: OptionsContext,
  presets: readonly Preset[],
): Entry[] {
  const present = JSON.stringify(sorted(optionsOf(draft.request)));
  const offer = (label: string, options: Options): Entry => ({
    label,
    description: describeOptions(draft, options, region),
    options,
  });
  const remove = { iconPath: new vscode.ThemeIcon('trash'), tooltip: vscode.l10n.t('Remove') };
  return [
    separator(vscode.l10n.t('presets')),
    ...(last &&
    JSON.stringify(sorted(last)) !== present &&
    checkDraft(withOptions(draft, last), region).ok
      ? [offer(`$(history) ${vscode.l10n.t('As Last Time')}`, last)]
      : []),
    ...presets.map(({ name, options }): Entry => ({
      ...offer(`$(bookmark) ${name}`, options),
      preset: name,
      buttons: [remove],
    })),
    { label: `$(save) ${vscode.l10n.t('Save as Preset…')}`, action: 'save' },
  ];
}

/** A summary of a set of options. */
function describeOptions(draft: Draft, options: Options, region: Region): string {
  const checked = checkDraft(withOptions(draft, options), region);
  if (!checked.ok) return checked.refusal.message;
  return [
    outcomeText(checked),
    ...chosenTexts(draft.request.kind, options)
      .filter(({ unlisted }) => !unlisted)
      .map(row => briefText({ ...row, value: oneLine(row.value) })),
  ].join(' · ');
}

function sorted(options: Options): [string, unknown][] {
  return Object.entries(options).sort(([a], [b]) => a.localeCompare(b));
}

async function savePreset({ request }: Draft, presets: Presets): Promise<void> {
  const name = await vscode.window.showInputBox({
    title: vscode.l10n.t('Save as Preset'),
    prompt: vscode.l10n.t('A name for these options; a preset with the same name is replaced'),
    ignoreFocusOut: true,
  });
  if (name !== undefined && name.trim() !== '')
    await presets.save({ name: name.trim(), kind: request.kind, options: optionsOf(request) });
}
