import type { Case } from '@/api/generated';
import { topic } from '@/ui/topic';

export const caseChanged = topic<Case>();
