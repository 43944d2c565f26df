import { readdir, readFile, stat } from 'node:fs/promises';
import { deflateRawSync } from 'node:zlib';
import { built } from '../built.ts';
import { kilobytes, type Row } from './measure.ts';

/** What the codecs weigh in the VSIX, which is one for all platforms. @param vsix where it was packed */
export async function benchSizes(vsix?: string): Promise<Row[]> {
  const sizes = await Promise.all(
    (await readdir(built.codecs)).map(
      async name =>
        deflateRawSync(await readFile(new URL(name, built.codecs)), { level: 9 }).length,
    ),
  );
  const codecs = sizes.reduce((sum, size) => sum + size, 0);
  const of = vsix === undefined ? '' : ` of a VSIX of ${kilobytes((await stat(vsix)).size)}`;
  return [
    {
      what: 'codecs, zipped',
      ours: `${kilobytes(codecs)}${of}`,
      peer: '',
      value: codecs / 1_000,
      reach: 500,
      better: 'less',
      unit: ' KB',
    },
  ];
}
