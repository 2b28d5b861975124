import { onScopeDispose } from 'vue';

/** News of one kind: whoever tells does not know who hears. */
export interface Topic<T> {
        tell(news: T): void;
        /** Hears until stopped. */
        hear(ear: (news: T) => void): () => void;
}

export function topic<T>(): Topic<T> {
        const ears = new Set<(news: T) => void>();
        return {
                tell(news) {
                        for (const ear of [...ears]) ear(news);
                },
                hear(ear) {
                        ears.add(ear);
                        return () => ears.delete(ear);
                },
        };
}

/** Hears as long as the component or scope lives. */
export function useTopic<T>(from: Topic<T>, ear: (news: T) => void): void {
        onScopeDispose(from.hear(ear));
}

/** What is on the screen may be out of date as a whole: everyone who shows something fetches it again. */
export const resync = topic<void>();
