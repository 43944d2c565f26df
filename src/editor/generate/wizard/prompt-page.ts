import * as vscode from 'vscode';
import { nameOf } from '../../../core/inputs/address.ts';
import type { Region } from '../../../core/request/models.ts';
import type { GenerationRequest } from '../../../core/request/schema.ts';
import { materialsOf } from '../../../core/request/materials.ts';
import { oneLine } from '../../tasks/task-texts.ts';
import { checkDraft, outcomeText, title, withPrompt, type Draft } from './draft.ts';
import { showStep } from './step.ts';

/**
 * VS Code sorts entries that match the typed text to the top, by labels only. So that Enter always takes the typed text,
 * the other entries have their text in the description.
 */
interface Entry extends vscode.QuickPickItem {
  unsent?: GenerationRequest;
  earlier?: string;
  edit?: true;
  insert?: string;
}

export interface PromptContext {
  region: Region;
  /** Earlier prompts, newest first. */
  history: readonly string[];
  /** What was written last and not sent: offered where nothing is written yet. */
  unsent: GenerationRequest | undefined;
  /** Forgets it. */
  discard: (unsent: GenerationRequest) => Promise<void>;
}

/**
 * Asks for the prompt; earlier ones are listed below. `edit`: it should be written in an editor, with line breaks.
 * `cancel`: the draft has what was typed.
 */
export async function promptPage(
  draft: Draft,
  { region, history, unsent, discard }: PromptContext,
): Promise<{ draft: Draft; next: 'options' | 'edit' | 'cancel' }> {
  const sending = outcomeText(checkDraft(draft, region));
  const placeholder = placeholderOf(draft);
  let offered = unsent;
  for (let prompt = draft.request.prompt; ;) {
    let written = prompt;
    const step = await showStep<Entry>({
      title: title(draft),
      step: [1, 2],
      placeholder,
      value: prompt,
      filters: false,
      onButton: async item => {
        offered = undefined;
        if (item.unsent) await discard(item.unsent);
      },
      insert: ({ insert }, value) =>
        insert && `${value.replace(/@\w*$/, '').replace(/(?<=\S)$/, ' ')}@${insert} `,
      items: typed => {
        written = typed;
        return [
          ...(typed.trim() === '' && offered ? [unsentEntry(offered)] : []),
          {
            label:
              typed.trim() === ''
                ? `$(edit) ${vscode.l10n.t('Write a prompt first')}`
                : `$(arrow-right) ${vscode.l10n.t('Continue')}`,
            description: sending,
            alwaysShow: true,
          },
          ...materials(draft),
          {
            label: '$(go-to-file)',
            description: vscode.l10n.t('Edit in an Editor, with line breaks'),
            alwaysShow: true,
            edit: true,
          },
          ...earlier(history, typed, offered),
        ];
      },
    });
    if (step === undefined || step === 'back')
      return { draft: withPrompt(draft, written), next: 'cancel' };
    const { item, value } = step;
    if (item.edit) return { draft: withPrompt(draft, value), next: 'edit' };
    // An entry may be older than the last keys before Enter: the input's value is current.
    if (item.unsent && value.trim() === '')
      return { draft: { ...draft, request: item.unsent }, next: 'options' };
    const chosen = item.earlier ?? value;
    if (chosen.trim() !== '') return { draft: withPrompt(draft, chosen), next: 'options' };
    prompt = value;
  }
}

function unsentEntry(unsent: GenerationRequest): Entry {
  return {
    label: `$(arrow-right) ${vscode.l10n.t('Open Your Draft')}`,
    description: oneLine(unsent.prompt),
    buttons: [{ iconPath: new vscode.ThemeIcon('trash'), tooltip: vscode.l10n.t('Discard') }],
    alwaysShow: true,
    unsent,
  };
}

/** With another example each time. */
function placeholderOf({ request: { kind, images } }: Draft): string {
  if (kind === 'video')
    return vscode.l10n.t('Describe the video. For example: {0}', any(videoExamples()));
  return images
    ? vscode.l10n.t('Describe the change. For example: {0}', any(changeExamples()))
    : vscode.l10n.t('Describe the picture. For example: {0}', any(pictureExamples()));
}

function any(examples: readonly string[]): string {
  return examples[Math.floor(Math.random() * examples.length)] ?? '';
}

const pictureExamples = () => [
  vscode.l10n.t('a lighthouse at dusk, watercolor'),
  vscode.l10n.t('a small bookshop, isometric illustration'),
  vscode.l10n.t('a mountain lake in morning mist, wide photo'),
  vscode.l10n.t('a paper plane, flat icon on white'),
  vscode.l10n.t('lemons on pale blue, seamless pattern'),
  vscode.l10n.t('a friendly robot watering plants, 3D render'),
];
const changeExamples = () => [
  vscode.l10n.t('make it a winter evening'),
  vscode.l10n.t('on a plain white background'),
  vscode.l10n.t('as a pencil sketch'),
];
const videoExamples = () => [
  vscode.l10n.t('waves rolling onto a beach at sunrise, slow camera'),
  vscode.l10n.t('a paper boat drifting down a rainy street'),
];

/** The names by which a prompt refers to its materials; selecting one appends it to the typed text. */
function materials({ request }: Draft): Entry[] {
  if (request.kind !== 'video' || !request.omniReference || !request.images) return [];
  return [
    {
      label: vscode.l10n.t('materials to name in the prompt'),
      kind: vscode.QuickPickItemKind.Separator,
    },
    ...materialsOf(request.images).map(({ field, uri }): Entry => ({
      label: '$(mention)',
      description: `@${field} · ${nameOf(uri)}`,
      alwaysShow: true,
      insert: field,
    })),
    { label: '', kind: vscode.QuickPickItemKind.Separator },
  ];
}

function earlier(
  history: readonly string[],
  typed: string,
  offered: GenerationRequest | undefined,
): Entry[] {
  const wanted = typed.trim().toLowerCase();
  const listed = wanted === '' ? offered?.prompt : typed;
  const found = history
    .filter(prompt => prompt.toLowerCase().includes(wanted) && prompt !== listed)
    .slice(0, 20);
  if (found.length === 0) return [];
  return [
    { label: vscode.l10n.t('earlier prompts'), kind: vscode.QuickPickItemKind.Separator },
    ...found.map(prompt => ({
      label: '$(history)',
      description: oneLine(prompt),
      alwaysShow: true,
      earlier: prompt,
    })),
  ];
}
