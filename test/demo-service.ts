import {
  startEmbeddedService,
  type ReceivedRequest,
  type EmbeddedOptions,
} from '../src/demo/server.ts';
import { built } from './built.ts';

/** The embedded service on a free port, with what arrived at it. Answers at once unless told otherwise. */
export async function demoService(options: Partial<EmbeddedOptions> = {}) {
  const requests: ReceivedRequest[] = [];
  const waiting = new Set<() => void>();
  const service = await startEmbeddedService({
    port: 0,
    delayMs: 0,
    workerUrl: built.drawingWorker,
    codecs: built.codecs,
    clips: built.clips,
    ...options,
    onRequest: request => {
      requests.push(request);
      for (const check of waiting) check();
    },
  });
  /** Resolves when such a request has arrived. */
  const arrived = (method: string, path: string) =>
    new Promise<ReceivedRequest>(resolve => {
      const check = () => {
        const found = requests.find(request => request.method === method && request.path === path);
        if (found) {
          waiting.delete(check);
          resolve(found);
        }
      };
      waiting.add(check);
      check();
    });
  /** The bodies of the generations that arrived, oldest first. */
  const generationBodies = () =>
    requests
      .filter(({ path }) => path.endsWith('/generations'))
      .map(({ bytes }) => JSON.parse(bytes.toString()) as unknown);
  return {
    service,
    url: service.url,
    requests,
    arrived,
    generationBodies,
    close: () => service.close(),
  };
}

export type DemoService = Awaited<ReturnType<typeof demoService>>;
