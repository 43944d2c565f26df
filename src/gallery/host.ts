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

/** Listens to the extension, until the returned function is called. */
export function listen(receive: (message: ToPage) => void): () => void {
  const listener = ({ data }: MessageEvent<ToPage>) => receive(data);
  window.addEventListener('message', listener);
  return () => window.removeEventListener('message', listener);
}
