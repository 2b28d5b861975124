import { MessagePlugin } from './td';

/** Short words at the top of the screen. */
export function say(text: string): void {
        void MessagePlugin.success({ content: text, duration: 2500 });
}

export function sayWrong(e: unknown): void {
        void MessagePlugin.error({ content: e instanceof Error ? e.message : String(e), duration: 6000, closeBtn: true });
}
