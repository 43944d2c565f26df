import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Busboy } from '@fastify/busboy';
import type { ReceivedRequest } from '../src/demo/server.ts';

/** The parts of a multipart request, in their order; of a file its name, type and SHA-256. */
export async function partsOf({
  bytes,
  contentType,
}: ReceivedRequest): Promise<[name: string, value: string][]> {
  const found: [string, string][] = [];
  const parser = Busboy({ headers: { 'content-type': contentType } });
  parser.on('field', (name, value) => found.push([name, value]));
  parser.on('file', (name, file, fileName, _encoding, type) => {
    const hash = createHash('sha256');
    file
      .on('data', (chunk: Buffer) => hash.update(chunk))
      .on('end', () => found.push([name, `${fileName} ${type} ${hash.digest('hex')}`]));
  });
  await pipeline(Readable.from([bytes]), parser);
  return found;
}
