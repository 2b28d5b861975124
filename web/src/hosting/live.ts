import { topic } from '@/ui/topic';

/** An operator began or ended acting for this merchant. */
export const visitChanged = topic<void>();
