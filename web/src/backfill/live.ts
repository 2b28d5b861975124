import { topic } from '@/ui/topic';

/** Some reader went on; at most once a second each. */
export const backfillMoved = topic<string>();
