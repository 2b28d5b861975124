/** Puts one piece of news into what is shown. It must bear being put in twice. */
export type Change<V> = (shown: V) => V;

/**
 * What was heard while an answer is on its way. The server may have written the answer before that news, so the news are
 * put on top of it once more; an answer that is newer than they are brings its own news behind it.
 */
export function useMeanwhile<V>() {
        const open = new Set<Change<V>[]>();
        return {
                heard(change: Change<V>): void {
                        for (const late of open) late.push(change);
                },
                /** For one question: `over` puts the news on its answer; `close` when it ended, in whichever way. */
                begin(): { over: Change<V>; close: () => void } {
                        const late: Change<V>[] = [];
                        open.add(late);
                        return { over: (answer) => late.reduce((shown, change) => change(shown), answer), close: () => void open.delete(late) };
                },
        };
}
