import { pathToFileURL } from 'node:url';
import * as l10n from '@vscode/l10n';
import { RefusedRequest } from '../../core/request/checked.ts';
import { materialsOf } from '../../core/request/materials.ts';
import { assertWritable } from '../../core/doctor/folder.ts';
import { isWeb } from '../../core/inputs/address.ts';
import type { GenerationRequest } from '../../core/request/schema.ts';
import { JimengClient } from '../../core/service/client.ts';
import { JimengError, joinSentences } from '../../core/service/failures/failures.ts';
import { prepare, type PreparedRequest, type PrepareOptions } from '../../core/queue/prepare.ts';
import { openServices, SILENT_LOG, networkOf } from '../services.ts';
import { exit, type Environment } from '../platform/environment.ts';
import { follow } from './follow.ts';
import type { HowToGenerate } from './options.ts';
import { openFile } from '../../core/inputs/open-file.ts';
import { logError, log, logJson } from '../platform/output.ts';
import { assertFolder, outputFolder } from './output-folder.ts';
import { recover } from './recover.ts';
import { findSession } from '../platform/session.ts';
import { UsageError } from '../platform/usage-error.ts';

/** One generation from check to saved pictures. Returns the exit code; throws UsageError and JimengError. */
export async function generate(
  asked: GenerationRequest,
  how: HowToGenerate,
  environment: Environment,
): Promise<number> {
  await assertFolder(how.outputFolder, environment);
  if (how.dryRun) return dryRun(asked, how, environment);
  const session = await findSession(how.sessionId, environment);
  const client = new JimengClient({
    address: how.address.url,
    session,
    network: networkOf(environment),
    log: SILENT_LOG,
  });
  const services = openServices(environment);
  const queue = services.openQueue({ resumes: () => false, account: { client } });
  try {
    const about = await client.about();
    const folder = outputFolder(how.outputFolder, environment);
    const prepared = await prepareHere(asked, how, {
      region: session.region,
      service: { url: how.address.url, demo: about.demo, kind: about.kind },
      folder,
    });
    warn(prepared);
    if (about.kind === 'stock') {
      if (how.async && !how.wait) throw new JimengError({ kind: 'noTasks' });
      if (how.async)
        logError(
          l10n.t(
            'The service at {0} has no tasks: it answers when the result is there, and is waited for.',
            how.address.url,
          ),
        );
    }
    const request = {
      ...prepared,
      ...(how.async && !how.wait && { fetchOnRequest: true as const }),
    };
    await assertWritable(folder); // what could not be saved is not paid for
    const recovered = recover(queue, services, environment);
    return await follow({ services, queue, request, json: how.json }).finally(() => recovered);
  } finally {
    await queue.dispose();
    await services.close();
    await client.close();
  }
}

/** Shows the exact request and what will come of it. Without a session ID the region is taken to be China's. */
async function dryRun(
  asked: GenerationRequest,
  how: HowToGenerate,
  environment: Environment,
): Promise<number> {
  const given = how.sessionId ?? environment.env['JIMENG_SESSION_ID'];
  const session = given === undefined ? undefined : await findSession(given, environment);
  const folder = outputFolder(how.outputFolder, environment);
  const prepared = await prepareHere(asked, how, {
    region: session?.region ?? 'cn',
    service: { url: how.address.url, demo: false },
    folder,
  });
  const { request, checked } = prepared;
  const { body, outcome, warnings } = checked;
  const sent = {
    ...body,
    ...(how.async && { async: true }),
    ...(request.callbackUrl !== undefined && { callback_url: request.callbackUrl }),
    ...shownInputs(request),
  };
  const endpoint = `${how.address.url}/v1/${request.kind === 'video' ? 'videos/generations' : `images/${request.images ? 'compositions' : 'generations'}`}`;
  if (how.json) {
    logJson({
      status: 'dry_run',
      request: { method: 'POST', url: endpoint, body: sent },
      outcome,
      folder,
      warnings: warnings.map(({ message }) => message),
      files: [],
      failed: [],
    });
    return exit.done;
  }
  log(
    `POST ${endpoint}\nAuthorization: Bearer ${session?.masked ?? l10n.t('(no session ID given; the region is taken to be China)')}\n${JSON.stringify(sent, null, 2)}`,
  );
  log(
    checked.kind === 'image'
      ? l10n.t(
          'About {0} pictures of {1}×{2} pixels, saved in {3}. Nothing was sent.',
          checked.outcome.pictures,
          checked.outcome.width,
          checked.outcome.height,
          folder,
        )
      : l10n.t(
          'A video of {0} seconds, saved in {1}. Nothing was sent.',
          checked.outcome.duration,
          folder,
        ),
  );
  if (!how.async)
    logError(
      l10n.t(
        'A service with tasks gets "async": true as well: the task then outlives this command.',
      ),
    );
  warn(prepared);
  return exit.done;
}

/** The fields of the inputs, with what they are read from. */
function shownInputs({ kind, images, ...request }: GenerationRequest): object {
  if (!images) return {};
  if (kind === 'image') return { images: images.map(({ uri }) => uri) };
  const frames = !('omniReference' in request) && images.every(({ uri }) => isWeb(uri));
  return frames
    ? { file_paths: images.map(({ uri }) => uri) }
    : Object.fromEntries(materialsOf(images).map(({ field, uri }) => [field, uri]));
}

/** Throws UsageError with the reason where the check refuses, and JimengError for inputs that the service would not take. */
async function prepareHere(
  request: GenerationRequest,
  { unknownModels }: HowToGenerate,
  { folder, ...where }: Pick<PrepareOptions, 'region' | 'service' | 'folder'>,
): Promise<PreparedRequest> {
  try {
    return await prepare(request, {
      ...where,
      folder: pathToFileURL(folder).href,
      unknownModels,
      openInput: openFile,
    });
  } catch (error) {
    if (!(error instanceof RefusedRequest)) throw error;
    const { kind, message } = error.refusal;
    throw new UsageError(
      kind === 'unknownModel'
        ? joinSentences(
            message,
            l10n.t('Add --allow-unknown-model if it is newer than this version.'),
          )
        : message,
    );
  }
}

function warn({ checked, largeInputs }: PreparedRequest): void {
  for (const { message } of checked.warnings) logError(message);
  for (const name of largeInputs)
    logError(l10n.t('{0} has more than 10 MB; sending it may take a while.', name));
}
