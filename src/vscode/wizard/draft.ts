import * as vscode from 'vscode';
import type { Region } from '../../core/models/catalogue.ts';
import { check, type Checked } from '../../core/models/check.ts';
import type { ImageRequest } from '../../core/request.ts';

/** What the wizard changes. */
export interface Draft {
  request: ImageRequest;
  mode: 'now' | 'background';
  /** Chosen by the person, instead of the setting. */
  folder?: vscode.Uri;
}

/** Everything of a request but its prompt and its pictures. */
export type Options = Omit<ImageRequest, 'kind' | 'prompt' | 'images'>;

export function title({ request }: Draft): string {
  return request.images ? vscode.l10n.t('Jimeng: Transform Image') : vscode.l10n.t('Jimeng: Generate Image');
}

/** A person may use a model that this version does not know. Without a prompt the options alone are checked. */
export function checkDraft({ request }: Draft, region: Region): Checked {
  return check({ ...request, prompt: request.prompt.trim() === '' ? '-' : request.prompt }, region, { unknownModels: 'pass' });
}

export function withPrompt(draft: Draft, prompt: string): Draft {
  return { ...draft, request: { ...draft.request, prompt } };
}

export function withOptions(draft: Draft, options: Options): Draft {
  return { ...draft, request: { ...options, kind: 'image', prompt: draft.request.prompt, ...draft.request.images && { images: draft.request.images } } };
}

export function optionsOf({ kind, prompt, images, ...options }: ImageRequest): Options {
  return options;
}

/** What will be sent and made, in one line; empty where the options are refused. */
export function outcomeText(checked: Checked): string {
  if (!checked.ok) { return ''; }
  const { model, ratio, width, height } = checked.outcome;
  return `${model} · ${ratio} · ${width}×${height}`;
}
