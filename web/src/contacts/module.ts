import type { Module } from '@/app/module';
import PersonPanel from './PersonPanel.vue';
import texts from './texts';

export default {
        name: 'contacts',
        texts,
        panels: [{ name: 'contacts', order: 10, component: PersonPanel }],
} satisfies Module;
