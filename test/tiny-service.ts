import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import sharp from 'sharp';

interface TinyTask {
  task_id: string;
  type: 'image';
  status: string;
  model: string;
  prompt: string;
  created_at: number;
  updated_at: number;
  result?: object;
}

/**
 * A task service with as little work as possible: two tiny pictures for each task after so many ms, all tasks at once.
 * For tests of what many tasks and many windows do, where the embedded service's drawing would take all the time.
 */
export async function tinyService({ delayMs = 50 } = {}) {
  const picture = await sharp({
    create: { width: 32, height: 24, channels: 3, background: '#48a' },
  })
    .webp()
    .toBuffer();
  const tasks: TinyTask[] = [];
  const requests: string[] = [];
  const answer = (response: ServerResponse, value: unknown) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(value));
  };
  const add = (prompt: string, model = 'jimeng-4.0'): TinyTask => {
    const seconds = Math.floor(Date.now() / 1_000);
    const task: TinyTask = {
      task_id: `t${tasks.length}`,
      type: 'image',
      status: 'processing',
      model,
      prompt,
      created_at: seconds,
      updated_at: seconds,
    };
    tasks.push(task);
    return task;
  };
  const complete = (task: TinyTask) => {
    task.status = 'completed';
    task.result = {
      created: task.created_at,
      data: [1, 2].map(n => ({ url: `${address}/picture/${task.task_id}/${n}` })),
    };
  };
  const unknown = { code: -1000, message: '任务不存在', data: null };
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://localhost');
    requests.push(`${request.method} ${url.pathname}`);
    if (url.pathname.startsWith('/picture')) {
      response.setHeader('content-type', 'image/webp');
      response.end(picture);
    } else if (url.pathname === '/') {
      answer(response, {
        service: 'jimeng-api',
        status: 'running',
        version: 'tiny',
        endpoints: { tasks: '/v1/tasks' },
        demo: true,
      });
    } else if (url.pathname === '/v1/tasks/') {
      const list = tasks.slice(-Number(url.searchParams.get('limit') ?? 100)).reverse();
      answer(response, { tasks: list, total: list.length, storage_mode: 'memory' });
    } else if (request.method === 'GET' && url.pathname.startsWith('/v1/tasks/')) {
      answer(
        response,
        tasks.find(({ task_id: id }) => id === url.pathname.slice('/v1/tasks/'.length)) ?? unknown,
      );
    } else if (url.pathname === '/v1/images/generations') {
      let text = '';
      request
        .setEncoding('utf8')
        .on('data', (chunk: string) => {
          text += chunk;
        })
        .on('end', () => {
          const { model, prompt } = JSON.parse(text) as { model: string; prompt: string };
          const task = add(prompt, model);
          answer(response, { task_id: task.task_id, status: 'pending' });
          setTimeout(() => complete(task), delayMs).unref();
        });
    } else {
      answer(response, unknown);
    }
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: address,
    /** The prompts that arrived, oldest first. */
    get prompts() {
      return tasks.map(({ prompt }) => prompt);
    },
    requests,
    /** A task that stays as it is until `completeAll`. */
    add,
    completeAll() {
      tasks.forEach(complete);
    },
    close: () =>
      new Promise<void>(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
