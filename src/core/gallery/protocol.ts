import * as z from 'zod/mini';

/** A picture or a video as the gallery shows it. */
export interface GalleryItem {
  /** Its URI: stable for as long as the file is neither moved nor renamed. */
  id: string;
  /** The file's name. */
  name: string;
  /** Its path for people: relative to the workspace. */
  path: string;
  /** The address of the file itself, for the page. It changes when the file does. */
  source: string;
  kind: 'picture' | 'video';
  /** In pixels; missing as long as it is not known, and for what cannot be read. */
  size?: { width: number; height: number };
  bytes: number;
  /** In ms since 1970. */
  modified: number;
  /** Among the pictures of its task, from 1; missing for what was not made here. */
  variation?: number;
  /** A person marked it as one to keep. */
  kept: boolean;
  /** It knows how it was made, so it can be run again from the file alone. */
  remembers: boolean;
}

/** The variations of a task, or a single file that was not made here. */
export interface GalleryGroup {
  /** Stable over updates. */
  key: string;
  /** Of the newest of its items; in ms since 1970. Groups are sorted newest first. */
  time: number;
  prompt?: string;
  model?: string;
  /** What was chosen beside, for people. */
  options: { label: string; value: string; /** They are the person's own. */ words?: true }[];
  /** Drawn by a demo. */
  demo: boolean;
  /** In the order of their variations. Never empty. */
  items: GalleryItem[];
}

/** What the extension sends to the page. */
export type ToPage =
  /** Groups that are new or changed, and keys of those that are gone. `reading`: how many files are still to be read. */
  | { type: 'groups'; changed: GalleryGroup[]; gone: string[]; reading: number }
  /** The folder does not exist, or no folder is open. Sent instead of the first groups; groups may follow. */
  | { type: 'empty'; why: 'noFolder' | 'noPictures'; folder?: string }
  /** Thumbnails that were wanted: an address (a file on disk), or why there is none, as a sentence. */
  | { type: 'thumbnails'; of: { id: string; address?: string; problem?: string }[] }
  /** What became of files, as a sentence. */
  | { type: 'notice'; text: string }
  /** Chosen in the context menu, for what is selected. */
  | { type: 'run'; action: GalleryAction };

/** Commands of the editor that the page can ask for; each is for one item or several. */
export const galleryCommands = [
  'open',
  'reveal',
  'insert',
  'insertForWeb',
  'transform',
  'video',
  'runAgain',
  'showSettings',
  'copyPath',
] as const;
export type GalleryCommand = (typeof galleryCommands)[number];

/** What a person decides about pictures: `delete` goes to the trash where there is one. */
export const decisions = ['keep', 'undecide', 'delete'] as const;
export type Decision = (typeof decisions)[number];

/** What can be done with what is selected; some of it by the page alone. */
export type GalleryAction =
  'fullSize' | 'compare' | 'keepOnly' | 'copyPrompt' | Decision | GalleryCommand;

const Ids = z.array(z.string()).check(z.maxLength(20_000));

/** What the page asks of the extension. */
export const FromPage = z.discriminatedUnion('type', [
  /** It is ready for messages. */
  z.object({ type: z.literal('ready') }),
  /** Visible thumbnails that are not there yet, the most wanted first; those of the last message are not wanted any more. */
  z.object({ type: z.literal('wanted'), ids: Ids }),
  z.object({ type: z.literal('command'), command: z.enum(galleryCommands), ids: Ids }),
  z.object({ type: z.literal('decide'), decision: z.enum(decisions), ids: Ids }),
  z.object({ type: z.literal('copyPrompt'), key: z.string() }),
  z.object({ type: z.literal('generate') }),
]);
export type FromPage = z.infer<typeof FromPage>;
