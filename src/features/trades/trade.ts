/** A trade as it is stored: a fill of an order, with what it was worth when it was first seen. */
import type { VenueTrade } from '../../exchanges/trade-port.ts';
import type { DecimalString } from '../../shared/money.ts';

export interface NewTrade extends VenueTrade {
  /** At the prices of storing; null: there was none for `totalAsset`. */
  readonly btcValue: DecimalString | null;
  readonly usdValue: DecimalString | null;
}

export interface Trade {
  readonly id: number;
  readonly exchangeTradeId: string;
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  readonly price: DecimalString;
  readonly amount: DecimalString;
  readonly total: DecimalString;
  /** null: none was told; then there is no `feeCurrency` either. */
  readonly fee: DecimalString | null;
  readonly feeCurrency: string | null;
  readonly tradedAt: Date;
  readonly syncStatus: 'synced' | 'failed';
  readonly createdAt: Date;
}

/** Whose trades are read or stored: those of one wallet of a credential. */
export interface TradeOwner {
  readonly credentialId: string;
  readonly venueId: string;
  readonly marketCode: string;
}
