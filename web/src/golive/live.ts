import { topic } from '@/ui/topic';

/** A shop took a step, a rehearsal ended, or a figure was entered. */
export const goliveMoved = topic<void>();
