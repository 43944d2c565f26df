import { parseAnswer } from './answers.ts';
import { JimengError } from './failures/failures.ts';
import { foreignLine } from './failures/foreign-text.ts';
import { Points, Received, TokenCheck } from './schemas.ts';
import type { SessionId } from '../session/session.ts';
import type { Transport } from './transport.ts';

/**
 * The service asks the site before it answers, up to four times where it is out of reach (16 s were measured), and only then
 * says why: with the deadline of other calls its true error would never be seen.
 */
const PATIENCE = 3;

/** What is asked of the account behind a session: whether it is accepted, and its credits. */
export class Account {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Whether the site still accepts the session. The only call that has the session ID in its body. The service's no means
   * little (service-contract, Endpoints), so the account is asked for then: throws JimengError with the trouble that is really there.
   */
  async checkToken(session: SessionId): Promise<boolean> {
    const answer = await this.#post('/token/check', session, { token: session.reveal() });
    if (parseAnswer(TokenCheck, answer).live) return true;
    try {
      await this.credits(session);
    } catch (error) {
      if (!(error instanceof JimengError && error.failure.kind === 'sessionExpired')) throw error;
    }
    return false; // the site was reached, and it is its own no
  }

  /** Asked on demand only: frequent calls trigger risk control. @param session instead of the client's */
  async credits(session?: SessionId): Promise<number> {
    return parseAnswer(Points, await this.#post('/token/points', session))[0].points.totalCredit;
  }

  /** Claims the daily credits, which the site gives only at 0. Throws JimengError (`creditsLeft`, `notReceived`) where it gives none. */
  async receiveCredits(): Promise<number> {
    const [
      {
        credits: { totalCredit: left },
        received,
        error,
      },
    ] = parseAnswer(Received, await this.#post('/token/receive'));
    if (received) return left;
    throw new JimengError(
      left > 0 && !error
        ? { kind: 'creditsLeft', detail: String(left) }
        : { kind: 'notReceived', ...(error && { detail: foreignLine(error) }) },
    );
  }

  #post(path: string, session?: SessionId, body: object = {}): Promise<unknown> {
    return this.#transport.call('POST', path, {
      body,
      patience: PATIENCE,
      ...(session && { session }),
    });
  }
}
