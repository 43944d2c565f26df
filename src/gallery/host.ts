import type { FromPage, ToPage } from '../core/gallery/protocol.ts';

declare function acquireVsCodeApi(): {
  postMessage(message: FromPage): void;
  getState(): unknown;
  setState(state: unknown): void;
};

const editor = acquireVsCodeApi();

export function post(message: FromPage): void {
  editor.postMessage(message);
}

/** What the page kept before a reload. */
export function kept(): unknown {
  return editor.getState();
}

export function keepState(state: unknown): void {
  editor.setState(state);
}

/** Hears what the extension tells, until the returned function is called. */
export function listen(hear: (message: ToPage) => void): () => void {
  const listener = ({ data }: MessageEvent<ToPage>) => hear(data);
  window.addEventListener('message', listener);
  return () => window.removeEventListener('message', listener);
}
