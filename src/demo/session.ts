import { invalid, ServiceFault } from './envelope.ts';

export interface ServiceRules {
  /** `stock` ignores `async` and has no tasks. */
  kind: 'task' | 'stock';
  maxConcurrent: number;
  /** How long a generation takes, in ms. */
  delayMs: number;
  webhookRetriesMs: readonly number[];
}

/** A session as in the Authorization header: `Bearer [proxyURL@][us-|hk-|jp-|sg-]SESSION`; a random one of several. */
export interface Session {
  token: string;
  region: 'cn' | 'us' | 'hk' | 'jp' | 'sg';
}

export function readSession(authorization: string | undefined): Session {
  const tokens =
    authorization
      ?.replace(/^Bearer\s+/i, '')
      .split(',')
      .map(token => token.trim())
      .filter(token => token !== '') ?? [];
  const token = tokens[Math.floor(Math.random() * tokens.length)];
  if (token === undefined) throw invalid('headers.authorization');
  const prefix = /^(us|hk|jp|sg)-/.exec(token.slice(token.lastIndexOf('@') + 1))?.[1];
  return { token, region: (prefix ?? 'cn') as Session['region'] };
}

/**
 * What goes wrong on purpose, so that every failure can be seen and tested: words inside the session ID.
 * | word | what the service then says |
 * |---|---|
 * | `expired` | the session has expired |
 * | `nocredits` | not enough credits |
 * | `risk` | risk control |
 */
const faults = {
  expired: () =>
    new ServiceFault(-2002, '[登录失效]: check login error。请重新获取refresh_token并更新配置'),
  nocredits: () =>
    new ServiceFault(
      -2009,
      '[积分不足]: credits not enough。建议：1)尝试使用1024x1024分辨率，2)检查是否需要购买积分，3)确认账户状态正常',
    ),
  risk: () => new ServiceFault(-2001, '[请求失败]: shark not pass (错误码: 1019)'),
};

/** Throws the error that the session ID asks for. */
export function failOnPurpose({ token }: Session): void {
  for (const [word, fault] of Object.entries(faults)) if (token.includes(word)) throw fault();
}

/** An expired session cannot see the account either. */
export function refuseExpired({ token }: Session): void {
  if (!isLive(token)) throw faults.expired();
}

export function isLive(token: string): boolean {
  return !token.includes('expired');
}

/** The credits of each session, reduced by generations and refilled by the daily gift. */
export class Accounts {
  readonly #credits = new Map<string, number>();

  credits({ token }: Session): number {
    return this.#credits.get(token) ?? (token.includes('nocredits') ? 0 : 10_000);
  }

  /** Throws "not enough credits". */
  spend(session: Session, amount: number): void {
    const left = this.credits(session) - amount;
    if (left < 0) throw faults.nocredits();
    this.#credits.set(session.token, left);
  }

  /** The daily gift, given only at 0. Returns the amount. */
  receive(session: Session): number {
    if (this.credits(session) > 0) return 0;
    this.#credits.set(session.token, 66);
    return 66;
  }
}
