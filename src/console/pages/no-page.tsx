/** For addresses that lead nowhere. */
import { Anchor } from '@mantine/core';
import { linkTo } from '../location.ts';
import { Page } from '../parts/page.tsx';

export const NoPage = () => (
  <Page title="There is no such page" intro="The address leads nowhere in this console.">
    <Anchor href={linkTo()}>Go to the overview</Anchor>
  </Page>
);
