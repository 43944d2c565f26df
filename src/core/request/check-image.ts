import * as l10n from '@vscode/l10n';
import type { ImageRequest } from './schema.ts';
import { unknownModel, type CheckResult, type CheckOptions, type Note } from './checked.ts';
import {
  IMAGE_DEFAULTS,
  MAX_INPUTS,
  imageModelOf,
  imageModelsOf,
  outcomeOf,
  type Ratio,
  type Region,
  type Resolution,
} from './models.ts';
import { bodyOf, refuseOptions, type BodyOf } from './option-values.ts';

/** What is sent to `/v1/images/generations`, apart from `async` and `callback_url`. */
export type ImageBody = BodyOf<'image'> & {
  model: string;
  prompt: string;
  ratio: string;
  resolution: string;
  response_format: 'url';
};

export interface CheckedImage {
  ok: true;
  kind: 'image';
  body: ImageBody;
  outcome: {
    model: string;
    ratio: string;
    resolution: string;
    /** In pixels; with an intelligent ratio, those of the ratio that stands when the service finds no word for another. */
    width: number;
    height: number;
    /** About how many pictures the service makes. */
    pictures: number;
  };
  warnings: Note[];
}

/** Only the image part of `check`. */
export function checkImage(
  request: ImageRequest,
  region: Region,
  { unknownModels }: CheckOptions,
): CheckResult<CheckedImage> {
  const {
    model = IMAGE_DEFAULTS.model,
    ratio = IMAGE_DEFAULTS.ratio,
    resolution = IMAGE_DEFAULTS.resolution,
  } = request;
  const refusal =
    refuseModel(model, region, unknownModels) ?? refuseOptions(request) ?? refuseInputs(request);
  if (refusal) return { ok: false, refusal };
  const made = outcomeOf(model, region, ratio as Ratio, resolution as Resolution);
  const warnings: Note[] = [];
  const warn = (kind: string, message: string) => void warnings.push({ kind, message });
  const known = imageModelOf(model);

  if (!known)
    warn(
      'unknownModel',
      l10n.t(
        'The model "{0}" is not known to this version. If the service does not know it either, it may use another one and charge for it.',
        model,
      ),
    );

  const forced = known?.forced?.(region);
  if (forced?.width !== undefined && (request.ratio ?? request.resolution) !== undefined)
    warn(
      'forcedSize',
      l10n.t(
        'On the {0} site {1} always makes {2}×{3}; ratio and resolution are ignored. For full control use {4}.',
        region.toUpperCase(),
        model,
        made.width,
        made.height,
        IMAGE_DEFAULTS.model,
      ),
    );
  else if (made.resolution !== resolution)
    warn(
      'forcedSize',
      l10n.t(
        '{0} always makes {1} here: {2}×{3} pixels. For full control use {4}.',
        model,
        made.resolution,
        made.width,
        made.height,
        IMAGE_DEFAULTS.model,
      ),
    );

  if (made.resolution === '4k') warn('credits4k', l10n.t('4k costs more credits than 2k.'));
  const intelligent = request.intelligentRatio === true && known?.intelligentRatio !== false;
  if (request.intelligentRatio === true && !intelligent) {
    const able = imageModelsOf(region)
      .filter(({ intelligentRatio }) => intelligentRatio)
      .map(({ id }) => id)
      .join(', ');
    warn(
      'intelligentRatioIgnored',
      l10n.t(
        '{0} ignores the intelligent ratio, so it is left out. These honour it: {1}.',
        model,
        able,
      ),
    );
  } else if (intelligent && request.ratio !== undefined) {
    warn(
      'intelligentRatioWins',
      l10n.t(
        'With the intelligent ratio, words in the prompt such as "portrait" (竖屏) win over the ratio {0}.',
        ratio,
      ),
    );
  }

  const asked =
    known?.countsInPrompt && !request.images ? countInPrompt(request.prompt) : undefined;
  if (asked !== undefined)
    warn(
      'countInPrompt',
      l10n.t(
        'Words in the prompt make the service produce a series of {0} pictures with {1}.',
        asked,
        model,
      ),
    );

  return {
    ok: true,
    kind: 'image',
    body: {
      model,
      prompt: request.prompt,
      ratio,
      resolution,
      ...bodyOf('image', { ...request, intelligentRatio: intelligent || undefined }),
      response_format: 'url',
    },
    outcome: { model, ...made, pictures: asked ?? (request.images ? 1 : (known?.pictures ?? 4)) },
    warnings,
  };
}

function refuseModel(
  model: string,
  region: Region,
  unknownModels: CheckOptions['unknownModels'],
): Note | undefined {
  const known = imageModelOf(model);
  if (known && !known.regions.includes(region)) {
    const available = imageModelsOf(region)
      .map(({ id }) => id)
      .join(', ');
    return {
      kind: 'modelNotInRegion',
      message:
        region === 'cn'
          ? l10n.t(
              '{0} is not on the Chinese site: the service would silently use jimeng-4.5 and charge for it. Choose one of {1}.',
              model,
              available,
            )
          : l10n.t(
              '{0} is not on the site of your session ({1}). Choose one of {2}.',
              model,
              region.toUpperCase(),
              available,
            ),
    };
  }
  if ((!known && unknownModels === 'refuse') || model.trim() === '')
    return unknownModel(l10n.t('There is no model "{0}".', model), model, imageModelsOf(region));
  return undefined;
}

function refuseInputs({ images }: ImageRequest): Note | undefined {
  if (!images || (images.length > 0 && images.length <= MAX_INPUTS)) return undefined;
  return {
    kind: 'inputs',
    message: l10n.t('Choose 1 to {0} pictures; {1} are chosen.', MAX_INPUTS, images.length),
  };
}

/** service-contract, Requests: 连续, 绘本, 故事 or a number directly before 张 make a series; 4 where no number stands. */
function countInPrompt(prompt: string): number | undefined {
  const number = /(\d+)张/.exec(prompt)?.[1];
  if (number !== undefined) return Number(number);
  return /连续|绘本|故事/.test(prompt) ? 4 : undefined;
}
