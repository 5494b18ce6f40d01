/** Everything at a glance: how much there is, and what needs somebody. */
import { linkTo, withQuery } from '../location.ts';
import { formatCount } from '../formats.ts';
import { Answer } from '../parts/notices.tsx';
import { Page, Section } from '../parts/page.tsx';
import { Status, type Tone } from '../parts/status.tsx';
import { useAnswer } from '../use-answer.ts';

interface Tile {
  readonly name: string;
  readonly figure: number;
  readonly link: string;
  /** What is not as it should be. */
  readonly problem?: { readonly tone: Tone; readonly words: string } | undefined;
}

export const OverviewPage = () => {
  const live = useAnswer('GET /api/admin/overview', {});
  return (
    <Page title="Overview">
      <Answer live={live}>
        {({ tenants, accounts, credentials, caller_keys, jobs, deliveries, venues, custody }) => (
          <>
            <Section title="What there is">
              <Tiles
                tiles={[
                  { name: 'Tenants', figure: tenants, link: linkTo('tenants') },
                  { name: 'Accounts', figure: accounts, link: linkTo('accounts') },
                  { name: 'Credentials', figure: credentials, link: linkTo('credentials') },
                  { name: 'Caller keys', figure: caller_keys, link: linkTo('tenants') },
                ]}
              />
            </Section>
            <Section title="How it is">
              <Tiles
                tiles={[
                  {
                    name: 'Venues without trouble',
                    figure: venues.healthy,
                    link: linkTo('venues'),
                    problem:
                      venues.degraded > 0
                        ? { tone: 'bad', words: `${venues.degraded} degraded` }
                        : venues.paused > 0
                          ? { tone: 'warning', words: `${venues.paused} paused` }
                          : undefined,
                  },
                  {
                    name: 'Jobs waiting or running',
                    figure: jobs.waiting + jobs.running,
                    link: linkTo('jobs'),
                    problem: jobs.failing > 0 ? { tone: 'bad', words: `${jobs.failing} failing` } : undefined,
                  },
                  {
                    name: 'Deliveries on their way',
                    figure: deliveries.pending,
                    link: withQuery(linkTo('webhooks'), { state: 'dead' }),
                    problem:
                      deliveries.dead > 0 ? { tone: 'bad', words: `${deliveries.dead} dead` } : undefined,
                  },
                ]}
              />
              <p>
                Custody:{' '}
                {custody.frozen ? (
                  <Status tone="bad">Frozen</Status>
                ) : custody.reachable ? (
                  <Status tone="good">Answers</Status>
                ) : (
                  <Status tone="bad">Does not answer</Status>
                )}
              </p>
            </Section>
          </>
        )}
      </Answer>
    </Page>
  );
};

const Tiles = ({ tiles }: { readonly tiles: readonly Tile[] }) => (
  <ul className="tiles">
    {tiles.map(({ name, figure, link, problem }) => (
      <li key={name}>
        <a className="tile" href={link}>
          <span className="tile-figure">{formatCount(figure)}</span>
          <span className="tile-name">{name}</span>
          {problem !== undefined && <Status tone={problem.tone}>{problem.words}</Status>}
        </a>
      </li>
    ))}
  </ul>
);
