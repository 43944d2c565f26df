/** An error as the service tells it: HTTP 200 with a negative code (service-contract, Errors). */
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
export const unknownTask = () => new ServiceFault(-1000, '任务不存在');
export const unknownRoute = (method: string, path: string) => new ServiceFault(-1000, `[请求有误]: 正确请求为 ${method} ${path}，请检查API文档`);
