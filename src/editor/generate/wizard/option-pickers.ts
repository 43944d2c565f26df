import * as vscode from 'vscode';
import {
  IMAGE_DEFAULTS,
  imageModels,
  imageModelsOf,
  outcomeOf,
  ratios,
  resolutions,
  type Region,
} from '../../../core/request/models.ts';
import {
  VIDEO_DEFAULTS,
  videoModels,
  videoModelsOf,
  videoRatios,
  videoResolutions,
} from '../../../core/request/video-models.ts';
import type { ImageRequest, VideoRequest } from '../../../core/request/schema.ts';
import { change, title, type Draft } from './draft.ts';
import { imagesPage } from './images-page.ts';
import { shapeOf } from './shape.ts';
import { showStep } from './step.ts';

export type Option =
  | 'model'
  | 'ratio'
  | 'resolution'
  | 'negativePrompt'
  | 'sampleStrength'
  | 'intelligentRatio'
  | 'duration'
  | 'omniReference'
  | 'mode'
  | 'folder'
  | 'callbackUrl'
  | 'images';

type Picker = (draft: Draft, region: Region) => Promise<Draft | undefined>;
type ImageDraft = Draft & { request: ImageRequest };
type VideoDraft = Draft & { request: VideoRequest };

/** Each asks for one option and returns the changed draft; the same one where the person goes back, undefined where they give up. */
export const pickers: Record<Option, Picker> = {
  images: imagesPage,
  model: byKind(
    (draft, region) => {
      const known = imageModelsOf(region).map(({ id }) => id);
      const own = draft.request.model;
      const others = own !== undefined && !imageModels.some(({ id }) => id === own) ? [own] : [];
      return pickOne(
        draft,
        vscode.l10n.t('Model'),
        'model',
        [...known, ...others].map(id => ({
          label: id,
          ...(id === IMAGE_DEFAULTS.model && { description: vscode.l10n.t('built-in default') }),
        })),
        IMAGE_DEFAULTS.model,
      );
    },
    (draft, region) =>
      pickOne(
        draft,
        vscode.l10n.t('Model'),
        'model',
        videoModelsOf(region).map(({ id, durations, omniReference }) => ({
          label: id,
          description: [
            vscode.l10n.t(
              '{0} s',
              durations.length > 3 ? `${durations[0]}–${durations.at(-1)}` : durations.join(', '),
            ),
            ...(omniReference ? [vscode.l10n.t('materials')] : []),
            ...(id === VIDEO_DEFAULTS.model ? [vscode.l10n.t('built-in default')] : []),
          ].join(' · '),
        })),
        VIDEO_DEFAULTS.model,
      ),
  ),
  ratio: byKind(
    (draft, region) => {
      const { model = IMAGE_DEFAULTS.model, resolution = IMAGE_DEFAULTS.resolution } =
        draft.request;
      return pickOne(
        draft,
        vscode.l10n.t('Ratio'),
        'ratio',
        ratios.map(ratio => {
          const { width, height } = outcomeOf(
            model,
            region,
            ratio,
            resolutions.find(known => known === resolution) ?? IMAGE_DEFAULTS.resolution,
          );
          return { label: ratio, description: `${width}×${height}`, iconPath: shapeOf(ratio) };
        }),
        IMAGE_DEFAULTS.ratio,
      );
    },
    draft =>
      pickOne(
        draft,
        vscode.l10n.t('Ratio'),
        'ratio',
        videoRatios.map(label => ({ label, iconPath: shapeOf(label) })),
      ),
  ),
  resolution: byKind(
    draft =>
      pickOne(
        draft,
        vscode.l10n.t('Resolution'),
        'resolution',
        resolutions.map(label => ({
          label,
          ...(label === '4k' && { description: vscode.l10n.t('costs more credits') }),
        })),
        IMAGE_DEFAULTS.resolution,
      ),
    draft =>
      pickOne(
        draft,
        vscode.l10n.t('Resolution'),
        'resolution',
        videoResolutions.map(label => ({ label })),
      ),
  ),
  negativePrompt: ofImage(async draft => {
    const text = await ask(
      vscode.l10n.t('Negative Prompt'),
      vscode.l10n.t('What should not be in the picture; empty for nothing'),
      draft.request.negativePrompt ?? '',
    );
    return text === undefined
      ? draft
      : change(draft, 'negativePrompt', text.trim() === '' ? undefined : text);
  }),
  sampleStrength: ofImage(async draft => {
    const text = await ask(
      vscode.l10n.t('Sample Strength'),
      vscode.l10n.t('A number from 0 to 1; empty to let the service choose'),
      draft.request.sampleStrength?.toString() ?? '',
      value =>
        value.trim() === '' || (Number(value) >= 0 && Number(value) <= 1)
          ? undefined
          : vscode.l10n.t('The sample strength is a number from 0 to 1.'),
    );
    return text === undefined
      ? draft
      : change(draft, 'sampleStrength', text.trim() === '' ? undefined : Number(text));
  }),
  intelligentRatio: ofImage(draft =>
    Promise.resolve(
      change(draft, 'intelligentRatio', draft.request.intelligentRatio ? undefined : true),
    ),
  ),
  duration: ofVideo(async draft => {
    const { model = VIDEO_DEFAULTS.model, duration } = draft.request;
    const { durations = [], usualDuration } = videoModels.find(({ id }) => id === model) ?? {};
    const items = durations.map(seconds => ({
      label: vscode.l10n.t('{0} s', seconds),
      seconds,
      ...(seconds === usualDuration && { description: vscode.l10n.t('built-in default') }),
    }));
    const picked = await pick(
      draft,
      vscode.l10n.t('Duration'),
      items,
      ({ seconds }) => seconds === (duration ?? usualDuration),
    );
    return picked === 'back' ? draft : picked && change(draft, 'duration', picked.seconds);
  }),
  omniReference: ofVideo(async draft => {
    const able = videoModels.filter(model => model.omniReference).map(({ id }) => id);
    const picked = await pick(
      draft,
      vscode.l10n.t('Use Pictures as'),
      [
        { label: vscode.l10n.t('First and Last Frame'), omniReference: false },
        {
          label: vscode.l10n.t('Materials'),
          description: vscode.l10n.t(
            'up to 9 pictures and videos, which the prompt names as @image_file_1; with {0}',
            able.join(', '),
          ),
          omniReference: true,
        },
      ],
      ({ omniReference }) => omniReference === (draft.request.omniReference ?? false),
    );
    if (picked === undefined || picked === 'back') return picked && draft;
    const changed = change(draft, 'omniReference', picked.omniReference || undefined) as VideoDraft;
    return picked.omniReference && !able.includes(changed.request.model ?? '')
      ? change(changed, 'model', able[0])
      : changed;
  }),
  mode: draft => Promise.resolve({ ...draft, mode: draft.mode === 'now' ? 'background' : 'now' }),
  folder: async draft => {
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
  },
  callbackUrl: async draft => {
    const prompt = vscode.l10n.t(
      'An address of your own backend that the task service calls at the end; the stock service does not. Empty for none.',
    );
    const text = await ask(
      vscode.l10n.t('Callback URL'),
      prompt,
      draft.request.callbackUrl ?? '',
      value =>
        value.trim() === '' || (/^https?:\/\//i.test(value) && URL.canParse(value))
          ? undefined
          : vscode.l10n.t('An address begins with http:// or https://.'),
    );
    return text === undefined
      ? draft
      : change(draft, 'callbackUrl', text.trim() === '' ? undefined : text.trim());
  },
};

function byKind(
  ofImages: (draft: ImageDraft, region: Region) => Promise<Draft | undefined>,
  ofVideos: (draft: VideoDraft, region: Region) => Promise<Draft | undefined>,
): Picker {
  return ({ request, ...draft }, region) =>
    request.kind === 'image'
      ? ofImages({ ...draft, request }, region)
      : ofVideos({ ...draft, request }, region);
}

function ofImage(picker: (draft: ImageDraft) => Promise<Draft | undefined>): Picker {
  return byKind(picker, draft => Promise.resolve(draft));
}

function ofVideo(picker: (draft: VideoDraft) => Promise<Draft | undefined>): Picker {
  return byKind(draft => Promise.resolve(draft), picker);
}

async function pickOne(
  draft: Draft,
  what: string,
  field: 'model' | 'ratio' | 'resolution',
  items: vscode.QuickPickItem[],
  usual?: string,
): Promise<Draft | undefined> {
  const present = draft.request[field] ?? usual;
  const picked = await pick(draft, what, items, ({ label }) => label === present);
  return picked === 'back' ? draft : picked && change(draft, field, picked.label);
}

/** Undefined where the person gives up. */
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

/** Undefined where the person goes back. */
function ask(
  what: string,
  prompt: string,
  value: string,
  validateInput?: (value: string) => string | undefined,
): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    title: `${vscode.l10n.t('Jimeng')} · ${what}`,
    prompt,
    value,
    ignoreFocusOut: true,
    ...(validateInput && { validateInput }),
  });
}
