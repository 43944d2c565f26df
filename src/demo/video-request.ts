import { readerIn } from '../core/images/bytes.ts';
import { sizeOf } from '../core/images/inspect.ts';
import type { SentFile } from './body.ts';
import { clipOf, nearestClip, squareClip, type Clip } from './clips.ts';
import { checkType, failed, invalid, ServiceFault, unforeseen } from './envelope.ts';
import { readFrames, readReferences, type Material } from './materials.ts';
import type { ServiceRules } from './service.ts';
import type { Session } from './session.ts';

/** A request for a video as the service understood it. */
export interface VideoJob {
  prompt: string;
  /** As it was asked for: a task shows this one. */
  askedModel: string;
  /** The one that makes the video. */
  model: string;
  seconds: number;
  resolution: string;
  /** Frames or reference materials, in their order. */
  materials: readonly Material[];
  clip: Clip;
  inline: boolean;
  /** What the service finds out only when it begins, before anything is charged; a task then fails. */
  fault: ServiceFault | undefined;
}

/** The fields that are read, after `checkFields`. */
interface VideoFields {
  model?: string;
  prompt: string;
  ratio?: string;
  resolution?: string;
  duration?: number;
  file_paths?: unknown[];
  functionMode?: string;
  response_format?: string;
}

interface VideoModel {
  id: string;
  regions: readonly string[];
  /** In seconds, the default first. */
  durations: readonly [number, ...number[]];
  takes?: 'resolution' | 'references';
}

const asia = ['hk', 'jp', 'sg'];
const everywhere = ['cn', 'us', ...asia];
/** The service takes no other duration at all; two models make any of them. */
const anyDuration = [4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15] as const;
const defaultModel: VideoModel = {
  id: 'jimeng-video-3.5-pro',
  regions: everywhere,
  durations: [5, 10, 12],
};
/** service-contract, Models. */
const models: readonly VideoModel[] = [
  defaultModel,
  { id: 'jimeng-video-3.0', regions: everywhere, durations: [5, 10], takes: 'resolution' },
  { id: 'jimeng-video-3.0-pro', regions: ['cn', ...asia], durations: [5, 10] },
  {
    id: 'jimeng-video-3.0-fast',
    regions: ['cn', ...asia],
    durations: [5, 10],
    takes: 'resolution',
  },
  { id: 'jimeng-video-2.0', regions: ['cn', ...asia], durations: [5, 10] },
  { id: 'jimeng-video-2.0-pro', regions: ['cn', ...asia], durations: [5, 10] },
  { id: 'jimeng-video-seedance-2.0', regions: ['cn'], durations: anyDuration, takes: 'references' },
  {
    id: 'jimeng-video-seedance-2.0-fast',
    regions: ['cn'],
    durations: anyDuration,
    takes: 'references',
  },
  { id: 'jimeng-video-veo3', regions: asia, durations: [8] },
  { id: 'jimeng-video-veo3.1', regions: asia, durations: [8] },
  { id: 'jimeng-video-sora2', regions: asia, durations: [4, 8, 12] },
];
export const videoModelNames = models.map(({ id }) => id);

/**
 * Reads and checks a video request as the service does; throws ServiceFault. A model that is unknown, or that the region
 * lacks, silently becomes jimeng-video-3.5-pro; a duration that the model lacks is refused by the stock service, and silently becomes
 * the default elsewhere.
 */
export async function readVideoJob(
  body: Record<string, unknown>,
  files: readonly SentFile[],
  { region }: Session,
  kind: ServiceRules['kind'] = 'task',
): Promise<VideoJob> {
  checkFields(body);
  const {
    model: askedModel = defaultModel.id,
    prompt,
    ratio = '1:1',
    resolution = '720p',
    duration = 5,
    file_paths: addresses = [],
    functionMode,
    response_format: format,
  } = body as unknown as VideoFields;
  const {
    id: model,
    durations,
    takes,
  } = models.find(({ id, regions }) => id === askedModel && regions.includes(region)) ??
  defaultModel;
  const asked = models.find(({ id }) => id === askedModel)?.durations ?? [5, 10];
  if (kind === 'stock' && body['duration'] !== undefined && !asked.includes(duration))
    throw unforeseen(`该模型仅支持 ${asked.join('、')} 秒时长，当前值: ${duration}`);
  const references = functionMode === 'omni_reference';
  const { materials, fault } = references
    ? readReferences(body, files, addresses, kind)
    : readFrames(files, addresses);
  // With a first frame the ratio is its own.
  const clip =
    references || materials.length === 0
      ? clipOf(ratio)
      : await clipLike(files.find(({ field }) => field === materials[0]?.field));
  const faults = [
    references &&
      takes !== 'references' &&
      failed(
        'omni_reference 模式仅支持 jimeng-video-seedance-2.0 和 jimeng-video-seedance-2.0-fast 模型',
      ),
    fault,
    (!clip || (takes === 'resolution' && resolution !== '720p' && resolution !== '1080p')) &&
      failed('invalid parameter 错误码: 4002'),
  ];
  return {
    prompt,
    askedModel,
    model,
    materials,
    seconds: durations.find(seconds => seconds === duration) ?? durations[0],
    resolution: takes === 'resolution' ? resolution : '720p',
    clip: clip ?? squareClip,
    inline: format === 'b64_json',
    fault: faults.find(found => found instanceof ServiceFault),
  };
}

function checkFields(body: Record<string, unknown>): void {
  if (typeof body['prompt'] !== 'string') throw invalid('body.prompt');
  for (const field of ['model', 'ratio', 'resolution', 'response_format', 'callback_url'])
    checkType(body, field, 'string');
  const {
    duration = 5,
    file_paths: addresses = [],
    functionMode: mode = 'first_last_frames',
    async = false,
    callback_url: callback = 'http',
  } = body;
  if (!anyDuration.some(seconds => seconds === duration)) throw invalid('body.duration');
  if (!Array.isArray(addresses)) throw invalid('body.file_paths'); // in multipart it is a string
  if (mode !== 'first_last_frames' && mode !== 'omni_reference') throw invalid('body.functionMode');
  if (![true, false, 'true', 'false'].some(known => known === async)) throw invalid('body.async');
  if (!(callback as string).startsWith('http')) throw invalid('body.callback_url');
}

/** By the header of the first frame; for what the demo cannot read, or does not load, 16:9. */
async function clipLike(frame: SentFile | undefined): Promise<Clip | undefined> {
  const size = frame && (await sizeOf(readerIn(frame.bytes)));
  return size ? nearestClip(size) : clipOf('16:9');
}
