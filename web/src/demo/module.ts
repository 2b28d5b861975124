import type { Module } from '@/app/module';
import DemoBar from './DemoBar.vue';
import texts from './texts';

export default { name: 'demo', texts, demoBar: DemoBar } satisfies Module;
