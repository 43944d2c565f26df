import * as l10n from '@vscode/l10n';
import {
  IMAGE_DEFAULTS,
  imageModelOf,
  imageModels,
  imageModelsOf,
  outcomeOf,
  ratios,
  regions,
  resolutions,
  type Region,
} from './models.ts';
import {
  VIDEO_DEFAULTS,
  videoModelOf,
  videoModels,
  videoModelsOf,
  videoRatios,
  videoResolutions,
} from './video-models.ts';
import type { Choice, Chosen, OptionRow } from './option.ts';

type Choices = NonNullable<OptionRow['choices']>;
type Shown = NonNullable<OptionRow['shown']>;

export const byService = () => l10n.t('chosen by the service');
const always = (value: string, { model = IMAGE_DEFAULTS.model }: Chosen) =>
  l10n.t('{0} (fixed with {1})', value, model);
const builtIn = () => l10n.t('built-in default');
export const idsOf = (models: readonly { id: string }[]) => models.map(({ id }) => id);
const described = (value: string, ...parts: (string | false)[]): Choice => {
  const description = parts.filter(part => part !== false).join(' · ');
  return { value, ...(description !== '' && { description }) };
};
export const seconds = (value: number | string) => l10n.t('{0} s', value);
export const onWithWords = () => l10n.t('on: words in the prompt choose the ratio');
export const materialModels = () => idsOf(videoModels.filter(({ omniReference }) => omniReference));
export const intelligentModels = () =>
  idsOf(imageModels.filter(({ intelligentRatio }) => intelligentRatio));
export const resolutionModels = () => idsOf(videoModels.filter(({ resolution }) => resolution));

/** In seconds. */
export function usualDuration({ model = VIDEO_DEFAULTS.model }: Chosen): number {
  return videoModelOf(model)?.usualDuration ?? VIDEO_DEFAULTS.duration;
}

export const materialChoices: () => Choice[] = () => [
  { value: false, label: l10n.t('First and Last Frame') },
  {
    value: true,
    label: l10n.t('Materials'),
    description: l10n.t(
      'up to 9 pictures and videos, which the prompt names as @image_file_1; with {0}',
      materialModels().join(', '),
    ),
  },
];

export const impliedModel: NonNullable<OptionRow['implies']> = (value, { model }) => {
  const [first, ...others] = materialModels();
  return value === true && first !== undefined && ![first, ...others].includes(model ?? '')
    ? { model: first }
    : undefined;
};

export const modelChoices: Choices = ({ kind, model }, region) => [
  ...(kind === 'image' ? imageModelChoices(model, region) : videoModelChoices(region)),
  ...(kind === 'image' ? imageModels : videoModels)
    .filter(({ regions: sites }) => !sites.includes(region))
    .map(({ id, regions: sites }) => ({
      value: id,
      unavailable: l10n.t(
        'Not offered by the site of your session ID. Sites that have it: {0}.',
        listOf(sites),
      ),
    })),
];

const listOf = (sites: readonly Region[]) => sites.join(', ').toUpperCase();

function imageModelChoices(chosen: string | undefined, region: Region): Choice[] {
  const known = imageModelsOf(region).map(({ id, about, pictures, regions: sites }) => {
    const { width, height } = outcomeOf(id, region, '1:1', '4k');
    const parts = [
      id === IMAGE_DEFAULTS.model && builtIn(),
      pictures === 1 ? l10n.t('1 picture') : l10n.t('{0} pictures', pictures),
      l10n.t('up to {0}', `${width}×${height}`),
      sites.length < regions.length && listOf(sites),
    ];
    return { ...described(id, ...parts), about: about() };
  });
  return [...known, ...(chosen === undefined || imageModelOf(chosen) ? [] : [{ value: chosen }])];
}

function videoModelChoices(region: Region): Choice[] {
  return videoModelsOf(region).map(({ id, durations, omniReference }) =>
    described(
      id,
      seconds(durations.length > 3 ? `${durations[0]}–${durations.at(-1)}` : durations.join(', ')),
      omniReference && l10n.t('materials'),
      id === VIDEO_DEFAULTS.model && builtIn(),
    ),
  );
}

export const durationChoices: Choices = chosen =>
  (videoModelOf(chosen.model ?? VIDEO_DEFAULTS.model)?.durations ?? []).map(value => ({
    value,
    label: seconds(value),
    ...(value === usualDuration(chosen) && { description: builtIn() }),
  }));

export const ratioChoices: Choices = (
  { kind, model = IMAGE_DEFAULTS.model, resolution },
  region,
) =>
  kind === 'video'
    ? videoRatios.map(value => ({ value }))
    : ratios.map(value => {
        const known = resolutions.find(each => each === resolution);
        const { width, height } = outcomeOf(
          model,
          region,
          value,
          known ?? IMAGE_DEFAULTS.resolution,
        );
        return described(value, `${width}×${height}`);
      });

export const ratioShown: Shown = (chosen, made) => {
  const { kind, ratio = IMAGE_DEFAULTS.ratio, images, omniReference } = chosen;
  if (kind === 'video')
    return images && !omniReference ? l10n.t('same as the picture') : (chosen.ratio ?? byService());
  if (made && made.ratio !== ratio) return always(made.ratio, chosen);
  return made ? `${ratio} · ${made.width}×${made.height}` : ratio;
};

export const resolutionChoices: Choices = ({ kind }) =>
  kind === 'video'
    ? videoResolutions.map(value => ({ value }))
    : resolutions.map(value => described(value, value === '4k' && l10n.t('costs more credits')));

export const resolutionShown: Shown = (chosen, made) => {
  const { kind, resolution = IMAGE_DEFAULTS.resolution } = chosen;
  if (kind === 'image')
    return made && made.resolution !== resolution ? always(made.resolution, chosen) : resolution;
  const { model = VIDEO_DEFAULTS.model } = chosen;
  return videoModelOf(model)?.resolution === false
    ? l10n.t('{0} ignores it', model)
    : (chosen.resolution ?? byService());
};

export const intelligentShown: Shown = ({ model = IMAGE_DEFAULTS.model, intelligentRatio }) => {
  if (imageModelOf(model)?.intelligentRatio === false) return l10n.t('{0} ignores it', model);
  return intelligentRatio === true ? onWithWords() : l10n.t('off');
};
