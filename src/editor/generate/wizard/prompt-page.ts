import * as vscode from 'vscode';
import { nameOf } from '../../../core/inputs/address.ts';
import type { Region } from '../../../core/request/models.ts';
import { materialsOf } from '../../../core/request/materials.ts';
import { oneLine } from '../../tasks/task-texts.ts';
import { checkDraft, outcomeText, title, withPrompt, type Draft } from './draft.ts';
import { showStep } from './step.ts';

/**
 * VS Code sorts entries that match the typed text to the top, by labels only. So that Enter always takes the typed text,
 * the other entries have their text in the description.
 */
interface Entry extends vscode.QuickPickItem {
  typed?: true;
  earlier?: string;
  edit?: true;
  insert?: string;
}

/** Asks for the prompt; earlier ones are listed below. `edit`: it should be written in an editor, with line breaks. */
export async function promptPage(
  draft: Draft,
  region: Region,
  history: readonly string[],
): Promise<{ draft: Draft; edit: boolean } | undefined> {
  const sending = outcomeText(checkDraft(draft, region));
  for (let prompt = draft.request.prompt; ;) {
    const step = await showStep<Entry>({
      title: title(draft),
      step: [1, 2],
      placeholder: placeholderOf(draft),
      value: prompt,
      filters: false,
      insert: ({ insert }, value) =>
        insert && `${value.replace(/@\w*$/, '').replace(/(?<=\S)$/, ' ')}@${insert} `,
      items: typed => [
        typed.trim() === ''
          ? {
              label: `$(edit) ${vscode.l10n.t('Write a prompt first')}`,
              description: sending,
              alwaysShow: true,
              typed: true,
            }
          : {
              label: `$(arrow-right) ${vscode.l10n.t('Continue')}`,
              description: sending,
              alwaysShow: true,
              typed: true,
            },
        ...materials(draft),
        {
          label: '$(go-to-file)',
          description: vscode.l10n.t('Edit in an Editor, with line breaks'),
          alwaysShow: true,
          edit: true,
        },
        ...earlier(history, typed),
      ],
    });
    if (step === undefined || step === 'back') return undefined;
    const { item, value } = step;
    if (item.edit) return { draft: withPrompt(draft, value), edit: true };
    // An entry may be older than the last keys before Enter: the input's value is current.
    const chosen = item.typed ? value : item.earlier;
    if (chosen !== undefined && chosen.trim() !== '')
      return { draft: withPrompt(draft, chosen), edit: false };
    prompt = value;
  }
}

function placeholderOf({ request: { kind, images } }: Draft): string {
  if (kind === 'video') return vscode.l10n.t('Describe the video, then press Enter');
  return images
    ? vscode.l10n.t('Describe what to make of it, then press Enter')
    : vscode.l10n.t('Describe the picture, then press Enter');
}

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

function earlier(history: readonly string[], typed: string): Entry[] {
  const wanted = typed.trim().toLowerCase();
  const found = history
    .filter(prompt => prompt.toLowerCase().includes(wanted) && prompt !== typed)
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
