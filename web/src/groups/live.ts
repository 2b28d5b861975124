import { topic } from '@/ui/topic';

/** A group was read, or is gone. */
export const groupsChanged = topic<void>();
