import { topic } from '@/ui/topic';

/** The id of a person whose name, identities or links changed. */
export const personChanged = topic<string>();
