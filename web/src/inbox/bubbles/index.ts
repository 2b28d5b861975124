/* Which bubble shows which kind. What is not here is shown as unknown, whole and in its raw form. */
import './bubbles.css';
import type { Component } from 'vue';
import BusinessCardBubble from './BusinessCardBubble.vue';
import ChannelsBubble from './ChannelsBubble.vue';
import FileBubble from './FileBubble.vue';
import ImageBubble from './ImageBubble.vue';
import LinkBubble from './LinkBubble.vue';
import LocationBubble from './LocationBubble.vue';
import MenuBubble from './MenuBubble.vue';
import MergedBubble from './MergedBubble.vue';
import MiniprogramBubble from './MiniprogramBubble.vue';
import OrderBubble from './OrderBubble.vue';
import ProductBubble from './ProductBubble.vue';
import TextBubble from './TextBubble.vue';
import UnknownBubble from './UnknownBubble.vue';
import VideoBubble from './VideoBubble.vue';
import VoiceBubble from './VoiceBubble.vue';

export const bubbles: Record<string, Component> = {
        business_card: BusinessCardBubble,
        channels: ChannelsBubble,
        channels_shop_order: OrderBubble,
        channels_shop_product: ProductBubble,
        event: TextBubble,
        file: FileBubble,
        image: ImageBubble,
        link: LinkBubble,
        location: LocationBubble,
        merged_msg: MergedBubble,
        miniprogram: MiniprogramBubble,
        msgmenu: MenuBubble,
        order_share: OrderBubble,
        product_share: ProductBubble,
        text: TextBubble,
        video: VideoBubble,
        voice: VoiceBubble,
};

export function bubbleOf(kind: string): Component {
        return Object.hasOwn(bubbles, kind) ? (bubbles[kind] as Component) : UnknownBubble;
}
