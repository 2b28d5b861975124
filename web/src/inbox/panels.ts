import type { Component, InjectionKey } from 'vue';

/**
 * A block of the right column, offered by a domain. Its component is given `thread` and may emit `changed` when it did
 * something that changes the thread (the thread is then read again).
 */
export interface Panel {
        name: string;
        order: number;
        component: Component;
}

export const panelsKey: InjectionKey<Panel[]> = Symbol('panels');
