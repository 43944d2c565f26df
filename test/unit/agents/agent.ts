import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { CallToolResultSchema, ListRootsRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import type { TaskResult } from '../../../src/agents/results.ts';
import type { ToolError } from '../../../src/agents/errors.ts';
import { built } from '../../built.ts';

export const session = '0123456789abcdef0123456789abcdef';

/** What a tool answers, whichever. */
export type Answer = Partial<TaskResult> & {
  error?: ToolError;
  tasks?: { task_id: string; status: string; prompt: string; files?: string[] }[];
};

export interface AgentOptions {
  /** The folder that the server is started in; its home and data lie in it too. */
  folder: string;
  url: string;
  env?: Record<string, string>;
  /** The folders that the client calls its roots. */
  roots?: string[];
}

/** An agent: the SDK's own client, with the built program as its server. */
export async function agent({ folder, url, env = {}, roots }: AgentOptions) {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [fileURLToPath(built.cli), 'mcp'],
    cwd: folder,
    stderr: 'pipe',
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: join(folder, 'home'),
      XDG_DATA_HOME: join(folder, '.data'),
      JIMENG_API_URL: url,
      JIMENG_SESSION_ID: session,
      ...env,
    },
  });
  const said: string[] = [];
  transport.stderr?.on('data', (chunk: Buffer) => said.push(chunk.toString()));
  const client = new Client(
    { name: 'test', version: '1' },
    { capabilities: roots ? { roots: {} } : {} },
  );
  if (roots)
    client.setRequestHandler(ListRootsRequestSchema, () => ({
      roots: roots.map(path => ({ uri: pathToFileURL(path).href })),
    }));
  await client.connect(transport);
  const call = async (name: string, input: object = {}, signal?: AbortSignal): Promise<Answer> => {
    const result = await client.request(
      { method: 'tools/call', params: { name: `jimeng_${name}`, arguments: { ...input } } },
      CallToolResultSchema,
      { timeout: 60_000, ...(signal && { signal }) },
    );
    const texts = result.content.map(part =>
      part.type === 'text' ? part.text : `not a text but ${part.type}`,
    );
    said.push(JSON.stringify(result));
    const answer = JSON.parse(texts.join('\n')) as Answer;
    if ((result.isError === true) !== (answer.error !== undefined))
      throw new Error(`isError does not fit: ${JSON.stringify(result)}`);
    return answer;
  };
  return {
    client,
    call,
    transport,
    /** Everything that the server said. */
    said: () => said.join('\n'),
    /** As a client that ends does: closes stdin, and kills the server where that is not enough. */
    close: () => client.close(),
  };
}

export type Agent = Awaited<ReturnType<typeof agent>>;

/** The names in a folder, none where there is no folder. */
export function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}
