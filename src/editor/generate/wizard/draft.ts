import * as vscode from 'vscode';
import type { Region } from '../../../core/request/models.ts';
import { check, type CheckedRequest } from '../../../core/request/check.ts';
import type { CheckResult } from '../../../core/request/checked.ts';
import type { Choice } from '../../../core/request/option.ts';
import type { OptionName, OptionsOf } from '../../../core/request/option-values.ts';
import type { GenerationRequest, InputImage } from '../../../core/request/schema.ts';

/** The state that the wizard changes. */
export interface Draft {
  request: GenerationRequest;
  mode: 'now' | 'background';
  /** Chosen by the person instead of the setting. */
  folder?: vscode.Uri;
}

/** What a page of the wizard made of a draft. `cancelled`: the person leaves the wizard. */
export interface Changed {
  draft: Draft;
  cancelled?: true;
}

/** Which of these exist depends on the kind of request; the role of inputs is chosen with the inputs. */
export type Options = Omit<OptionsOf<'image'> & OptionsOf<'video'>, 'omniReference'>;

export function title({ request }: Draft): string {
  const { kind, images } = request;
  if (kind === 'video') return vscode.l10n.t('Jimeng: Generate Video');
  if (request.target)
    return vscode.l10n.t(
      'Jimeng: {0}',
      vscode.workspace.asRelativePath(vscode.Uri.parse(request.target.uri)),
    );
  return images
    ? vscode.l10n.t('Jimeng: Transform Image')
    : vscode.l10n.t('Jimeng: Generate Image');
}

/** A person may use a model unknown to this version. Without a prompt only the options are checked. */
export function checkDraft({ request }: Draft, region: Region): CheckResult<CheckedRequest> {
  return check(
    { ...request, prompt: request.prompt.trim() === '' ? '-' : request.prompt },
    region,
    { unknownModels: 'pass' },
  );
}

export function withPrompt(draft: Draft, prompt: string): Draft {
  return { ...draft, request: { ...draft.request, prompt } };
}

export function withOptions(draft: Draft, options: Options): Draft {
  const { kind, prompt, images, ...others } = draft.request;
  const omni = 'omniReference' in others && { omniReference: others.omniReference };
  const target = 'target' in others && { target: others.target };
  return {
    ...draft,
    request: { ...options, kind, prompt, ...(images && { images }), ...omni, ...target },
  };
}

export function optionsOf({ kind, prompt, images, ...options }: GenerationRequest): Options {
  const { omniReference, target, ...rest } = {
    omniReference: undefined,
    target: undefined,
    ...options,
  };
  return rest;
}

/** The draft with one field of its request set or removed. */
export function change(
  draft: Draft,
  field: OptionName | 'images',
  value: Choice['value'] | readonly InputImage[] | undefined,
): Draft {
  const request: Record<string, unknown> = { ...draft.request };
  if (value === undefined) Reflect.deleteProperty(request, field);
  else request[field] = value;
  return { ...draft, request: request as GenerationRequest };
}

/** What will be sent and made, in one line; empty if the options are refused. */
export function outcomeText(checked: CheckResult<CheckedRequest>): string {
  if (!checked.ok) return '';
  if (checked.kind === 'image') {
    const { model, ratio, width, height } = checked.outcome;
    return `${model} · ${ratio} · ${width}×${height}`;
  }
  const { model, ratio, resolution, duration } = checked.outcome;
  return [model, vscode.l10n.t('{0} s', duration), ratio, resolution]
    .filter(part => part !== undefined)
    .join(' · ');
}
