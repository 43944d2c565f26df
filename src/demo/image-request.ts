import { checkType, invalid, unforeseen } from './envelope.ts';
import type { Session } from './session.ts';

/** A request for pictures as the service understood it. */
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

const asia = ['hk', 'jp', 'sg'];
const everywhere = ['cn', 'us', ...asia];
/** Where each model is (service-contract, Models). */
const models: Record<string, readonly string[]> = {
  'jimeng-5.0': ['cn', ...asia],
  'jimeng-4.6': ['cn', ...asia],
  'jimeng-4.5': everywhere,
  'jimeng-4.1': everywhere,
  'jimeng-4.0': everywhere,
  'jimeng-3.1': ['cn'],
  'jimeng-3.0': everywhere,
  nanobanana: ['us', ...asia],
  nanobananapro: ['us', ...asia],
};
export const modelNames = Object.keys(models);

const ratios = ['1:1', '4:3', '3:4', '16:9', '9:16', '3:2', '2:3', '21:9'];
/** Sizes in the order of `ratios`. */
const sizes: Record<string, string> = {
  '1k': '1024x1024 768x1024 1024x768 1024x576 576x1024 1024x682 682x1024 1195x512',
  '2k': '2048x2048 2304x1728 1728x2304 2560x1440 1440x2560 2496x1664 1664x2496 3024x1296',
  '4k': '4096x4096 4608x3456 3456x4608 5120x2880 2880x5120 4992x3328 3328x4992 6048x2592',
  'nanobananapro 4k':
    '4096x4096 4693x3520 3520x4693 5404x3040 3040x5404 4992x3328 3328x4992 6197x2656',
};
/** Words by which an intelligent ratio is chosen. */
const orientations: readonly (readonly [RegExp, string])[] = [
  [/竖屏|竖版|portrait|手机壁纸/i, '9:16'],
  [/横屏|横版|landscape|桌面壁纸/i, '16:9'],
  [/方形|square/i, '1:1'],
  [/超宽/, '21:9'],
];

/** Reads and checks the fields of an image or composition request as the service does; throws ServiceFault. */
export function readImageJob(body: Record<string, unknown>, { region }: Session): ImageJob {
  const unsupported = ['size', 'width', 'height'].filter(field => field in body);
  if (unsupported.length > 0)
    throw unforeseen(
      `不支持的参数: ${unsupported.join(', ')}。请使用 ratio 和 resolution 参数控制图像尺寸。`,
    );
  const { prompt, ratio = '1:1', resolution = '2k', response_format: format = 'url' } = body;
  if (typeof prompt !== 'string') throw invalid('body.prompt');
  if (typeof ratio !== 'string') throw invalid('body.ratio');
  if (typeof resolution !== 'string') throw invalid('body.resolution');
  if (typeof format !== 'string') throw invalid('body.response_format');
  checkType(body, 'negative_prompt', 'string');
  checkType(body, 'sample_strength', 'number');
  checkType(body, 'intelligent_ratio', 'boolean');
  checkType(body, 'async', 'boolean');
  checkType(body, 'callback_url', 'string');
  const model = readModel(body['model'], region);

  const wanted =
    body['intelligent_ratio'] === true && /^jimeng-(?:4\.[0156]|5)/.test(model)
      ? (orientations.find(([words]) => words.test(prompt))?.[1] ?? ratio)
      : ratio;
  return {
    prompt,
    model,
    ...sizeOf(model, region, wanted, resolution),
    pictures: countOf(model, prompt),
    inline: format === 'b64_json',
  };
}

/** On the Chinese site a model that is not there is silently replaced; on the others it is refused. */
function readModel(value: unknown, region: string): string {
  const model = value ?? 'jimeng-4.5';
  if (typeof model !== 'string') throw invalid('body.model');
  if (models[model]?.includes(region)) return model;
  if (region === 'cn') return 'jimeng-4.5';
  throw unforeseen(
    `国际版不支持模型 "${model}"。支持的模型: ${Object.keys(models)
      .filter(known => models[known]?.includes(region))
      .join(', ')}`,
  );
}

function sizeOf(
  model: string,
  region: string,
  ratio: string,
  resolution: string,
): Pick<ImageJob, 'ratio' | 'resolution' | 'width' | 'height'> {
  if (model === 'nanobanana' && region === 'us')
    return { ratio: '1:1', resolution: '2k', width: 1024, height: 1024 };
  const made = model === 'nanobanana' ? '1k' : resolution;
  if (!['1k', '2k', '4k'].includes(made))
    throw unforeseen(`不支持的分辨率 "${made}"。支持的分辨率: 1k, 2k, 4k`);
  if (!ratios.includes(ratio))
    throw unforeseen(
      `在 "${made}" 分辨率下，不支持的比例 "${ratio}"。支持的比例: ${ratios.join(', ')}`,
    );
  const table = model === 'nanobananapro' && made === '4k' ? 'nanobananapro 4k' : made;
  const [width = 0, height = 0] =
    sizes[table]?.split(' ')[ratios.indexOf(ratio)]?.split('x').map(Number) ?? [];
  return { ratio, resolution: made, width, height };
}

function countOf(model: string, prompt: string): number {
  if (/^jimeng-4\.[015]$/.test(model) && /连续|绘本|故事|\d+张/.test(prompt))
    return Math.min(Number(/(\d+)张/.exec(prompt)?.[1] ?? 4), 15);
  return model === 'nanobanana' ? 1 : 4;
}
