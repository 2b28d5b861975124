/* The list of modules: the only place that names them all. */
import aftersales from '@/aftersales/module';
import alarms from '@/alarms/module';
import backfill from '@/backfill/module';
import catalogue from '@/catalogue/module';
import contacts from '@/contacts/module';
import demo from '@/demo/module';
import golive from '@/golive/module';
import groups from '@/groups/module';
import hosting from '@/hosting/module';
import inbox from '@/inbox/module';
import orders from '@/orders/module';
import shops from '@/shops/module';
import staff from '@/staff/module';
import system from '@/system/module';
import type { Module } from './module';

export const modules: Module[] = [inbox, contacts, orders, aftersales, catalogue, groups, shops, golive, backfill, staff, alarms, hosting, system, demo];

const byOrder = (a: { order: number }, b: { order: number }) => a.order - b.order;

export const panels = modules.flatMap((m) => m.panels ?? []).sort(byOrder);
export const places = modules.flatMap((m) => m.places ?? []).sort(byOrder);
export const demoBars = modules.flatMap((m) => (m.demoBar ? [m.demoBar] : []));
export const bars = modules.flatMap((m) => (m.bar ? [m.bar] : []));
