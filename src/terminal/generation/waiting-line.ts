import * as l10n from '@vscode/l10n';
import { stripControls } from '../platform/output.ts';

/** What a task at the service is waited for. */
export function waitingFor(status: 'pending' | 'queued' | 'processing'): string {
  return status === 'processing'
    ? l10n.t('The service is working…')
    : l10n.t("Waiting in the service's queue…");
}

/** One line on stderr that shows the elapsed time during a wait; nothing without a terminal. */
export class WaitingLine {
  readonly #began = Date.now();
  #text = '';
  #timer: NodeJS.Timeout | undefined;

  /** Shows `text` and the elapsed minutes and seconds. */
  show(text: string): void {
    if (!process.stderr.isTTY) return;
    this.#text = text;
    this.#draw();
    this.#timer ??= setInterval(() => this.#draw(), 1_000);
  }

  /** Clears the line. */
  end(): void {
    clearInterval(this.#timer);
    if (this.#timer) process.stderr.write('\r\u001b[K');
    this.#timer = undefined;
  }

  #draw(): void {
    const seconds = Math.floor((Date.now() - this.#began) / 1_000);
    process.stderr.write(
      `\r\u001b[K${stripControls(this.#text)} ${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`,
    );
  }
}
