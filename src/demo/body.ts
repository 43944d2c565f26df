import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Busboy } from '@fastify/busboy';
import { optionRows } from '../core/request/option-values.ts';
import { invalid, unforeseen } from './envelope.ts';

/** service-contract, Requests: at most 100 MB a request. */
const MAX_BODY_BYTES = 100 * 1024 * 1024;

export async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  if (size > MAX_BODY_BYTES)
    throw unforeseen(
      `options.maxTotalFileSize (${MAX_BODY_BYTES} bytes) exceeded, received ${size} bytes of file data`,
    );
  return Buffer.concat(chunks);
}

/**
 * The service rewrites a JSON text before parsing it (service-contract, Requests): some spaces become plain ones, byte
 * order marks and trailing commas are removed.
 */
export function readJson(bytes: Buffer): Record<string, unknown> {
  const text = bytes
    .toString('utf8')
    .replace(/[\u2000-\u200b\u00a0]/g, ' ')
    .replace(/\ufeff/g, '')
    .replace(/,(\s*[}\]])/g, '$1');
  try {
    const value: unknown = text.trim() === '' ? {} : JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
  } catch {
    /* reported below */
  }
  throw unforeseen('无效的JSON格式: Unexpected token');
}

/** A file of a multipart body. */
export interface SentFile {
  field: string;
  bytes: Buffer;
}

/** The fields and files of a JSON or multipart body, in order. In multipart, everything but a file is a string. */
export async function readBody({
  bytes,
  contentType,
}: {
  bytes: Buffer;
  contentType: string;
}): Promise<{ fields: Record<string, unknown>; files: SentFile[] }> {
  if (!/^multipart\/form-data\b/i.test(contentType)) return { fields: readJson(bytes), files: [] };
  const texts: [string, string][] = [];
  const files: SentFile[] = [];
  try {
    const parser = Busboy({ headers: { 'content-type': contentType } });
    parser.on('field', (name, value) => texts.push([name, value]));
    parser.on('file', (field, file) => {
      const chunks: Buffer[] = [];
      file
        .on('data', (chunk: Buffer) => chunks.push(chunk))
        .on('end', () => files.push({ field, bytes: Buffer.concat(chunks) }));
    });
    await pipeline(Readable.from([bytes]), parser);
  } catch {
    throw unforeseen('MultipartParser.end(): stream ended unexpectedly');
  }
  return {
    fields: Object.fromEntries(texts.map(([name, value]) => [name, typed(name, value)])),
    files,
  };
}

/** Numbers and booleans arrive as strings. */
function typed(name: string, value: string): unknown {
  const { type, integer, sent } = optionRows().find(({ field }) => field === name) ?? {};
  if (name === 'async' || (type === 'boolean' && sent === undefined)) {
    if (value !== 'true' && value !== 'false') throw invalid(`body.${name}`);
    return value === 'true';
  }
  if (type !== 'number') return value;
  return integer ? parseInt(value, 10) : Number(value);
}
