import * as vscode from 'vscode';
import { nameOf } from '../../../core/inputs/address.ts';
import { IMAGE_DEFAULTS, type Region } from '../../../core/request/models.ts';
import { materialsOf } from '../../../core/request/materials.ts';
import type { Made } from '../../../core/request/option.ts';
import {
  optionRows,
  shownText,
  type NamedRow,
  type OptionName,
} from '../../../core/request/option-values.ts';
import type { GenerationRequest, VideoRequest } from '../../../core/request/schema.ts';
import { settings } from '../../platform/settings.ts';
import { checkDraft, type Draft, type Options } from './draft.ts';
import type { Option } from './option-pickers.ts';
import { shapeOf } from './shape.ts';

export type Action = 'generate' | 'prompt' | 'save' | 'credits' | Option;
export interface Entry extends vscode.QuickPickItem {
  action?: Action;
  options?: Options;
  preset?: string;
}

/** The options of a draft, each with its value. */
export function optionEntries(draft: Draft, region: Region): Entry[] {
  const { request, mode, folder } = draft;
  const checked = checkDraft(draft, region);
  const made = checked.ok && checked.kind === 'image' ? checked.outcome : undefined;
  return [
    ...inputEntries(request),
    ...optionRows(request.kind).map(row => optionEntry(row, request, made)),
    entry(
      'clock',
      vscode.l10n.t('Wait'),
      mode === 'now' ? vscode.l10n.t('now, in the foreground') : vscode.l10n.t('in the background'),
      'mode',
    ),
    ...(request.kind === 'image' && request.target
      ? []
      : [
          entry(
            'folder',
            vscode.l10n.t('Output Folder'),
            folder
              ? vscode.workspace.asRelativePath(folder)
              : settings.outputDirectory(vscode.workspace.workspaceFolders?.[0]?.uri),
            'folder',
          ),
        ]), // next to a file of a page
  ];
}

function entry(icon: string, label: string, description: string, action: Option): Entry {
  return { label: `$(${icon}) ${label}`, description, action };
}

function optionEntry(row: NamedRow, request: GenerationRequest, made: Made | undefined): Entry {
  const isChosen = (request as Partial<Record<OptionName, unknown>>)[row.name] !== undefined;
  const about = isChosen ? undefined : row.about?.();
  const description = [shownText(row, request, made), ...(about === undefined ? [] : [about])].join(
    ' · ',
  );
  const shape = row.name === 'ratio' ? shownRatio(request, made) : undefined;
  return shape === undefined
    ? entry(row.icon, row.label(), description, row.name)
    : { label: row.label(), description, action: row.name, iconPath: shapeOf(shape) };
}

/** Undefined if the service or a frame chooses it. */
function shownRatio(request: GenerationRequest, made: Made | undefined): string | undefined {
  if (request.kind === 'image') return made?.ratio ?? request.ratio ?? IMAGE_DEFAULTS.ratio;
  return request.images && !request.omniReference ? undefined : request.ratio;
}

function inputEntries(request: GenerationRequest): Entry[] {
  if (request.kind === 'video')
    return [
      entry(
        'file-media',
        request.omniReference ? vscode.l10n.t('Materials') : vscode.l10n.t('Frames'),
        describeInputs(request),
        'images',
      ),
    ];
  if (!request.images) return [];
  const names = request.images.map(({ uri }, index) => `${index + 1}. ${nameOf(uri)}`);
  return [entry('file-media', vscode.l10n.t('Pictures'), names.join(' · '), 'images')];
}

function describeInputs({ images = [], omniReference }: VideoRequest): string {
  if (images.length === 0)
    return omniReference ? vscode.l10n.t('none') : vscode.l10n.t('none: a video from text alone');
  if (omniReference)
    return materialsOf(images)
      .map(({ field, uri }) => `@${field} ${nameOf(uri)}`)
      .join(' · ');
  return images
    .map(
      ({ uri }, index) =>
        `${index === 0 ? vscode.l10n.t('first') : vscode.l10n.t('last')}: ${nameOf(uri)}`,
    )
    .join(' · ');
}
