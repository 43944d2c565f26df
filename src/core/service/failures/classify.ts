import { foreignLine } from './foreign-text.ts';
import { asSent, type Failure, type FailureKind } from './table.ts';

type Words = readonly (readonly [RegExp, FailureKind])[];

/**
 * Words that identify an error regardless of what surrounds them: forks use other codes (service-contract, Errors), and a
 * failed task only has the text. The first match counts.
 */
const byWords: Words = [
  [/任务不存在/, 'taskNotFound'],
  [/无法取消/, 'notCancellable'],
  [/请检查API文档/, 'routeNotFound'],
  [/\[SessionRateLimiter\]/, 'limiterFull'],
  [/历史ID|记录(?:ID)?不存在|无法提取任何\S*URL|未能获取视频URL/i, 'resultInHistory'],
  [/不支持模型|不支持的模型|国内站不支持|model not supported/i, 'unsupportedModel'],
  [
    /最多(?:只能)?(?:支持|上传)\s*\d+\s*[张个]|最多支持\d+个素材|总数不超过\s*\d+/,
    'tooManyPictures',
  ],
  [/headers\.authorization|session id required/i, 'sessionMissing'],
  [
    /check login error|登录失效|token已失效|invalid session|authentication failed/i,
    'sessionExpired',
  ],
  [/prededuct failed/i, 'benefitMissing'], // the service guesses at causes, risk control among them
  [/shark (?:not pass|check reject)|风控/i, 'riskControl'],
  [/频率限制/, 'rateLimited'],
  [/疑似存在异常行为/, 'modelRefused'],
  [/credits? not enough|积分不足/i, 'noCredits'],
  [/risk not pass|detected risk|内容违规|图片内容检测未通过|合规问题/i, 'contentRefused'],
  [/^(?!.*EACCES).*permission denied/is, 'serviceOutdated'],
  [
    /下载(?:图片|视频)失败|上传失败: (?:Request failed with status code|getaddrinfo|Invalid URL)|URL\S*处理失败/i,
    'remoteFile',
  ],
  [/上传|素材处理失败|_file\S* 处理失败|未识别到有效素材/, 'uploadFailed'],
];

/** Words that say less than the site's number next to them. */
const byWeakWords: Words = [
  [
    /Params \S+ invalid|不支持的?(?:参数|分辨率|比例)|格式不正确|参数格式错误|缺少|至少需要|必须是整数|仅支持|秒时长|无效的JSON格式/i,
    'badParameter',
  ],
  [/invalid parameter/i, 'unfitParameter'],
  [/视频生成失败/, 'videoFailed'],
  [/生成失败|图生图失败/, 'generationFailed'],
  // What axios and Node report when the service cannot reach the site, and the service's own wording.
  [
    /\bE(?:CONN(?:REFUSED|RESET|ABORTED)|TIMEDOUT|NOTFOUND|AI_AGAIN|PIPE|NETUNREACH|HOSTUNREACH)\b|socket hang up|proxy connection|status code \d{3}|网络错误|网络请求失败|服务器错误|超时|timed? ?out|timeout/i,
    'siteUnreachable',
  ],
];

/** Numbers of the upstream site inside the message text. Source: service-contract, Errors. */
export const byUpstreamNumber: Record<string, FailureKind> = {
  1015: 'sessionExpired',
  34010105: 'sessionExpired',
  1019: 'riskControl',
  '-4': 'riskControl',
  '-6': 'riskControl',
  4013: 'modelRefused',
  4010: 'faceCheck',
  4001: 'contentRefused',
  2038: 'contentRefused',
  2047: 'contentRefused',
  2003: 'contentRefused',
  1017: 'siteGaveUp',
  3018: 'serviceOutdated',
  1000: 'unfitParameter',
  4002: 'badParameter',
  5000: 'noCredits',
  1006: 'noCredits',
  5001: 'benefitMissing',
  5002: 'videoFailed',
};

/** The service's own codes. Source: service-contract, Errors. -1000 is whatever it did not foresee: only the words tell. */
const byCode: Record<number, FailureKind> = {
  [-1]: 'internal',
  [-1000]: 'internal',
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

/**
 * What a gateway, or a proxy in front of the service, refuses before the service sees it. Source: service-contract,
 * Errors.
 */
const byHttpStatus: Record<number, FailureKind> = {
  400: 'requestRefused',
  401: 'requestRefused',
  402: 'requestRefused',
  403: 'requestRefused',
  404: 'notTheService',
  405: 'requestRefused',
  413: 'bodyTooLarge',
  414: 'requestRefused',
  415: 'requestRefused',
  422: 'requestRefused',
  429: 'rateLimited',
  431: 'requestRefused',
};

/** Whether the meaning of one of the site's numbers is known. */
export function isKnownNumber(number: string): boolean {
  return Object.hasOwn(byUpstreamNumber, number);
}

/**
 * Finds the kind of an error envelope, or of a failed task by its text alone. An unknown number is kept and shown.
 * @param sent it is what became of a generation
 */
export function classify(message: string, code?: number, sent = false): Failure {
  const upstream = /(?:错误码|fail_?code|\bret\b)["'\s:：=]*(-?\d+)/i.exec(message)?.[1];
  const kind =
    kindOf(message, byWords) ??
    (upstream === undefined ? undefined : byUpstreamNumber[upstream]) ??
    kindOf(message, byWeakWords) ??
    (upstream !== undefined && (code === undefined || code === -2001)
      ? 'siteRefused'
      : undefined) ??
    (code === undefined ? undefined : byCode[code]) ??
    'internal';
  const failure = {
    kind,
    ...detailOf(message),
    ...(code !== undefined && { code }),
    ...(upstream !== undefined && { upstream }),
  };
  return sent ? asSent(failure) : failure;
}

/**
 * The kind of an answer that is not the service's, by its HTTP status: the service always answers 200.
 * @param said a readable message that came with it
 * @param sent it is the answer to a generation: only a clear refusal says that nothing was charged
 */
export function classifyHttp(status: number, said = '', sent = false): Failure {
  const detail =
    foreignLine(said) === '' ? `HTTP ${status}` : `${foreignLine(said)} (HTTP ${status})`;
  const byMessage = kindOf(said, byWords);
  if (byMessage) return { kind: byMessage, detail };
  const refusal = byHttpStatus[status];
  if (refusal) return { kind: refusal, detail };
  if (status >= 500) return { kind: sent ? 'gatewayTrouble' : 'noAnswer', detail };
  return { kind: sent ? 'outcomeUnknown' : 'notTheService', detail };
}

function kindOf(message: string, words: Words): FailureKind | undefined {
  return words.find(([pattern]) => pattern.test(message))?.[1];
}

function detailOf(message: string): { detail?: string } {
  const detail = foreignLine(message);
  return detail === '' ? {} : { detail };
}
