/** Lower case, full-width letters and digits as the usual ones: as the server compares. Keeps the length. */
function fold(text: string): string {
        return text
                .replace(/[\uff01-\uff5e]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0))
                .replace(/\u3000/g, ' ')
                .replace(/[A-Z]/g, (c) => c.toLowerCase());
}

function words(q: string): string[] {
        return fold(q).split(/\s+/).filter(Boolean);
}

/** The part of a long message around the first word found. */
export function snippet(text: string, q: string, room = 60): string {
        const line = text.replace(/\s+/g, ' ');
        const at = Math.min(...words(q).map((w) => fold(line).indexOf(w)).filter((i) => i >= 0), line.length);
        const from = at > room / 2 && line.length > room ? at - 12 : 0;
        return (from > 0 ? '…' : '') + line.slice(from);
}

export interface Part {
        text: string;
        hit: boolean;
}

/** The text cut where words of the question begin and end. */
export function marked(text: string, q: string): Part[] {
        const folded = fold(text);
        const hit = new Array<boolean>(text.length).fill(false);
        for (const w of words(q)) for (let at = folded.indexOf(w); at >= 0; at = folded.indexOf(w, at + w.length)) hit.fill(true, at, at + w.length);
        const parts: Part[] = [];
        for (let i = 0; i < text.length; i++) {
                const last = parts.at(-1);
                const is = hit[i] ?? false;
                if (last && last.hit === is) last.text += text[i];
                else parts.push({ text: text[i] ?? '', hit: is });
        }
        return parts;
}
