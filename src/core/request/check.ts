import * as l10n from '@vscode/l10n';
import type { GenerationRequest, ImageRequest, VideoRequest } from './schema.ts';
import type { Region } from './models.ts';
import { checkImage, type CheckedImage } from './check-image.ts';
import { checkVideo, type CheckedVideo } from './check-video.ts';
import { refused, RefusedRequest, type CheckResult, type CheckOptions } from './checked.ts';

/** A request that may be sent: what is sent, and what will come of it. */
export type CheckedRequest = CheckedImage | CheckedVideo;

/**
 * Checks a request before anything is sent: the service replaces what it does not like without a word, and charges.
 * Defaults are added here; nothing is ever read out of the prompt to choose a parameter.
 */
export function check(
  request: ImageRequest,
  region: Region,
  options: CheckOptions,
): CheckResult<CheckedImage>;
export function check(
  request: VideoRequest,
  region: Region,
  options: CheckOptions,
): CheckResult<CheckedVideo>;
export function check(
  request: GenerationRequest,
  region: Region,
  options: CheckOptions,
): CheckResult<CheckedRequest>;
export function check(
  request: GenerationRequest,
  region: Region,
  options: CheckOptions,
): CheckResult<CheckedRequest> {
  return (
    refuse(request) ??
    (request.kind === 'image'
      ? checkImage(request, region, options)
      : checkVideo(request, region, options))
  );
}

/** The same for a request that is about to be sent. Throws RefusedRequest. */
export function accept(
  request: GenerationRequest,
  region: Region,
  options: CheckOptions,
): CheckedRequest {
  const checked = check(request, region, options);
  if (!checked.ok) throw new RefusedRequest(checked.refusal);
  return checked;
}

/** What no request may lack. */
function refuse({ kind, prompt }: GenerationRequest): CheckResult<never> | undefined {
  if (prompt.trim() !== '') return undefined;
  return refused(
    'emptyPrompt',
    kind === 'image'
      ? l10n.t('The prompt is empty. Describe the picture that you want.')
      : l10n.t('The prompt is empty. Describe the video that you want.'),
  );
}
