import {
  imageModelOf,
  imageModelsOf,
  outcomeOf,
  ratios,
  resolutions,
  type Region,
} from '../core/request/models.ts';
import type { BodyOf } from '../core/request/option-values.ts';
import { checkOptions, checkType, invalid, unforeseen } from './envelope.ts';
import type { Session } from './session.ts';

/** A request for pictures as the service interprets it. */
export interface ImageJob {
  prompt: string;
  model: string;
  ratio: string;
  resolution: string;
  width: number;
  height: number;
  pictures: number;
  inline: boolean;
}

const DEFAULT_MODEL = 'jimeng-4.5';

/** Words that select an intelligent ratio. */
const orientations: readonly (readonly [RegExp, string])[] = [
  [/竖屏|竖版|portrait|手机壁纸/i, '9:16'],
  [/横屏|横版|landscape|桌面壁纸/i, '16:9'],
  [/方形|square/i, '1:1'],
  [/超宽/, '21:9'],
];

/** The fields of a request that the service accepts; what they ask for may still be impossible. */
export interface ImageFields extends BodyOf<'image'> {
  model: string;
  prompt: string;
  inline: boolean;
}

/** Parses and validates an image or composition request as the service's routes do; throws ServiceFault. */
export function readImageFields(body: Record<string, unknown>): ImageFields {
  const unsupported = ['size', 'width', 'height'].filter(field => field in body);
  if (unsupported.length > 0)
    throw unforeseen(
      `不支持的参数: ${unsupported.join(', ')}。请使用 ratio 和 resolution 参数控制图像尺寸。`,
    );
  const { prompt, response_format: format = 'url' } = body;
  if (typeof prompt !== 'string') throw invalid('body.prompt');
  checkOptions(body, 'image');
  if (typeof format !== 'string') throw invalid('body.response_format');
  checkType(body, 'async', 'boolean');
  checkType(body, 'callback_url', 'string');
  return {
    ...(body as BodyOf<'image'>),
    prompt,
    model: (body['model'] as string | null | undefined) ?? DEFAULT_MODEL,
    inline: format === 'b64_json',
  };
}

/** What the service makes of the fields; throws ServiceFault for what it only finds when it begins: a task then fails. */
export function imageJobOf(fields: ImageFields, { region }: Session): ImageJob {
  const { prompt, inline, ratio = '1:1', resolution = '2k' } = fields;
  const model = knownModel(fields.model, region);
  const wanted =
    fields.intelligent_ratio === true && imageModelOf(model)?.intelligentRatio === true
      ? (orientations.find(([words]) => words.test(prompt))?.[1] ?? ratio)
      : ratio;
  return {
    prompt,
    model,
    ...sizeOf(model, region, wanted, resolution),
    pictures: countOf(model, prompt),
    inline,
  };
}

/** On the Chinese site an unknown model is silently replaced; elsewhere it is refused. */
function knownModel(model: string, region: Region): string {
  const models = imageModelsOf(region);
  if (models.some(({ id }) => id === model)) return model;
  if (region === 'cn') return DEFAULT_MODEL;
  throw unforeseen(
    `国际版不支持模型 "${model}"。支持的模型: ${models.map(({ id }) => id).join(', ')}`,
  );
}

function sizeOf(
  model: string,
  region: Region,
  ratio: string,
  resolution: string,
): Pick<ImageJob, 'ratio' | 'resolution' | 'width' | 'height'> {
  const forced = imageModelOf(model)?.forced?.(region);
  const made = resolutions.find(known => known === (forced?.resolution ?? resolution));
  if (!made) throw unforeseen(`不支持的分辨率 "${resolution}"。支持的分辨率: 1k, 2k, 4k`);
  const shape = ratios.find(known => known === (forced?.ratio ?? ratio));
  if (!shape)
    throw unforeseen(
      `在 "${made}" 分辨率下，不支持的比例 "${ratio}"。支持的比例: ${ratios.join(', ')}`,
    );
  return outcomeOf(model, region, shape, made);
}

function countOf(id: string, prompt: string): number {
  const model = imageModelOf(id);
  if (model?.countsInPrompt && /连续|绘本|故事|\d+张/.test(prompt))
    return Math.min(Number(/(\d+)张/.exec(prompt)?.[1] ?? 4), 15);
  return model?.pictures ?? 4;
}
