import * as l10n from '@vscode/l10n';

/** The sites a session can belong to; international ones carry their prefix in the session ID. */
export const regions = ['cn', 'us', 'hk', 'jp', 'sg'] as const;
export type Region = (typeof regions)[number];

export const ratios = ['1:1', '4:3', '3:4', '16:9', '9:16', '3:2', '2:3', '21:9'] as const;
export type Ratio = (typeof ratios)[number];

export const resolutions = ['1k', '2k', '4k'] as const;
export type Resolution = (typeof resolutions)[number];

/** In pixels. */
export interface Size {
  width: number;
  height: number;
}

/** service-contract, Requests. */
export const MAX_INPUTS = 10;

/** seed-skill, Parameter Usage Guidelines. The service's own default model is another one, so the model is always sent. */
export const IMAGE_DEFAULTS = { model: 'jimeng-4.0', ratio: '1:1', resolution: '2k' } as const;

const asia = ['hk', 'jp', 'sg'] as const;

interface ImageModel {
  id: string;
  /** What it is good at, as its site describes it. */
  about: () => string;
  regions: readonly Region[];
  /** Whether the service chooses the ratio by words in the prompt where it is asked to. */
  intelligentRatio: boolean;
  /** Words such as 连续 or `3张` in the prompt of a text to image make the service produce that many pictures. */
  countsInPrompt: boolean;
  /** How many pictures a text to image makes. */
  pictures: number;
  /** What it makes in a region whatever is asked for. */
  forced?: (region: Region) => Partial<Size> & { ratio?: Ratio; resolution: Resolution };
  /** Where its sizes are not those of the others. */
  sizes?: Partial<Record<Resolution, Sizes>>;
}

/** Width and height by ratio, in pixels. */
type Sizes = Readonly<Record<Ratio, readonly [number, number]>>;

const usual = { regions, intelligentRatio: true, countsInPrompt: false, pictures: 4 };
const plain = { ...usual, intelligentRatio: false };
const counting = { ...usual, countsInPrompt: true };

/** service-contract, Models. Newest first. */
export const imageModels: readonly ImageModel[] = [
  {
    ...usual,
    id: 'jimeng-5.0',
    about: () => l10n.t('Follows detailed instructions most closely.'),
    regions: ['cn', ...asia],
  },
  {
    ...usual,
    id: 'jimeng-4.6',
    about: () => l10n.t('Keeps people recognizable from picture to picture.'),
    regions: ['cn', ...asia],
  },
  {
    ...counting,
    id: 'jimeng-4.5',
    about: () => l10n.t('Consistent subjects and styles, close to the prompt.'),
  },
  {
    ...counting,
    id: 'jimeng-4.1',
    about: () => l10n.t('Design and creative work with a consistent look.'),
  },
  {
    ...counting,
    id: 'jimeng-4.0',
    about: () => l10n.t('All-round: several input pictures, and series of pictures.'),
  },
  {
    ...plain,
    id: 'jimeng-3.1',
    about: () => l10n.t('Varied styles and vivid colors.'),
    regions: ['cn'],
  },
  { ...plain, id: 'jimeng-3.0', about: () => l10n.t('Cinematic look and accurate lettering.') },
  {
    ...plain,
    id: 'nanobanana',
    about: () => l10n.t("Google's small model: quick edits."),
    regions: ['us', ...asia],
    pictures: 1,
    forced: region =>
      region === 'us'
        ? { ratio: '1:1', resolution: '2k', width: 1024, height: 1024 }
        : { resolution: '1k' },
  },
  {
    ...plain,
    id: 'nanobananapro',
    about: () => l10n.t("Google's large model: precise edits and lettering."),
    regions: ['us', ...asia],
    sizes: {
      '4k': {
        '1:1': [4096, 4096],
        '4:3': [4693, 3520],
        '3:4': [3520, 4693],
        '16:9': [5404, 3040],
        '9:16': [3040, 5404],
        '3:2': [4992, 3328],
        '2:3': [3328, 4992],
        '21:9': [6197, 2656],
      },
    },
  },
];

export function imageModelOf(id: string): ImageModel | undefined {
  return imageModels.find(model => model.id === id);
}

/** service-contract, Models: what the service really makes; it swaps 4:3 and 3:4 at 1k. Width and height in pixels. */
const sizes: Record<Resolution, Sizes> = {
  '1k': {
    '1:1': [1024, 1024],
    '4:3': [768, 1024],
    '3:4': [1024, 768],
    '16:9': [1024, 576],
    '9:16': [576, 1024],
    '3:2': [1024, 682],
    '2:3': [682, 1024],
    '21:9': [1195, 512],
  },
  '2k': {
    '1:1': [2048, 2048],
    '4:3': [2304, 1728],
    '3:4': [1728, 2304],
    '16:9': [2560, 1440],
    '9:16': [1440, 2560],
    '3:2': [2496, 1664],
    '2:3': [1664, 2496],
    '21:9': [3024, 1296],
  },
  '4k': {
    '1:1': [4096, 4096],
    '4:3': [4608, 3456],
    '3:4': [3456, 4608],
    '16:9': [5120, 2880],
    '9:16': [2880, 5120],
    '3:2': [4992, 3328],
    '2:3': [3328, 4992],
    '21:9': [6048, 2592],
  },
};

/** The image models that a session of this region can use. */
export function imageModelsOf(region: Region): readonly ImageModel[] {
  return imageModels.filter(model => model.regions.includes(region));
}

/** What becomes of a wanted ratio and resolution. */
export function outcomeOf(
  id: string,
  region: Region,
  ratio: Ratio,
  resolution: Resolution,
): Size & { ratio: Ratio; resolution: Resolution } {
  const model = imageModelOf(id);
  const made = { ratio, resolution, ...model?.forced?.(region) };
  const table = model?.sizes?.[made.resolution] ?? sizes[made.resolution];
  const [width, height] = table[made.ratio];
  return { width, height, ...made };
}
