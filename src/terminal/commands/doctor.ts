import * as l10n from '@vscode/l10n';
import { diagnose } from '../../core/doctor/diagnose.ts';
import { lineOf, problemsIn, type Finding } from '../../core/doctor/finding.ts';
import { writableFinding } from '../../core/doctor/folder.ts';
import { ownAddresses, proxySettingsOf } from '../../core/doctor/network.ts';
import { claimFinding } from '../../core/doctor/service-checks.ts';
import { JimengClient } from '../../core/service/client.ts';
import { parseSessionId, type SessionId } from '../../core/session/session.ts';
import { SILENT_LOG, networkOf } from '../services.ts';
import { exit, readAddress, type Environment } from '../platform/environment.ts';
import { logError, log, logJson } from '../platform/output.ts';
import { outputFolder, whyNotFolder } from '../generation/output-folder.ts';
import { parseCommandLine } from '../platform/usage-error.ts';

/** Its text in `jimeng --help`. */
export const help = (): string =>
  l10n.t(`  jimeng doctor              checks everything between a prompt and a picture; generates nothing
      --claim                claim the daily credits too
      --json`);

/** `jimeng doctor`: one line for each check. Exit code 1 if there is a problem. */
export async function run(args: string[], environment: Environment): Promise<number> {
  const { values } = parseCommandLine({
    args,
    options: {
      json: { type: 'boolean', default: false },
      claim: { type: 'boolean', default: false },
      'allow-http': { type: 'boolean', default: false },
      'api-url': { type: 'string' },
      'session-id': { type: 'string' },
      'output-dir': { type: 'string' },
    },
  });
  const { env } = environment;
  const address = readAddress(values['api-url'], environment);
  const maySend = !address.needsConsent || values['allow-http'];
  const given = values['session-id'] ?? (env['JIMENG_SESSION_ID'] || undefined);
  const session = given === undefined ? undefined : parseSessionId(given);
  const folder = outputFolder(values['output-dir'], environment);
  const clients: JimengClient[] = [];
  const connect = (url: string, own?: SessionId) => {
    const client = new JimengClient({
      address: url,
      network: networkOf(environment),
      log: SILENT_LOG,
      ...(own && { session: own }),
    });
    clients.push(client);
    return client;
  };
  try {
    const claimed =
      values.claim && session?.ok && maySend
        ? [await claimFinding(connect(address.url, session.session))]
        : [];
    const findings: Finding[] = await diagnose({
      versions: `jimeng ${environment.version} · Node.js ${process.versions.node} · ${process.platform} ${process.arch}`,
      address: { ok: true, address },
      connect,
      embedded: false,
      session,
      maySend,
      onCredits: () => Promise.resolve(),
      proxies: proxySettingsOf(env),
      ownAddresses: ownAddresses(),
      folder: async () => {
        const why = await whyNotFolder(values['output-dir'], environment);
        return why === undefined
          ? writableFinding(folder, folder)
          : { kind: 'folder', level: 'problem', sentence: why, fix: 'chooseFolder' };
      },
    });
    findings.push(...claimed);
    const problems = problemsIn(findings);
    if (values.json) {
      logJson({ problems, findings });
    } else {
      for (const finding of findings) log(lineOf(finding));
      if (findings.some(({ fix }) => fix === 'claimCredits') && !values.claim)
        logError(l10n.t('"jimeng doctor --claim" claims the daily credits.'));
    }
    return problems === 0 ? exit.done : exit.failed;
  } finally {
    await Promise.all(clients.map(client => client.close()));
  }
}
