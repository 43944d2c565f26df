import * as l10n from '@vscode/l10n';
import { startEmbeddedService } from '../../demo/server.ts';
import { exit, type Environment } from '../platform/environment.ts';
import { logError, log } from '../platform/output.ts';
import { parseCommandLine, UsageError, wholeNumber } from '../platform/usage-error.ts';

/** Its text in `jimeng --help`. */
export const help = (): string =>
  l10n.t(`  jimeng serve               the demo service: draws its pictures itself, spends nothing
      --port N --host ADDRESS --max-concurrent N --stock`);

/** `jimeng serve`: the embedded demo service, until Ctrl-C. Prints its address. */
export async function run(args: string[], { dist }: Environment): Promise<number> {
  const { values } = parseCommandLine({
    args,
    options: {
      port: { type: 'string', default: '5100' },
      host: { type: 'string', default: '127.0.0.1' },
      'max-concurrent': { type: 'string', default: '50' },
      stock: { type: 'boolean', default: false },
    },
  });
  const port = wholeNumber('port', values.port, 0, 65_535);
  const service = await startEmbeddedService({
    port,
    host: values.host,
    maxConcurrent: wholeNumber('max-concurrent', values['max-concurrent'], 1, 1_000),
    kind: values.stock ? 'stock' : 'task',
    workerUrl: new URL('drawing-worker.js', dist),
    codecs: new URL('codecs/', dist),
    clips: new URL('clips/', dist),
  }).catch((error: unknown) => {
    throw new UsageError(
      l10n.t('The demo service cannot listen on {0}:{1}: {2}', values.host, port, String(error)),
    );
  });
  log(service.url);
  logError(
    l10n.t(
      'This is the demo service: it draws its pictures itself and spends no credits. Press Ctrl-C to stop it.',
    ),
  );
  await new Promise<void>(resolve => {
    process.once('SIGINT', resolve).once('SIGTERM', resolve);
  });
  await service.close();
  return exit.done;
}
