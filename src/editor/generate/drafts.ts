import type * as vscode from 'vscode';
import * as z from 'zod/mini';
import { GenerationRequest } from '../../core/request/schema.ts';

const key = 'drafts';
const MAX_DRAFTS = 10;

/** Requests of this workspace that were written and not sent, newest first. Invalid ones, as of another version, are left out. */
export function draftsIn(memory: vscode.Memento): GenerationRequest[] {
  const stored = z.safeParse(z.array(z.unknown()), memory.get(key)).data ?? [];
  return stored.flatMap(each => z.safeParse(GenerationRequest, each).data ?? []);
}

/** Keeps what was written; the file of a page that it was for is not kept, as the page asks for it anew. */
export async function keepDraft(memory: vscode.Memento, request: GenerationRequest): Promise<void> {
  if (request.prompt.trim() === '') return;
  const { target, ...draft } = { target: undefined, ...request };
  await memory.update(key, [draft, ...without(draftsIn(memory), request)].slice(0, MAX_DRAFTS));
}

/** It was sent, or discarded. */
export async function forgetDraft(
  memory: vscode.Memento,
  request: GenerationRequest,
): Promise<void> {
  const drafts = draftsIn(memory);
  const rest = without(drafts, request);
  if (rest.length < drafts.length) await memory.update(key, rest);
}

function without(
  drafts: readonly GenerationRequest[],
  { kind, prompt }: GenerationRequest,
): readonly GenerationRequest[] {
  return drafts.filter(draft => draft.kind !== kind || draft.prompt !== prompt);
}
