import type { Component, Ref } from 'vue';
import type { RouteRecordRaw } from 'vue-router';
import type { Panel } from '@/inbox/panels';

export interface Texts {
        [key: string]: string | Texts;
}

export interface Place {
        to: string;
        /** Key of the texts. */
        text: string;
        icon: Component;
        /** Small numbers come first. Below 100: daily work, also on the phone's bar; from 100 on: looking after the desk. */
        order: number;
        /** The right it needs: "staff.manage", or "inbox" for any right in that domain. */
        right: string;
        /** A number that calls for somebody. Called once, in the navigation's setup. */
        badge?: () => Ref<string>;
}

/** What a domain offers to the shell. The shell assembles; no domain knows the others' pages. */
export interface Module {
        name: string;
        texts: { zh: Texts; en: Texts };
        routes?: RouteRecordRaw[];
        places?: Place[];
        /** Blocks of the inbox's right column. */
        panels?: Panel[];
        /** A strip above every page; it shows itself when it has something to say. */
        bar?: Component;
        /** A strip above everything, in the demo only. */
        demoBar?: Component;
}
