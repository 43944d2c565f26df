import type { Kind } from '../core/request/option.ts';
import { optionRows } from '../core/request/option-values.ts';

/** An error as the service reports it: HTTP 200 with a negative code (service-contract, Errors). */
export class ServiceFault extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }

  toJSON(): { code: number; message: string; data: null } {
    return { code: this.code, message: this.message, data: null };
  }
}

export const invalid = (field: string) => new ServiceFault(-2000, `Params ${field} invalid`);
/** An error that only shows up while the service works on a request. */
export const failed = (message: string) => new ServiceFault(-2001, `[请求失败]: ${message}`);
/** The services' code for unexpected errors is -1000; only the message says more. */
export const unforeseen = (message: string) => new ServiceFault(-1000, message);
export const unknownTask = (id: string) => unforeseen(`任务不存在: ${id}`);
export const unknownRoute = (method: string, path: string) =>
  unforeseen(`[请求有误]: 请检查API文档确认正确的请求路径，当前请求为 ${method} -> ${path} 请纠正`);

/** Refuses the content of a prompt that says `#refused`. */
export function refuseOnPurpose(prompt: string): void {
  if (prompt.includes('#refused'))
    throw new ServiceFault(-2006, '[内容违规]: risk not pass 错误码: 2038');
}

/** The required type of a field, if it is present; throws ServiceFault. */
export function checkType(
  body: Record<string, unknown>,
  field: string,
  type: 'string' | 'number' | 'boolean',
): void {
  const value = body[field];
  if (
    value !== undefined &&
    (typeof value !== type || (type === 'number' && !Number.isFinite(value)))
  )
    throw invalid(`body.${field}`);
}

/** The same for every option of such a request; a model that is null counts as missing. */
export function checkOptions(body: Record<string, unknown>, kind: Kind): void {
  const types = { text: 'string', number: 'number', boolean: 'boolean' } as const;
  const given = { ...body, model: body['model'] ?? undefined };
  for (const { field, type, sent } of optionRows(kind))
    if (field !== undefined) checkType(given, field, sent === undefined ? types[type] : 'string');
}
