/** Asks the venue for an account's deposits and withdrawals; what it cannot say never fails the sync that asks. */
import type { Actor } from '../../auth/actor.ts';
import type { Catalog } from '../../exchanges/catalog.ts';
import type { ExchangePort, Transfers } from '../../exchanges/exchange.ts';
import { AppError, type ErrorCode } from '../../shared/errors.ts';
import { errorFields, type Logger } from '../../shared/logger.ts';
import type { AccountOrigin } from '../accounts/account.ts';

/** 'none': nobody reports any for this account. 'unknown': asking failed. */
export type ReadTransfers = Transfers | 'none' | 'unknown';

export type TransferReader = (actor: Actor, origin: AccountOrigin) => Promise<ReadTransfers>;

export interface TransferReaderDeps {
  readonly exchanges: Pick<ExchangePort, 'fetchTransfers'>;
  readonly catalog: Pick<Catalog, 'getMarket'>;
  readonly logger: Logger;
}

// A key that may not see them has none to tell, as a venue without such a list; asking again would change nothing.
const NOT_TOLD: ReadonlySet<ErrorCode> = new Set(['not_supported', 'permission_denied']);

export const createTransferReader =
  ({ exchanges, catalog, logger }: TransferReaderDeps): TransferReader =>
  async (actor, origin) => {
    if (origin.kind === 'address') return 'none';
    const { marketCode, credentialId, generation, transfersSince } = origin;
    // Money from outside arrives in the wallet that has deposit addresses; the others are filled from it.
    if (!catalog.getMarket(marketCode).market.flags.depositEnabled) return 'none';
    const { requestId, tenantId } = actor;
    try {
      return await exchanges.fetchTransfers(
        { requestId, purpose: 'sync' },
        { tenantId, credentialId, generation },
        marketCode,
        transfersSince.toISOString(),
      );
    } catch (error) {
      if (error instanceof AppError && NOT_TOLD.has(error.code)) return 'none';
      logger.warn('deposits and withdrawals were not read', { marketCode, requestId, ...errorFields(error) });
      return 'unknown';
    }
  };
