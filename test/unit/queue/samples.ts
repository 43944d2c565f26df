import type { TaskHead } from '../../../src/core/queue/task.ts';

/** What all tasks have, with values that do not matter. */
export function head(id: string): TaskHead {
  return {
    id,
    createdAt: 1,
    updatedAt: 1,
    request: { kind: 'image', prompt: 'a cute cat' },
    model: 'jimeng-4.0',
    size: '2048×2048',
    mode: 'async',
    service: { url: 'http://127.0.0.1:5100', demo: true },
    region: 'cn',
    folder: 'file:///tmp/pic',
  };
}

export const silentLog = {
  info() {
    /* not looked at */
  },
  debug() {
    /* not looked at */
  },
  warn() {
    /* not looked at */
  },
};
