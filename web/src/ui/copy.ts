/** Puts text on the clipboard; the older way serves plain http in a local network, where browsers hide the newer one. */
export async function copy(text: string): Promise<boolean> {
        if (navigator.clipboard && window.isSecureContext) {
                try {
                        await navigator.clipboard.writeText(text);
                        return true;
                } catch {
                        // refused: try the older way
                }
        }
        const box = document.createElement('textarea');
        box.value = text;
        box.style.position = 'fixed';
        box.style.opacity = '0';
        document.body.append(box);
        box.select();
        const done = document.execCommand('copy');
        box.remove();
        return done;
}
