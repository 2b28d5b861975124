/* The component library, by the few parts we use. No other file names it. */
import 'tdesign-vue-next/es/style/index.css';

export {
        Button as TButton,
        ConfigProvider as TConfigProvider,
        Dialog as TDialog,
        Dropdown as TDropdown,
        Input as TInput,
        Option as TOption,
        Radio as TRadio,
        RadioGroup as TRadioGroup,
        Select as TSelect,
        Switch as TSwitch,
        Textarea as TTextarea,
        MessagePlugin,
} from 'tdesign-vue-next';
export type { GlobalConfigProvider } from 'tdesign-vue-next';
