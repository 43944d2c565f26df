import { regions, type Region } from './models.ts';

export const videoRatios = ['1:1', '4:3', '3:4', '16:9', '9:16', '21:9'] as const;
export const videoResolutions = ['720p', '1080p'] as const;

/** service-contract, Models. */
export const MAX_FRAMES = 2;
/** What every kind of service takes. */
export const MAX_MATERIALS = 9;
/** How many materials each kind of service takes (service-contract, Requests); `unknown` is what both take. */
export const MATERIAL_LIMITS = {
  stock: { pictures: 9, videos: 3, all: 12 },
  task: { pictures: MAX_MATERIALS, videos: MAX_MATERIALS, all: MAX_MATERIALS },
  unknown: { pictures: MAX_MATERIALS, videos: 3, all: MAX_MATERIALS },
} as const;

/** What the service takes where nothing is chosen (service-contract, Models). */
export const VIDEO_DEFAULTS = { model: 'jimeng-video-3.5-pro', duration: 5 } as const;

export interface VideoModel {
  id: string;
  regions: readonly Region[];
  /** In seconds. */
  durations: readonly number[];
  /** What it makes where nothing is chosen; in seconds. */
  usualDuration: number;
  /** Whether a resolution means anything to it. */
  resolution: boolean;
  /** Whether it takes materials (`functionMode: "omni_reference"`). */
  omniReference: boolean;
  /** The site refuses it to most accounts when it is asked for through a service (service-contract, Requests). */
  oftenRefused: boolean;
}

const asia = ['hk', 'jp', 'sg'] as const;
const usual = {
  durations: [5, 10],
  usualDuration: VIDEO_DEFAULTS.duration,
  resolution: false,
  omniReference: false,
  oftenRefused: false,
};
const seedance = {
  ...usual,
  regions: ['cn'],
  durations: [4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
  omniReference: true,
  oftenRefused: true,
} as const;
const veo = { ...usual, regions: asia, durations: [8], usualDuration: 8 };

/** service-contract, Models. */
export const videoModels: readonly VideoModel[] = [
  { ...usual, id: 'jimeng-video-3.5-pro', regions, durations: [5, 10, 12] },
  { ...usual, id: 'jimeng-video-3.0', regions, resolution: true },
  { ...usual, id: 'jimeng-video-3.0-pro', regions: ['cn', ...asia] },
  { ...usual, id: 'jimeng-video-3.0-fast', regions: ['cn', ...asia], resolution: true },
  { ...usual, id: 'jimeng-video-2.0', regions: ['cn', ...asia] },
  { ...usual, id: 'jimeng-video-2.0-pro', regions: ['cn', ...asia] },
  { ...seedance, id: 'jimeng-video-seedance-2.0' },
  { ...seedance, id: 'jimeng-video-seedance-2.0-fast' },
  { ...veo, id: 'jimeng-video-veo3' },
  { ...veo, id: 'jimeng-video-veo3.1' },
  { ...usual, id: 'jimeng-video-sora2', regions: asia, durations: [4, 8, 12], usualDuration: 4 },
];

export function videoModelOf(id: string): VideoModel | undefined {
  return videoModels.find(model => model.id === id);
}

/** What a model of another version may do: everything that any model does. */
export function unknownVideoModel(id: string): VideoModel {
  return { ...seedance, id, regions, resolution: true, oftenRefused: false };
}

/** The video models that a session of this region can use. */
export function videoModelsOf(region: Region): readonly VideoModel[] {
  return videoModels.filter(model => model.regions.includes(region));
}
