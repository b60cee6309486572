// What a build with a prompt is expected to use, as the server prices the start of it.

import type { components } from '@buildcast/client';
import { ask } from '../api/ask';
import type { Choice } from '../files/choice';

type ProjectSize = components['schemas']['ProjectSize'];

/** What would be built: an earlier project by its last files, or a new one of so many files. */
export type CostTarget = { projectId: string } | { size: ProjectSize | null };

export interface Cost {
  /** Credits that are set aside. */
  credits: number;
  /** Credits that the user has. */
  available: number;
}

/** The size of a choice; of a zip it is not known. */
export function sizeOf(choice: Choice | null): ProjectSize | null {
  if (choice?.kind !== 'folder') return null;
  const count = choice.files.length;
  if (count <= 20) return 'small';
  return count <= 100 ? 'medium' : 'large';
}

/** Rejects as `ask` does. */
export async function costOf(userId: string, target: CostTarget, signal: AbortSignal): Promise<Cost> {
  if ('projectId' in target) {
    const [estimate, account] = await Promise.all([
      ask('post', '/v1/estimate', { body: { userId, operation: 'update', projectId: target.projectId }, signal }),
      ask('get', '/v1/billing/balance/{userId}', { path: { userId }, signal }),
    ]);
    return { credits: estimate.estimatedCredits, available: account.balance.total };
  }
  const body = { userId, operationType: 'main_build' as const, projectSize: target.size };
  const { estimate, balance } = await ask('post', '/v1/billing/check-sufficient', { body, signal });
  // A second of the provider costs a credit.
  return { credits: estimate.estimatedSeconds, available: balance.total };
}
