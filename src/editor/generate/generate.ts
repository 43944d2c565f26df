import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import { optionRows, type OptionsOf } from '../../core/request/option-values.ts';
import type { GenerationRequest, ImageRequest, InputImage } from '../../core/request/schema.ts';
import { checkCredits, recallCredits } from '../session/credits.ts';
import type { Deps } from '../platform/deps.ts';
import { folderOfTarget } from './output-folder.ts';
import { reportError, type Again } from '../platform/show-failure.ts';
import { settings } from '../platform/settings.ts';
import { submit } from './submit.ts';
import { optionsOf, type Draft } from './wizard/draft.ts';
import { wizard, type WizardContext } from './wizard/wizard.ts';
import { draftsIn, forgetDraft, keepDraft } from './drafts.ts';
import { editPrompt } from './edit-prompt.ts';
import { MAX_INPUTS } from '../../core/request/models.ts';
import { MAX_FRAMES, MAX_MATERIALS, videoModels } from '../../core/request/video-models.ts';
import { chosenFiles } from '../platform/files.ts';
import { chooseFiles } from './wizard/images-page.ts';

/** Asks with the wizard filled in, sends, and shows the result. A video takes minutes, so it is left to the background. */
export async function generate(deps: Deps, request: GenerationRequest): Promise<void> {
  const edit: Again['edit'] = changed => generate(deps, changed);
  let draft: Draft = { request, mode: request.kind === 'video' ? 'background' : settings.mode };
  try {
    if (request.kind === 'image' && request.target) {
      const folder = await folderOfTarget(request.target, deps.memory);
      if (!folder) return;
      draft = { ...draft, folder };
    }
    const answer = await wizard(draft, await contextOf(request, deps));
    draft = answer.draft;
    if (answer.next === 'edit') {
      await editPrompt(draft.request);
      return;
    }
    // One that was only looked at is no draft.
    if (answer.next === 'generate' || !isDeepStrictEqual(draft.request, request))
      await keepDraft(deps.workspaceMemory, draft.request);
    if (answer.next === 'generate' && (await submit(draft, deps)))
      await forgetDraft(deps.workspaceMemory, draft.request);
  } catch (error) {
    await reportError(error, deps.log, { request: draft.request, edit });
  }
}

/** Defaults that the person chose in the settings count as chosen. */
export function requestOfSettings(): ImageRequest {
  const chosen = optionRows('image').flatMap(({ name, setting }) => {
    const value = setting && settings.option(name);
    return value === undefined ? [] : [[name, value]];
  });
  return { kind: 'image', prompt: '', ...(Object.fromEntries(chosen) as OptionsOf<'image'>) };
}

async function contextOf(request: GenerationRequest, deps: Deps): Promise<WizardContext> {
  const { kind, prompt, images } = request;
  const { services, sessions, demo } = deps;
  const [session, tasks] = await Promise.all([
    demo.isOn ? demo.session : sessions.get(),
    services.ledger.all(),
  ]);
  const drafts = draftsIn(deps.workspaceMemory).filter(draft => draft.kind === kind);
  const isFresh = prompt === '' && !images && !('target' in request);
  const alike = tasks.filter(({ request }) => request.kind === kind);
  const [newest] = alike;
  const recall = async () => (session && !demo.isOn ? recallCredits(session, deps) : undefined);
  return {
    region: session?.region ?? 'cn',
    presets: services.presets,
    last: newest && optionsOf(newest.request),
    credits: await recall(),
    askCredits: async () => {
      await checkCredits(deps);
      return recall();
    },
    history: [
      ...new Set([...drafts, ...alike.map(task => task.request)].map(earlier => earlier.prompt)),
    ],
    unsent: isFresh ? drafts[0] : undefined,
    discard: draft => forgetDraft(deps.workspaceMemory, draft),
  };
}

/**
 * "Jimeng: Transform Image": with the pictures that are selected in the Explorer or open in the editor, else with some
 * that the person picks.
 */
export async function transformImage(deps: Deps, file: unknown, selected: unknown): Promise<void> {
  const images = chosen(file, selected) ?? (await chooseFiles());
  if (images.length === 0) return;
  if (images.length > MAX_INPUTS) {
    void vscode.window.showErrorMessage(
      vscode.l10n.t('Choose 1 to {0} pictures; {1} are chosen.', MAX_INPUTS, images.length),
    );
    return;
  }
  await generate(deps, { ...requestOfSettings(), images });
}

/**
 * "Jimeng: Generate Video", and "Make a Video from This" with what is selected: one or two pictures are frames; more are
 * materials, which only some models take.
 */
export async function generateVideo(deps: Deps, file: unknown, selected: unknown): Promise<void> {
  const images = chosen(file, selected);
  if (images && images.length > MAX_MATERIALS) {
    void vscode.window.showErrorMessage(
      vscode.l10n.t('Choose 1 to {0} pictures; {1} are chosen.', MAX_MATERIALS, images.length),
    );
    return;
  }
  const model = videoModels.find(({ omniReference }) => omniReference)?.id;
  const materials = images &&
    images.length > MAX_FRAMES && { omniReference: true, ...(model !== undefined && { model }) };
  await generate(deps, { kind: 'video', prompt: '', ...(images && { images }), ...materials });
}

function chosen(file: unknown, selected: unknown): InputImage[] | undefined {
  const pictures = chosenFiles(file, selected).filter(({ path }) =>
    /\.(png|jpe?g|webp)$/i.test(path),
  );
  return pictures.length > 0 ? pictures.map(uri => ({ uri: uri.toString() })) : undefined;
}
