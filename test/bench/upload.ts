// What sending ten pictures of 10 MB takes, beside `curl -F`: time and peak memory, each in a process of its own.
import { fork, spawn } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import sharp from 'sharp';
import { check } from '../../src/core/models/check.ts';
import { inspectInputs, loadInputs } from '../../src/core/inputs/inputs.ts';
import { openFile } from '../../src/core/inputs/open-file.ts';
import { JimengClient } from '../../src/core/service/client.ts';
import { direct } from '../../src/core/service/network.ts';
import { parseSessionId } from '../../src/core/session.ts';
import { silentLog } from '../unit/tasks/samples.ts';

const rounds = 5;
const [side, url = '', ...paths] = process.argv.slice(2);
if (side === 'ours') { await send(url, paths); } else { await main(); }

interface Measured { seconds: number; memory: number }

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'jimeng-upload-'));
  let arrived = 0;
  const server = createServer((request, response) => {
    request.on('data', (chunk: Buffer) => { arrived += chunk.length; }).on('end', () => {
      response.end(JSON.stringify(request.method === 'GET' ? { service: 'jimeng-api', endpoints: {} } : { created: 1, data: [{ url: 'http://127.0.0.1/1' }] }));
    });
  });
  try {
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const noise = randomFillSync(Buffer.alloc(1_780 * 1_780 * 3));
    const picture = await sharp(noise, { raw: { width: 1_780, height: 1_780, channels: 3 } }).png({ compressionLevel: 0 }).toBuffer();
    const files = await Promise.all(Array.from({ length: 10 }, async (_, index) => {
      const path = join(folder, `${index}.png`);
      await writeFile(path, picture);
      return path;
    }));
    const results: { ours: Measured[]; curl: Measured[] } = { ours: [], curl: [] };
    for (let round = 0; round < rounds; round++) {
      results.ours.push(await runOurs(address, files));
      results.curl.push(await runCurl(address, files));
    }
    const [ours, curl] = [median(results.ours), median(results.curl)];
    const megabytes = (bytes: number) => (bytes / 1_048_576).toFixed(0);
    console.log(`sending 10 × ${megabytes(picture.length)} MB (${megabytes(arrived / rounds / 2)} MB a request), median of ${rounds}`);
    console.log(`time: ${(ours.seconds / curl.seconds).toFixed(2)} × curl -F   memory above the idle process: ours ${megabytes(ours.memory)} MB, curl ${megabytes(curl.memory)} MB in all`);
  } finally {
    server.close();
    server.closeAllConnections();
    await rm(folder, { recursive: true });
  }
}

async function runOurs(address: string, files: string[]): Promise<Measured> {
  const child = fork(fileURLToPath(import.meta.url), ['ours', address, ...files]);
  const [measured] = await once(child, 'message') as [Measured];
  await once(child, 'exit');
  return measured;
}

async function runCurl(address: string, files: string[]): Promise<Measured> {
  const began = performance.now();
  const child = spawn('curl', ['-s', '-o', '/dev/null', '-F', 'prompt=p', ...files.flatMap(path => ['-F', `images=@${path}`]), `${address}/v1/images/compositions`]);
  let memory = 0;
  const timer = setInterval(() => void peakOf(child.pid).then(peak => { memory = Math.max(memory, peak); }), 5);
  await once(child, 'exit');
  clearInterval(timer);
  return { seconds: (performance.now() - began) / 1_000, memory };
}

/** Sends once, and tells how long it took from looking at the files to the answer, and the memory above that before. */
async function send(address: string, files: string[]): Promise<void> {
  const session = parseSessionId('0123456789abcdef0123456789abcdef');
  const images = files.map(path => ({ uri: pathToFileURL(path).href }));
  const checked = check({ kind: 'image', prompt: 'p', images }, 'cn', { unknownModels: 'refuse' });
  if (!session.ok || !checked.ok) { throw new Error('the request is refused'); }
  const client = new JimengClient({ address, session: session.session, network: direct, log: silentLog });
  await client.about(); // loads what a window has loaded long before
  const before = await peakOf(process.pid);
  const began = performance.now();
  const { images: inspected } = await inspectInputs(images, openFile);
  await client.generate(checked, { async: false, inputs: await loadInputs(inspected, openFile, direct) });
  const seconds = (performance.now() - began) / 1_000;
  process.send?.({ seconds, memory: await peakOf(process.pid) - before } satisfies Measured);
  await client.close();
  process.disconnect();
}

/** The most memory that a process ever had, in bytes. */
async function peakOf(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1_024;
}

function median(measured: Measured[]): Measured {
  const of = (value: (each: Measured) => number) => measured.map(value).sort((a, b) => a - b)[Math.floor(measured.length / 2)] ?? NaN;
  return { seconds: of(({ seconds }) => seconds), memory: of(({ memory }) => memory) };
}
