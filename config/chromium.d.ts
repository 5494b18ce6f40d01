export declare const HOW_TO_INSTALL: string;
export declare const findChromium: () => string | undefined;
