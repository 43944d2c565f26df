import * as vscode from 'vscode';
import { nameOf } from '../../../core/inputs/address.ts';
import { IMAGE_DEFAULTS, imageModels, type Region } from '../../../core/request/models.ts';
import { materialsOf } from '../../../core/request/materials.ts';
import { VIDEO_DEFAULTS, videoModels } from '../../../core/request/video-models.ts';
import type { ImageRequest, VideoRequest } from '../../../core/request/schema.ts';
import { settings } from '../../platform/settings.ts';
import { checkDraft, type Draft } from './draft.ts';
import type { Option } from './option-pickers.ts';
import type { Entry } from './options-page.ts';
import { shapeOf } from './shape.ts';

/** The options of a draft, each with its value. */
export function optionEntries(draft: Draft, region: Region): Entry[] {
  const { request, mode, folder } = draft;
  return [
    ...(request.kind === 'image' ? imageEntries(draft, request, region) : videoEntries(request)),
    entry(
      'clock',
      vscode.l10n.t('Wait'),
      mode === 'now' ? vscode.l10n.t('now, in front of it') : vscode.l10n.t('in the background'),
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
        ]), // beside a file of a page
    entry(
      'globe',
      vscode.l10n.t('Callback URL'),
      request.callbackUrl ?? vscode.l10n.t('none'),
      'callbackUrl',
    ),
  ];
}

function entry(icon: string, label: string, description: string, action: Option): Entry {
  return { label: `$(${icon}) ${label}`, description, action };
}

function ratioEntry(ratio: string | undefined, description: string): Entry {
  if (ratio === undefined)
    return entry('symbol-ruler', vscode.l10n.t('Ratio'), description, 'ratio');
  return { label: vscode.l10n.t('Ratio'), description, action: 'ratio', iconPath: shapeOf(ratio) };
}

function imageEntries(draft: Draft, request: ImageRequest, region: Region): Entry[] {
  const {
    model = IMAGE_DEFAULTS.model,
    ratio = IMAGE_DEFAULTS.ratio,
    resolution = IMAGE_DEFAULTS.resolution,
    images,
  } = request;
  const checked = checkDraft(draft, region);
  const made = checked.ok && checked.kind === 'image' ? checked.outcome : undefined;
  const always = (value: string) => vscode.l10n.t('{0}: always so with {1}', value, model);
  const size = made ? ` · ${made.width}×${made.height}` : '';
  const ignoresIntelligent = imageModels.find(({ id }) => id === model)?.intelligentRatio === false;
  return [
    ...(images
      ? [
          entry(
            'file-media',
            vscode.l10n.t('Pictures'),
            images.map(({ uri }, index) => `${index + 1}. ${nameOf(uri)}`).join(' · '),
            'images',
          ),
        ]
      : []),
    entry('symbol-misc', vscode.l10n.t('Model'), model, 'model'),
    ratioEntry(
      made?.ratio ?? ratio,
      made && made.ratio !== ratio ? always(made.ratio) : `${ratio}${size}`,
    ),
    entry(
      'screen-full',
      vscode.l10n.t('Resolution'),
      made && made.resolution !== resolution ? always(made.resolution) : resolution,
      'resolution',
    ),
    entry(
      'circle-slash',
      vscode.l10n.t('Negative Prompt'),
      request.negativePrompt ?? vscode.l10n.t('none'),
      'negativePrompt',
    ),
    entry(
      'settings',
      vscode.l10n.t('Sample Strength'),
      request.sampleStrength?.toString() ?? vscode.l10n.t('chosen by the service'),
      'sampleStrength',
    ),
    entry(
      'wand',
      vscode.l10n.t('Intelligent Ratio'),
      intelligentText(request.intelligentRatio === true, ignoresIntelligent ? model : undefined),
      'intelligentRatio',
    ),
  ];
}

function intelligentText(on: boolean, ignoredBy: string | undefined): string {
  if (ignoredBy !== undefined) return vscode.l10n.t('{0} ignores it', ignoredBy);
  return on ? vscode.l10n.t('on: words in the prompt choose the ratio') : vscode.l10n.t('off');
}

function videoEntries(request: VideoRequest): Entry[] {
  const { model: id = VIDEO_DEFAULTS.model, ratio, resolution, images, omniReference } = request;
  const model = videoModels.find(known => known.id === id);
  const duration = request.duration ?? model?.usualDuration ?? VIDEO_DEFAULTS.duration;
  const byService = vscode.l10n.t('chosen by the service');
  const ofPicture = images && !omniReference;
  return [
    entry(
      'file-media',
      omniReference ? vscode.l10n.t('Materials') : vscode.l10n.t('Frames'),
      describeInputs(request),
      'images',
    ),
    entry(
      'references',
      vscode.l10n.t('Use Pictures as'),
      omniReference
        ? vscode.l10n.t('materials that the prompt names')
        : vscode.l10n.t('first and last frame'),
      'omniReference',
    ),
    entry('symbol-misc', vscode.l10n.t('Model'), id, 'model'),
    entry('watch', vscode.l10n.t('Duration'), vscode.l10n.t('{0} s', duration), 'duration'),
    ratioEntry(
      ofPicture ? undefined : ratio,
      ofPicture ? vscode.l10n.t('that of the picture') : (ratio ?? byService),
    ),
    entry(
      'screen-full',
      vscode.l10n.t('Resolution'),
      model?.resolution === false ? vscode.l10n.t('{0} ignores it', id) : (resolution ?? byService),
      'resolution',
    ),
  ];
}

function describeInputs({ images = [], omniReference }: VideoRequest): string {
  if (images.length === 0)
    return omniReference ? vscode.l10n.t('none') : vscode.l10n.t('none: a video from words alone');
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
