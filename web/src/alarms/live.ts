import { topic } from '@/ui/topic';

/** Something was raised, told, sent, or set otherwise. */
export const alarmsMoved = topic<void>();
