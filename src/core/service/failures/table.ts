import * as z from 'zod/mini';
import { accountFailures } from './account.ts';
import { connectionFailures } from './connection.ts';
import { generationFailures } from './generation.ts';
import { pictureFailures } from './pictures.ts';
import { requestFailures } from './request.ts';
import type { FailureRow } from './row.ts';

/** The one table of everything that can go wrong. Sources: service-contract, Errors; seed-skill, Troubleshooting. */
const table = {
  ...accountFailures,
  ...requestFailures,
  ...generationFailures,
  ...connectionFailures,
  ...pictureFailures,
};

export type FailureKind = keyof typeof table;

export const failureKinds = Object.keys(table) as FailureKind[];

/** Why something failed, as data: the ledger keeps it, and `describe()` puts it into words in the reader's language. */
export const Failure = z.object({
  /** A row of the table; a kind that this version does not know is read as `internal`. */
  kind: z.catch(z.enum(failureKinds), 'internal'),
  /** What the service or the system said, without secrets; shown as it is when the kind alone says too little. */
  detail: z.optional(z.string()),
  /** The service's negative `code`, where one came. */
  code: z.optional(z.number()),
  /** The upstream site's number inside the message text, where one was found. */
  upstream: z.optional(z.string()),
});
export type Failure = z.infer<typeof Failure>;

/** What follows from a failure: the columns of its row. */
export function rowOf({ kind }: Pick<Failure, 'kind'>): FailureRow {
  return table[kind];
}

/** The same failure as the answer to a generation that was sent: what refuses nothing leaves in doubt what was charged. */
export function asSent(failure: Failure): Failure {
  return { ...failure, kind: rowOf(failure).afterSending ?? failure.kind };
}
