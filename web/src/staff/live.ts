import { topic } from '@/ui/topic';

/** Something of a corp's members, or of how they sign in, changed; our id of the corp. */
export const memberChanged = topic<string>();
/** Somebody's sessions are over; his staff id. */
export const signedOut = topic<string>();
