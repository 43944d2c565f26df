import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import {
  CallToolRequestSchema,
  ErrorCode,
  ListToolsRequestSchema,
  McpError,
} from '@modelcontextprotocol/sdk/types.js';
import * as l10n from '@vscode/l10n';
import { callTool, schemaOf, tools } from '../../agents/tools.ts';
import { McpHost } from '../agents/mcp-host.ts';
import { exit, readAddress, type Environment } from '../platform/environment.ts';
import { parseCommandLine, UsageError, wholeNumber } from '../platform/usage-error.ts';

/** A client that does not report its roots within this time has none. */
const ROOTS_TIMEOUT_MS = 5_000;

/** Its text in `jimeng --help`. */
export const help = (): string =>
  l10n.t(`  jimeng mcp                 tools for Claude Code, Cursor and other agents, over MCP on stdin and stdout
      --api-url URL --allow-http
                             JIMENG_SESSION_ID, JIMENG_API_URL and JIMENG_DAILY_LIMIT (50 generations a day)
                             come from the environment`);

/** `jimeng mcp`: the tools for agents, over the Model Context Protocol on stdin and stdout, until the client closes them. */
export async function run(args: string[], environment: Environment): Promise<number> {
  const { values } = parseCommandLine({
    args,
    options: { 'api-url': { type: 'string' }, 'allow-http': { type: 'boolean', default: false } },
  });
  const address = readAddress(values['api-url'], environment);
  if (address.needsConsent && !values['allow-http'])
    throw new UsageError(
      l10n.t(
        '{0} is another machine, and without https your session ID can be read in transit. Use https, or add --allow-http if you trust the network.',
        address.url,
      ),
    );

  const { server } = new McpServer(
    { name: 'jimeng', title: 'Jimeng', version: environment.version },
    { capabilities: { tools: {} } },
  );
  const clientRoots = async () => {
    if (!server.getClientCapabilities()?.roots) return [];
    const { roots } = await server
      .listRoots(undefined, { timeout: ROOTS_TIMEOUT_MS })
      .catch(() => ({ roots: [] }));
    return roots.map(({ uri }) => uri);
  };
  const dailyLimit = wholeNumber(
    'JIMENG_DAILY_LIMIT',
    environment.env['JIMENG_DAILY_LIMIT'] || '50',
    0,
    1_000,
  );
  const host = new McpHost({ url: address.url, clientRoots, dailyLimit, environment });

  server.setRequestHandler(ListToolsRequestSchema, () => ({
    tools: tools.map(tool => ({
      name: tool.name,
      title: tool.title,
      description: tool.description,
      inputSchema: schemaOf(tool),
      annotations: { title: tool.title, ...tool.annotations },
    })),
  }));
  server.setRequestHandler(CallToolRequestSchema, async ({ params }, { signal }) => {
    const tool = tools.find(({ name }) => name === params.name);
    if (!tool) throw new McpError(ErrorCode.InvalidParams, `There is no tool ${params.name}.`);
    const { text, isError } = await callTool(tool, params.arguments, host, signal);
    return { content: [{ type: 'text', text }], isError };
  });
  await host.begin();
  process.stdout.on('error', () => {
    /* the client is gone; stdin will close too */
  });
  await server.connect(new StdioServerTransport());
  await clientLeft();
  await host.end();
  await server.close();
  return exit.done;
}

/** Resolves when the client closes stdin or requests the end. A second signal ends at once, as Node does by default. */
function clientLeft(): Promise<void> {
  return new Promise(resolve => {
    const leave = () => resolve();
    process.stdin.once('end', leave).once('close', leave);
    process.once('SIGTERM', leave).once('SIGINT', leave);
  });
}
