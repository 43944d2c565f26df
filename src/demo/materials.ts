import { MATERIAL_LIMITS, MAX_FRAMES } from '../core/request/video-models.ts';
import type { SentFile } from './body.ts';
import type { ServiceRules } from './session.ts';
import { failed, unforeseen, type ServiceFault } from './envelope.ts';

/** A frame or a reference material: a file in a field of its own, or an address. */
export interface Material {
  field: string;
  address?: string;
}

/** An error that the service only finds when it uploads the materials. */
interface Materials {
  materials: Material[];
  fault?: ServiceFault;
}

/** service-contract, Requests: the stock service limits pictures and videos separately. */
const MAX_REFERENCES = MATERIAL_LIMITS.task.all;
const MAX_VIDEOS = MATERIAL_LIMITS.stock.videos;
const most = { task: MAX_REFERENCES, stock: MATERIAL_LIMITS.stock.all };

/**
 * First and last frame. Files, whatever their field names, come before addresses, which are then lost. Two files with the
 * same name form one invalid entry. Without a first frame nothing is made; a last frame that cannot be loaded is silently
 * dropped.
 */
export function readFrames(files: readonly SentFile[], addresses: readonly unknown[]): Materials {
  if (files.length > MAX_FRAMES || addresses.length > MAX_FRAMES)
    throw unforeseen(
      files.length > MAX_FRAMES
        ? `最多只能上传${MAX_FRAMES}个图片文件`
        : `最多支持${MAX_FRAMES}张输入图片`,
    );
  const fields = [...new Set(files.map(({ field }) => field))];
  const entries =
    fields.length > 0
      ? fields.map(field => ({
          field,
          readable: files.filter(file => file.field === field).length === 1,
        }))
      : addresses
          .filter(address => address !== '')
          .map(address => ({ field: 'file_paths', address, readable: isAddress(address) }));
  return entries[0]?.readable === false
    ? { materials: [], fault: failed('首帧图片上传失败') }
    : {
        materials: entries
          .filter(({ readable }) => readable)
          .map(({ readable, ...material }) => material as Material),
      };
}

/** Reference materials: files, then addresses in fields of the same names, then `file_paths` for the remaining fields. */
export function readReferences(
  body: Record<string, unknown>,
  files: readonly SentFile[],
  addresses: readonly unknown[],
  kind: ServiceRules['kind'],
): Materials {
  const isReference = kind === 'task' ? isReferenceOfTasks : isReferenceOfStock;
  if (
    kind === 'stock' &&
    files.filter(({ field }) => field.startsWith('video_file')).length > MAX_VIDEOS
  )
    throw unforeseen(`全能模式最多上传${MAX_VIDEOS}个视频`);
  if (files.some(({ field }) => !isReferenceOfTasks(field)))
    throw unforeseen(
      '全能模式仅支持 image_file_1~image_file_9、video_file、video_file_1~video_file_9 字段',
    );
  if (addresses.length > MAX_REFERENCES)
    throw unforeseen(`全能模式通过 file_paths/filePaths 最多支持${MAX_REFERENCES}个素材URL`);
  if (files.length > most[kind])
    throw unforeseen(
      kind === 'task'
        ? `全能模式最多上传${MAX_REFERENCES}个素材文件`
        : `全能模式图片+视频总数不超过${most.stock}个`,
    );
  const found = new Map<string, Material>();
  for (const { field } of files) found.set(field, { field }); // the second file with the same name is lost
  for (const [field, address] of Object.entries(body))
    if (isReference(field) && isAddress(address) && !found.has(field))
      found.set(field, { field, address });

  const free = Array.from({ length: MAX_REFERENCES }, (_, n) => `image_file_${n + 1}`).filter(
    field => !found.has(field),
  );
  for (const address of addresses) {
    const field = free.shift() ?? '';
    if (!isAddress(address)) return { materials: [], fault: failed(`${field} URL图片处理失败`) };
    found.set(field, { field, address });
  }
  if (found.size === 0)
    throw unforeseen('全能模式(omni_reference)至少需要上传1个素材文件(图片或视频)或提供素材URL');
  if (found.size > most[kind])
    return { materials: [], fault: failed(`omni_reference 模式最多支持${most[kind]}个素材`) };
  return { materials: [...found.values()] };
}

function isReferenceOfTasks(field: string): boolean {
  return /^(?:image_file_[1-9]|video_file(?:_[1-9])?)$/.test(field);
}

/** A fourth video is silently dropped if it is an address. */
function isReferenceOfStock(field: string): boolean {
  return /^(?:image_file_[1-9]|video_file(?:_[1-3])?)$/.test(field);
}

function isAddress(value: unknown): value is string {
  return typeof value === 'string' && value.startsWith('http');
}
