import { topic } from '@/ui/topic';

/** Something about how an account is connected changed; its id. */
export const connectionChanged = topic<string>();
