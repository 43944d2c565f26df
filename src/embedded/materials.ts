import type { SentFile } from './body.ts';
import { failed, ServiceFault } from './envelope.ts';

/** A frame or a reference material: a file in a field of its own, or an address. */
export interface Material { field: string; address?: string }

/** The fault is what the service finds out only when it uploads the materials. */
interface Materials { materials: Material[]; fault?: ServiceFault }

const mostFrames = 2;
/** service-contract, Models: `omni_reference`. */
const mostReferences = 9;

/**
 * First and last frame. Files, whatever their fields are called, come before addresses, which are lost beside them. Two
 * files under one name are one entry that cannot be read. Without a first frame nothing is made; a last frame that
 * cannot be had is silently left out.
 */
export function readFrames(files: readonly SentFile[], addresses: readonly unknown[]): Materials {
  if (files.length > mostFrames || addresses.length > mostFrames) { throw new ServiceFault(-1000, `最多支持${mostFrames}张输入图片`); }
  const fields = [...new Set(files.map(({ field }) => field))];
  const entries = fields.length > 0
    ? fields.map(field => ({ field, readable: files.filter(file => file.field === field).length === 1 }))
    : addresses.filter(address => address !== '').map(address => ({ field: 'file_paths', address, readable: isAddress(address) }));
  return entries[0]?.readable === false
    ? { materials: [], fault: failed('首帧图片上传失败') }
    : { materials: entries.filter(({ readable }) => readable).map(({ readable, ...material }) => material as Material) };
}

/** Reference materials: files, then addresses in fields of the same names, then `file_paths` in the places that are left. */
export function readReferences(body: Record<string, unknown>, files: readonly SentFile[], addresses: readonly unknown[]): Materials {
  if (files.some(({ field }) => !isReference(field))) { throw new ServiceFault(-1000, '全能模式仅支持 image_file_1~9、video_file、video_file_1~9 字段'); }
  if (files.length > mostReferences || addresses.length > mostReferences) { throw new ServiceFault(-1000, `全能模式最多${mostReferences}个素材`); }
  const found = new Map<string, Material>();
  for (const { field } of files) { found.set(field, { field }); } // the second file under one name is lost
  for (const [field, address] of Object.entries(body)) {
    if (isReference(field) && isAddress(address) && !found.has(field)) { found.set(field, { field, address }); }
  }
  const free = Array.from({ length: mostReferences }, (_, n) => `image_file_${n + 1}`).filter(field => !found.has(field));
  for (const address of addresses) {
    const field = free.shift() ?? '';
    if (!isAddress(address)) { return { materials: [], fault: failed(`${field} URL图片处理失败`) }; }
    found.set(field, { field, address });
  }
  if (found.size === 0) { throw new ServiceFault(-1000, '全能模式(omni_reference)至少需要1个素材'); }
  if (found.size > mostReferences) { return { materials: [], fault: failed(`omni_reference 模式最多支持${mostReferences}个素材`) }; }
  return { materials: [...found.values()] };
}

function isReference(field: string): boolean {
  return /^(?:image_file_[1-9]|video_file(?:_[1-9])?)$/.test(field);
}

function isAddress(value: unknown): value is string {
  return typeof value === 'string' && value.startsWith('http');
}
