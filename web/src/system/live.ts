import { topic } from '@/ui/topic';

/** The doctor has looked. */
export const doctorLooked = topic<void>();
