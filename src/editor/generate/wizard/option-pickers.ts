import * as vscode from 'vscode';
import type { Region } from '../../../core/request/models.ts';
import type { Choice } from '../../../core/request/option.ts';
import {
  faultOf,
  optionRows,
  type NamedRow,
  type OptionName,
} from '../../../core/request/option-values.ts';
import { change, title, type Changed, type Draft } from './draft.ts';
import { imagesPage } from './images-page.ts';
import { shapeOf } from './shape.ts';
import { showStep } from './step.ts';

/** The state that the second page of the wizard changes. */
export type Option = OptionName | 'mode' | 'folder' | 'images';

/** Asks for one option; the draft is the same one if the person goes back or leaves. */
export async function pickOption(option: Option, draft: Draft, region: Region): Promise<Changed> {
  if (option === 'images') return imagesPage(draft);
  if (option === 'mode')
    return { draft: { ...draft, mode: draft.mode === 'now' ? 'background' : 'now' } };
  if (option === 'folder') return { draft: await pickFolder(draft) };
  const row = optionRows(draft.request.kind).find(({ name }) => name === option);
  if (!row) return { draft };
  const { [option]: value } = draft.request as Partial<Record<OptionName, Choice['value']>>;
  if (row.choices) return pickChoice(row, row.choices(draft.request, region), value, draft);
  if (row.type === 'boolean')
    return { draft: change(draft, option, value === true ? undefined : true) };
  return { draft: await askValue(row, value, draft) };
}

async function pickChoice(
  row: NamedRow,
  choices: readonly Choice[],
  chosen: Choice['value'] | undefined,
  draft: Draft,
): Promise<Changed> {
  const present = chosen ?? row.usual?.(draft.request);
  const items = choices.map(
    ({ value, label = String(value), description, about, unavailable }) => ({
      value,
      label: unavailable === undefined ? label : `$(circle-slash) ${label}`,
      ...(description !== undefined && { description }),
      ...((unavailable ?? about) !== undefined && { detail: unavailable ?? about }),
      ...(unavailable !== undefined && { disabled: true }),
      ...(row.name === 'ratio' && { iconPath: shapeOf(label) }),
    }),
  );
  const picked = await pick(draft, row.label(), items, ({ value }) => value === present);
  if (picked === 'back') return { draft };
  if (picked === undefined) return { draft, cancelled: true };
  const implied = row.implies?.(picked.value, draft.request);
  const changed = change(draft, row.name, picked.value === false ? undefined : picked.value);
  return { draft: implied ? change(changed, 'model', implied.model) : changed };
}

/** An empty text chooses nothing. */
async function askValue(
  row: NamedRow,
  chosen: Choice['value'] | undefined,
  draft: Draft,
): Promise<Draft> {
  const read = (text: string) => {
    if (text.trim() === '') return undefined;
    if (row.type === 'number') return Number(text);
    return row.fits ? text.trim() : text;
  };
  const text = await vscode.window.showInputBox({
    title: `${vscode.l10n.t('Jimeng')} · ${row.label()}`,
    ...(row.ask && { prompt: row.ask() }),
    value: chosen === undefined ? '' : String(chosen),
    ignoreFocusOut: true,
    validateInput: typed => faultOf(row, read(typed), draft.request.kind),
  });
  return text === undefined ? draft : change(draft, row.name, read(text));
}

async function pickFolder(draft: Draft): Promise<Draft> {
  const defaultUri = draft.folder ?? vscode.workspace.workspaceFolders?.[0]?.uri;
  const [folder] =
    (await vscode.window.showOpenDialog({
      title: vscode.l10n.t('Output Folder'),
      canSelectFolders: true,
      canSelectFiles: false,
      openLabel: vscode.l10n.t('Save Here'),
      ...(defaultUri && { defaultUri }),
    })) ?? [];
  return folder ? { ...draft, folder } : draft;
}

/** Undefined if the person cancels. */
async function pick<T extends vscode.QuickPickItem>(
  draft: Draft,
  what: string,
  items: T[],
  active: (item: T) => boolean,
): Promise<T | 'back' | undefined> {
  const step = await showStep({
    title: `${title(draft)} · ${what}`,
    placeholder: what,
    back: true,
    filters: true,
    items: () => items,
    active,
  });
  return step === undefined || step === 'back' ? step : step.item;
}
