/** Mantine's settings; colours are in console.css, as the page may bring no style of its own at run time. */
import { createTheme, Modal } from '@mantine/core';

export const theme = createTheme({
  respectReducedMotion: true,
  components: {
    // The lock would add a style element, which the page's policy forbids; console.css locks by a selector.
    Modal: Modal.extend({
      defaultProps: {
        lockScroll: false,
        centered: true,
        // Dialogs are gone when they close: parts/use-return-focus.ts does it.
        returnFocus: false,
        closeButtonProps: { 'aria-label': 'Close' },
      },
    }),
  },
});
