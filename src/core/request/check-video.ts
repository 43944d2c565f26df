import * as l10n from '@vscode/l10n';
import type { VideoRequest } from './schema.ts';
import type { Region } from './models.ts';
import { unknownModel, type CheckResult, type CheckOptions, type Note } from './checked.ts';
import { isVideoUri, materialsOf } from './materials.ts';
import {
  MATERIAL_LIMITS,
  MAX_FRAMES,
  unknownVideoModel,
  VIDEO_DEFAULTS,
  videoModelOf,
  videoModelsOf,
  type VideoModel,
} from './video-models.ts';
import { materialModels, resolutionModels } from './option-choices.ts';
import { bodyOf, refuseOptions, type BodyOf } from './option-values.ts';

/** What is sent to `/v1/videos/generations`, apart from pictures, `async` and `callback_url`. */
export type VideoBody = BodyOf<'video'> & { model: string; prompt: string; response_format: 'url' };

export interface CheckedVideo {
  ok: true;
  kind: 'video';
  body: VideoBody;
  outcome: {
    model: string;
    /** In seconds. */
    duration: number;
    /** Undefined where it is the service's or the picture's. */
    ratio: string | undefined;
    resolution: string | undefined;
  };
  warnings: Note[];
}

/** Only the video part of `check`. The service makes its usual model and the nearest duration of what it does not know, and charges for them. */
export function checkVideo(
  request: VideoRequest,
  region: Region,
  { unknownModels, service }: CheckOptions,
): CheckResult<CheckedVideo> {
  const { model: id = VIDEO_DEFAULTS.model, prompt } = request;
  const known = videoModelOf(id);
  const model = known ?? unknownVideoModel(id);
  const refusal = refuseModel(id, known, region, unknownModels) ?? refuse(request, model, service);
  if (refusal) return { ok: false, refusal };
  const duration = request.duration ?? model.usualDuration;
  const ratio = ignoresRatio(request) ? undefined : request.ratio;
  const resolution = model.resolution ? request.resolution : undefined;
  const isUsual = request.duration === undefined && duration === VIDEO_DEFAULTS.duration;
  return {
    ok: true,
    kind: 'video',
    body: {
      model: id,
      prompt,
      ...bodyOf('video', {
        ...request,
        ratio,
        resolution,
        duration: isUsual ? undefined : duration,
      }),
      response_format: 'url',
    },
    outcome: { model: id, duration, ratio, resolution },
    warnings: warningsOf(request, model, known !== undefined),
  };
}

function refuseModel(
  id: string,
  known: VideoModel | undefined,
  region: Region,
  unknownModels: CheckOptions['unknownModels'],
): Note | undefined {
  const available = videoModelsOf(region);
  if (known && !known.regions.includes(region)) {
    const ids = available.map(model => model.id).join(', ');
    return {
      kind: 'modelNotInRegion',
      message: l10n.t(
        '{0} is not on the site of your session ({1}): the service would silently use {2} and charge for it. Choose one of {3}.',
        id,
        region.toUpperCase(),
        VIDEO_DEFAULTS.model,
        ids,
      ),
    };
  }
  if ((!known && unknownModels === 'refuse') || id.trim() === '')
    return unknownModel(
      l10n.t(
        'There is no video model "{0}": the service would silently use {1} and charge for it.',
        id,
        VIDEO_DEFAULTS.model,
      ),
      id,
      available,
    );

  return undefined;
}

function refuse(
  request: VideoRequest,
  model: VideoModel,
  service: CheckOptions['service'],
): Note | undefined {
  const { duration, images, omniReference } = request;
  const { id, durations } = model;
  if (duration !== undefined && !durations.includes(duration))
    return {
      kind: 'duration',
      message: l10n.t(
        '{0} makes videos of {1} seconds, not of {2}: the service would silently take the nearest and charge for it.',
        id,
        durations.join(', '),
        duration,
      ),
    };

  const refusal = refuseOptions(request);
  if (refusal) return refusal;
  return omniReference ? refuseMaterials(images ?? [], model, service) : refuseFrames(images);
}

function refuseFrames(images: VideoRequest['images']): Note | undefined {
  if (images && (images.length === 0 || images.length > MAX_FRAMES))
    return {
      kind: 'inputs',
      message: l10n.t(
        'Choose one picture as the first frame, or two as the first and the last; {0} are chosen. More are possible as materials, with an omni reference.',
        images.length,
      ),
    };

  return images?.some(({ uri }) => isVideoUri(uri))
    ? {
        kind: 'inputs',
        message: l10n.t('A frame is a picture. A video can be a material, with an omni reference.'),
      }
    : undefined;
}

function refuseMaterials(
  images: NonNullable<VideoRequest['images']>,
  { id, omniReference }: VideoModel,
  service: CheckOptions['service'],
): Note | undefined {
  if (!omniReference) {
    const able = materialModels().join(', ');
    return {
      kind: 'omniReference',
      message: l10n.t('{0} takes no materials. Choose one of {1}.', id, able),
    };
  }
  const most = MATERIAL_LIMITS[service ?? 'unknown'];
  const videos = images.filter(({ uri }) => isVideoUri(uri)).length;
  if (images.length === 0 || images.length > most.all)
    return {
      kind: 'inputs',
      message: l10n.t('Choose 1 to {0} materials; {1} are chosen.', most.all, images.length),
    };

  if (videos > most.videos || images.length - videos > most.pictures)
    return {
      kind: 'inputs',
      message: l10n.t(
        'Choose at most {0} pictures and {1} videos as materials; {2} and {3} are chosen.',
        most.pictures,
        most.videos,
        images.length - videos,
        videos,
      ),
    };

  return undefined;
}

/** service-contract, Models: a frame's own ratio is taken. */
function ignoresRatio({ images, omniReference }: VideoRequest): boolean {
  return images !== undefined && omniReference !== true;
}

function warningsOf(
  request: VideoRequest,
  { id, resolution, oftenRefused }: VideoModel,
  known: boolean,
): Note[] {
  const warnings: Note[] = [];
  const warn = (kind: string, message: string) => void warnings.push({ kind, message });
  if (!known)
    warn(
      'unknownModel',
      l10n.t(
        'The model "{0}" is not known to this version. If the service does not know it either, it may use another one and charge for it.',
        id,
      ),
    );

  if (oftenRefused)
    warn(
      'oftenRefused',
      l10n.t(
        'Since March 2026 the site has refused {0} to most accounts when it is asked for through a service (error 4013).',
        id,
      ),
    );

  if (request.omniReference !== true && request.images?.length === MAX_FRAMES)
    warn(
      'lastFrame',
      l10n.t(
        'A last frame that the service cannot use is dropped without a word: the video is then made from the first frame alone, and charged. Look at its end.',
      ),
    );

  if (request.ratio !== undefined && ignoresRatio(request))
    warn(
      'ratioIgnored',
      l10n.t('The video takes the ratio of the picture, so {0} is left out.', request.ratio),
    );

  if (request.resolution !== undefined && !resolution)
    warn(
      'resolutionIgnored',
      l10n.t(
        '{0} ignores the resolution, so it is left out. These honour it: {1}.',
        id,
        resolutionModels().join(', '),
      ),
    );

  const unnamed = request.omniReference
    ? materialsOf(request.images ?? []).filter(({ field }) => !request.prompt.includes(`@${field}`))
    : [];
  if (unnamed.length > 0)
    warn(
      'unnamedMaterials',
      l10n.t('The prompt does not name {0}.', unnamed.map(({ field }) => `@${field}`).join(', ')),
    );

  return warnings;
}
