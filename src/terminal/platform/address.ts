import { parseServiceAddress, type ServiceAddress } from '../../core/service/address.ts';
import type { Environment } from './environment.ts';
import { UsageError } from './usage-error.ts';

/** The service that `--api-url` names, else `JIMENG_API_URL`, else the one on this machine. Throws UsageError. */
export function readAddress(
  option: string | undefined,
  { env }: Pick<Environment, 'env'>,
): ServiceAddress {
  const parsed = parseServiceAddress(option ?? env['JIMENG_API_URL'] ?? 'http://localhost:5100');
  if (!parsed.ok) throw new UsageError(parsed.reason);
  return parsed.address;
}
