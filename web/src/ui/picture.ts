/**
 * The address of a picture we may show, or ''. Only our own server's: pictures of other hosts would tell those hosts who looks
 * at which customer, and the server's content security policy forbids them.
 */
export function ownPicture(address: string | null | undefined): string {
        return address && /^(\/(?![/\\])|data:image\/|blob:)/.test(address) ? address : '';
}
