import * as l10n from '@vscode/l10n';
import type { OptionRow } from './option.ts';
import {
  durationChoices,
  idsOf,
  impliedModel,
  intelligentModels,
  intelligentShown,
  materialChoices,
  materialModels,
  modelChoices,
  onWithWords,
  ratioChoices,
  ratioShown,
  resolutionChoices,
  resolutionModels,
  resolutionShown,
  seconds,
  usualDuration,
} from './option-choices.ts';
import { IMAGE_DEFAULTS, imageModels, ratios, resolutions } from './models.ts';
import {
  MATERIAL_LIMITS,
  VIDEO_DEFAULTS,
  videoModels,
  videoRatios,
  videoResolutions,
} from './video-models.ts';

const none = () => l10n.t('none');

/** seed-skill, Parameter Usage Guidelines. */
const onlyNamed = 'Only if the user named one; never infer it from the prompt.';

/**
 * Every option of a request by its name there, in the order in which people see them. The terminal's flags are these names
 * in kebab case. The request's schema, its body, the wizard, the terminal's flags and help, the agents' schemas, settings,
 * tooltips and the fields of the demo service are made from this table.
 */
export const optionTable = {
  omniReference: {
    kinds: ['video'],
    type: 'boolean',
    field: 'functionMode',
    sent: 'omni_reference',
    label: () => l10n.t('Use Pictures as'),
    icon: 'references',
    choices: materialChoices,
    usual: () => false,
    implies: impliedModel,
    shown: ({ omniReference }) =>
      omniReference ? l10n.t('materials that the prompt names') : l10n.t('first and last frame'),
    unlisted: true,
    help: {
      video: () =>
        l10n.t(
          '--images are pictures and videos that the prompt names: @image_file_1 @video_file_1;\nup to 9 in all, without tasks at the service up to 9 and 3',
        ),
    },
    agents: {
      video: `The images are materials, up to ${MATERIAL_LIMITS.stock.pictures} pictures and ${MATERIAL_LIMITS.stock.videos} videos (a service with tasks takes ${MATERIAL_LIMITS.task.all} in all), which the prompt names as @image_file_1 and @video_file_1; only with ${materialModels().join(' and ')}. Only if the user asked for that.`,
    },
  },
  model: {
    kinds: ['image', 'video'],
    type: 'text',
    field: 'model',
    setting: true,
    label: () => l10n.t('Model'),
    icon: 'symbol-misc',
    choices: modelChoices,
    usual: ({ kind }) => (kind === 'image' ? IMAGE_DEFAULTS : VIDEO_DEFAULTS).model,
    unlisted: true,
    usage: () => l10n.t('NAME'),
    help: {
      image: () => l10n.t('default {0}', IMAGE_DEFAULTS.model),
      video: () => l10n.t('default {0}', VIDEO_DEFAULTS.model),
    },
    agents: {
      image: `${onlyNamed} Left out: ${IMAGE_DEFAULTS.model}. Known: ${idsOf(imageModels).join(', ')}.`,
      video: `${onlyNamed} Left out: ${VIDEO_DEFAULTS.model}. Known: ${idsOf(videoModels).join(', ')}.`,
    },
  },
  duration: {
    kinds: ['video'],
    type: 'number',
    field: 'duration',
    integer: true,
    label: () => l10n.t('Duration'),
    icon: 'watch',
    choices: durationChoices,
    usual: usualDuration,
    shown: chosen => seconds(chosen.duration ?? usualDuration(chosen)),
    unlisted: true,
    usage: () => l10n.t('SECONDS'),
    help: { video: () => l10n.t('depends on the model') },
    agents: {
      video: `In seconds. ${onlyNamed} Left out: what the model usually makes, mostly ${VIDEO_DEFAULTS.duration}.`,
    },
  },
  ratio: {
    kinds: ['image', 'video'],
    type: 'text',
    field: 'ratio',
    values: { image: ratios, video: videoRatios },
    rule: (value, values) => l10n.t('There is no ratio "{0}". Choose one of {1}.', value, values),
    refusal: 'unknownRatio',
    setting: true,
    label: () => l10n.t('Ratio'),
    icon: 'symbol-ruler',
    choices: ratioChoices,
    usual: ({ kind }) => (kind === 'image' ? IMAGE_DEFAULTS.ratio : undefined),
    shown: ratioShown,
    unlisted: true,
    usage: () => l10n.t('W:H'),
    help: {
      image: () => unlessGiven(IMAGE_DEFAULTS.ratio, ratios),
      video: () => l10n.t('{0}; a frame keeps its own ratio', videoRatios.join(' ')),
    },
    agents: {
      image: `Width to height. ${onlyNamed} Left out: ${IMAGE_DEFAULTS.ratio}.`,
      video: `${onlyNamed} A frame's own ratio counts.`,
    },
  },
  resolution: {
    kinds: ['image', 'video'],
    type: 'text',
    field: 'resolution',
    values: { image: resolutions, video: videoResolutions },
    rule: (value, values) =>
      l10n.t('There is no resolution "{0}". Choose one of {1}.', value, values),
    refusal: 'unknownResolution',
    setting: true,
    label: () => l10n.t('Resolution'),
    icon: 'screen-full',
    choices: resolutionChoices,
    usual: ({ kind }) => (kind === 'image' ? IMAGE_DEFAULTS.resolution : undefined),
    shown: resolutionShown,
    unlisted: true,
    usage: () => l10n.t('SIZE'),
    help: {
      image: () => unlessGiven(IMAGE_DEFAULTS.resolution, resolutions),
      video: () =>
        l10n.t('{0}, with {1}', videoResolutions.join(' '), resolutionModels().join(', ')),
    },
    agents: {
      image: `${onlyNamed} Left out: ${IMAGE_DEFAULTS.resolution}. 4k costs more.`,
      video: `${onlyNamed} Only ${resolutionModels().join(' and ')} honour it.`,
    },
  },
  negativePrompt: {
    kinds: ['image'],
    type: 'text',
    field: 'negative_prompt',
    words: true,
    label: () => l10n.t('Negative Prompt'),
    icon: 'circle-slash',
    ask: () => l10n.t('What should not be in the picture. Leave empty for none'),
    none,
    brief: value => l10n.t('without: {0}', value),
    usage: () => l10n.t('TEXT'),
    help: { image: () => l10n.t('what should not be in the picture') },
    agents: { image: `What should not be in the picture. ${onlyNamed}` },
  },
  sampleStrength: {
    kinds: ['image'],
    type: 'number',
    field: 'sample_strength',
    range: [0, 1],
    rule: () => l10n.t('The sample strength is a number from 0 to 1.'),
    label: () => l10n.t('Sample Strength'),
    icon: 'settings',
    about: () => l10n.t('how finely the details are worked out'),
    ask: () =>
      l10n.t(
        'How finely the details are worked out, from 0 to 1. Leave empty to let the service choose',
      ),
    brief: value => l10n.t('strength {0}', value),
    usage: () => l10n.t('N'),
    help: { image: () => l10n.t('0 to 1') },
    agents: { image: onlyNamed },
  },
  intelligentRatio: {
    kinds: ['image'],
    type: 'boolean',
    field: 'intelligent_ratio',
    label: () => l10n.t('Intelligent Ratio'),
    icon: 'wand',
    about: () => l10n.t('when on, words such as "portrait" in the prompt choose the ratio'),
    shown: intelligentShown,
    text: value => (value === true ? onWithWords() : undefined),
    brief: () => l10n.t('intelligent ratio'),
    help: {
      image: () =>
        l10n.t(
          'let the service choose the ratio by words in the prompt;\nonly with {0}',
          intelligentModels().join(', '),
        ),
    },
    agents: {
      image:
        'Let the service choose the ratio by words in the prompt. Only if the user asked for that.',
    },
  },
  callbackUrl: {
    kinds: ['image', 'video'],
    type: 'text',
    fits: text => /^https?:\/\//i.test(text) && URL.canParse(text),
    rule: value =>
      l10n.t('"{0}" is not a callback address: it must begin with http:// or https://.', value),
    label: () => l10n.t('Callback URL'),
    icon: 'globe',
    about: () => l10n.t('where the task service reports that a task is done'),
    ask: () =>
      l10n.t(
        'The address of your own backend, which the task service calls when a task is done; the stock service does not. Leave empty for none',
      ),
    none,
    unlisted: true,
    usage: () => l10n.t('URL'),
    help: {
      image: () => l10n.t('your own backend, which the service calls when the task is done'),
    },
  },
} as const satisfies Record<string, OptionRow>;

function unlessGiven(usual: string, values: readonly string[]): string {
  const others = values.filter(value => value !== usual).join(' ');
  return l10n.t('default {0}; {1}', usual, others);
}
