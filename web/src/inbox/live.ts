import type { Message, Thread } from '@/api/generated';
import { topic } from '@/ui/topic';

export const threadChanged = topic<Thread>();
export const messageChanged = topic<Message>();
