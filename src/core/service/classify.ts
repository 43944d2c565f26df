import type { Failure } from '../task.ts';
import type { FailureKind } from './failures.ts';
import { byUpstreamNumber } from './numbers.ts';

/** What a message says whatever its code: a failed task carries only the text. The first that fits counts. */
const byText: readonly (readonly [RegExp, FailureKind])[] = [
  [/任务不存在/, 'taskNotFound'],
  [/无法取消/, 'notCancellable'],
  [/请检查API文档/, 'routeNotFound'],
  [/不支持模型|不支持的模型|model not supported/i, 'unsupportedModel'],
  [/最多支持\s*\d+\s*张/, 'tooManyPictures'],
  [/headers\.authorization|session id required/i, 'sessionMissing'],
  [/check login error|登录失效|invalid session|authentication failed/i, 'sessionExpired'],
  [/shark (?:not pass|check reject)|风控/i, 'riskControl'],
  [/频率限制/, 'rateLimited'],
  [/疑似存在异常行为/, 'modelRefused'],
  [/prededuct failed/i, 'benefitMissing'],
  [/credits? not enough|积分不足/i, 'noCredits'],
  [/risk not pass|内容违规/i, 'contentRefused'],
  [/Params \S+ invalid/i, 'badParameter'],
  [/超时|timed? ?out/i, 'timedOut'],
];

/** The service's own codes. Source: service-contract, Errors. */
const byCode: Record<number, FailureKind> = {
  [-1]: 'internal',
  [-1000]: 'badParameter',
  [-1001]: 'badParameter',
  [-2000]: 'badParameter',
  [-2001]: 'requestFailed',
  [-2002]: 'sessionExpired',
  [-2003]: 'remoteFile',
  [-2004]: 'remoteFile',
  [-2006]: 'contentRefused',
  [-2007]: 'generationFailed',
  [-2008]: 'videoFailed',
  [-2009]: 'noCredits',
};

/** Answers of a reverse proxy in front of the service. Source: service-contract, Errors. */
const byHttpStatus: Record<number, FailureKind> = { 401: 'requestRefused', 403: 'requestRefused', 404: 'notTheService', 413: 'bodyTooLarge', 429: 'rateLimited' };

/**
 * Finds the kind of an error envelope, or of a failed task by its text alone.
 * The upstream number says most, then the words, then the service's own code. An unknown number is kept and shown.
 */
export function classify(message: string, code?: number): Failure {
  const upstream = /(?:错误码|fail_?code)["'\s:：=]*(-?\d+)/i.exec(message)?.[1];
  const kind = (upstream === undefined ? undefined : byUpstreamNumber[upstream])
    ?? byText.find(([pattern]) => pattern.test(message))?.[1]
    ?? (code === undefined ? undefined : byCode[code])
    ?? 'internal';
  const detail = shorten(message);
  return { kind, ...detail !== '' && { detail }, ...code !== undefined && { code }, ...upstream !== undefined && { upstream } };
}

/** The kind of an HTTP status that is not the service's (which answers 200 to everything). */
export function classifyHttp(status: number): Failure {
  return { kind: byHttpStatus[status] ?? (status >= 500 ? 'gatewayTrouble' : 'notTheService'), detail: `HTTP ${status}` };
}

/** One harmless line of at most 300 characters. */
export function shorten(text: string): string {
  const line = text.replace(/[\s\u0000-\u001f\u007f-\u009f]+/g, ' ').trim();
  return line.length > 300 ? `${line.slice(0, 299)}…` : line;
}
