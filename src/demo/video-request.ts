import { readerIn } from '../core/images/bytes.ts';
import { sizeOf } from '../core/images/inspect.ts';
import { materialModels } from '../core/request/option-choices.ts';
import type { BodyOf } from '../core/request/option-values.ts';
import { unknownVideoModel, VIDEO_DEFAULTS, videoModelOf } from '../core/request/video-models.ts';
import type { SentFile } from './body.ts';
import { clipOf, nearestClip, squareClip, type Clip } from './clips.ts';
import { checkOptions, checkType, failed, invalid, ServiceFault, unforeseen } from './envelope.ts';
import { readFrames, readReferences, type Material } from './materials.ts';
import type { ServiceRules, Session } from './session.ts';

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

/**
 * The fields that are read, after `checkFields`, by the service's own names: taken from the table, a wrong name there would
 * be right here too.
 */
type VideoFields = Omit<BodyOf<'video'>, 'functionMode'> & {
  prompt: string;
  file_paths?: unknown[];
  functionMode?: string;
  response_format?: string;
};

/** The service takes no other duration at all; in seconds. */
const DURATIONS = [4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
const defaultModel = videoModelOf(VIDEO_DEFAULTS.model) ?? unknownVideoModel(VIDEO_DEFAULTS.model);

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
  const known = videoModelOf(askedModel);
  const model = known?.regions.includes(region) ? known : defaultModel;
  const asked = known?.durations ?? [5, 10];
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
      !model.omniReference &&
      failed(`omni_reference 模式仅支持 ${materialModels().join(' 和 ')} 模型`),
    fault,
    (!clip || (model.resolution && resolution !== '720p' && resolution !== '1080p')) &&
      failed('invalid parameter 错误码: 4002'),
  ];
  return {
    prompt,
    askedModel,
    model: model.id,
    materials,
    seconds: model.durations.find(seconds => seconds === duration) ?? model.usualDuration,
    resolution: model.resolution ? resolution : '720p',
    clip: clip ?? squareClip,
    inline: format === 'b64_json',
    fault: faults.find(found => found instanceof ServiceFault),
  };
}

function checkFields(body: Record<string, unknown>): void {
  if (typeof body['prompt'] !== 'string') throw invalid('body.prompt');
  checkOptions(body, 'video');
  for (const field of ['response_format', 'callback_url']) checkType(body, field, 'string');
  const {
    duration = 5,
    file_paths: addresses = [],
    functionMode: mode = 'first_last_frames',
    async = false,
    callback_url: callback = 'http',
  } = body;
  if (!DURATIONS.some(seconds => seconds === duration)) throw invalid('body.duration');
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
