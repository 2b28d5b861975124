import type { Order } from '@/api/generated';
import { topic } from '@/ui/topic';

export const orderChanged = topic<Order>();
