import * as l10n from '@vscode/l10n';
import type { VideoRequest } from '../request.ts';
import type { Region } from './catalogue.ts';
import { isOneOf, refused, type Checked, type Note } from './checked.ts';
import { isVideoUri, materialsOf } from './materials.ts';
import { mostFrames, mostMaterials, videoDefaults, videoModels, videoModelsOf, videoRatios, videoResolutions, type VideoModel } from './video-catalogue.ts';

/** What is sent to `/v1/videos/generations`, apart from pictures, `async` and `callback_url`. */
export interface VideoBody {
  model: string;
  prompt: string;
  ratio?: string;
  resolution?: string;
  /** In seconds. */
  duration?: number;
  functionMode?: 'omni_reference';
  response_format: 'url';
}

export interface AcceptedVideo {
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

/**
 * Only the video part of `check`. The service makes its usual model and the nearest duration of what it does not know,
 * and charges for them, so a model that this version does not know is refused too.
 */
export function checkVideo(request: VideoRequest, region: Region): Checked<AcceptedVideo> {
  const { model: id = videoDefaults.model, prompt, ratio, resolution, omniReference } = request;
  const model = videoModels.find(known => known.id === id);
  if (!model?.regions.includes(region)) { return refuseModel(id, model !== undefined, region); }
  const refusal = refuse(request, model);
  if (refusal) { return { ok: false, refusal }; }

  const duration = request.duration ?? model.usualDuration;
  const sent = {
    ...ratio !== undefined && !ignoresRatio(request) && { ratio },
    ...resolution !== undefined && model.resolution && { resolution },
  };
  return {
    ok: true,
    kind: 'video',
    body: {
      model: id, prompt, ...sent,
      ...(request.duration !== undefined || duration !== videoDefaults.duration) && { duration },
      ...omniReference && { functionMode: 'omni_reference' },
      response_format: 'url',
    },
    outcome: { model: id, duration, ratio: sent.ratio, resolution: sent.resolution },
    warnings: warningsOf(request, model),
  };
}

function refuseModel(id: string, known: boolean, region: Region): Checked<never> {
  const available = videoModelsOf(region).map(model => model.id).join(', ');
  return known
    ? refused('modelNotInRegion', l10n.t('{0} is not on the site of your session ({1}): the service would silently use {2} and charge for it. Choose one of {3}.', id, region.toUpperCase(), videoDefaults.model, available))
    : refused('unknownModel', l10n.t('There is no video model "{0}": the service would silently use {1} and charge for it. Choose one of {2}.', id, videoDefaults.model, available));
}

function refuse({ ratio, resolution, duration, images, omniReference }: VideoRequest, model: VideoModel): Note | undefined {
  const { id, durations } = model;
  if (duration !== undefined && !durations.includes(duration)) {
    return { kind: 'duration', message: l10n.t('{0} makes videos of {1} seconds, not of {2}: the service would silently take the nearest and charge for it.', id, durations.join(', '), duration) };
  }
  if (ratio !== undefined && !isOneOf(videoRatios, ratio)) {
    return { kind: 'unknownRatio', message: l10n.t('There is no ratio "{0}". Choose one of {1}.', ratio, videoRatios.join(', ')) };
  }
  if (resolution !== undefined && !isOneOf(videoResolutions, resolution)) {
    return { kind: 'unknownResolution', message: l10n.t('There is no resolution "{0}". Choose one of {1}.', resolution, videoResolutions.join(', ')) };
  }
  return omniReference ? refuseMaterials(images ?? [], model) : refuseFrames(images);
}

function refuseFrames(images: VideoRequest['images']): Note | undefined {
  if (images && (images.length === 0 || images.length > mostFrames)) {
    return { kind: 'inputs', message: l10n.t('Choose one picture as the first frame, or two as the first and the last; {0} are chosen. More are possible as materials, with an omni reference.', images.length) };
  }
  return images?.some(({ uri }) => isVideoUri(uri))
    ? { kind: 'inputs', message: l10n.t('A frame is a picture. A video can be a material, with an omni reference.') }
    : undefined;
}

function refuseMaterials(images: NonNullable<VideoRequest['images']>, { id, omniReference }: VideoModel): Note | undefined {
  if (!omniReference) {
    const able = videoModels.filter(model => model.omniReference).map(model => model.id).join(', ');
    return { kind: 'omniReference', message: l10n.t('{0} takes no materials. Choose one of {1}.', id, able) };
  }
  if (images.length === 0 || images.length > mostMaterials) {
    return { kind: 'inputs', message: l10n.t('Choose 1 to {0} materials; {1} are chosen.', mostMaterials, images.length) };
  }
  return undefined;
}

/** service-contract, Models: a frame's own ratio is taken. */
function ignoresRatio({ images, omniReference }: VideoRequest): boolean {
  return images !== undefined && omniReference !== true;
}

function warningsOf(request: VideoRequest, { id, resolution }: VideoModel): Note[] {
  const warnings: Note[] = [];
  const warn = (kind: string, message: string) => void warnings.push({ kind, message });
  if (request.ratio !== undefined && ignoresRatio(request)) {
    warn('ratioIgnored', l10n.t('The video takes the ratio of the picture, so {0} is left out.', request.ratio));
  }
  if (request.resolution !== undefined && !resolution) {
    warn('resolutionIgnored', l10n.t('{0} ignores the resolution, so it is left out. jimeng-video-3.0 and 3.0-fast honour it.', id));
  }
  const unnamed = request.omniReference ? materialsOf(request.images ?? []).filter(({ field }) => !request.prompt.includes(`@${field}`)) : [];
  if (unnamed.length > 0) {
    warn('unnamedMaterials', l10n.t('The prompt does not name {0}.', unnamed.map(({ field }) => `@${field}`).join(', ')));
  }
  return warnings;
}
