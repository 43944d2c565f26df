import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { Video } from './videos.ts';

/**
 * Answers with a video, or with the rest of it where one range without an end is asked for, which is how players and
 * downloads go on (RFC 9110, 13.1.5 and 14). Other ranges are answered with the whole, as the RFC allows.
 */
export function sendVideo(
  video: Video | 403 | 404,
  headers: IncomingHttpHeaders,
  response: ServerResponse,
): void {
  if (typeof video === 'number') {
    response.writeHead(video).end();
    return;
  }
  const { bytes, cut } = video;
  const etag = `"${createHash('sha256').update(bytes).digest('base64url')}"`;
  const condition = headers['if-range'];
  const from =
    condition === undefined || condition === etag
      ? /^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1]
      : undefined;
  const start = Number(from ?? 0);
  response.setHeader('accept-ranges', 'bytes').setHeader('etag', etag);
  if (start >= bytes.length) {
    response.writeHead(416, { 'content-range': `bytes */${bytes.length}` }).end();
    return;
  }
  const body = bytes.subarray(start);
  response.writeHead(from === undefined ? 200 : 206, {
    'content-type': 'video/mp4',
    'content-length': body.length,
    ...(from !== undefined && {
      'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}`,
    }),
  });
  if (cut) response.write(body.subarray(0, body.length >> 1), () => response.destroy());
  else response.end(body);
}
