/**
 * The port through which features reach exchanges. Plain data with units in, plain data out:
 * a credential is named by reference, never by its secret, so nothing here changes whether custody
 * is a child process, a service of its own or, in a unit test, in process.
 *
 * Every method throws AppError with one of: invalid_credentials, permission_denied, ip_not_whitelisted,
 * clock_skew, exchange_refused, insufficient_funds, order_not_found, restricted_location, not_supported,
 * exchange_rate_limited, exchange_error, bad_response, exchange_unavailable, exchange_timeout, custody_unavailable.
 */
import type { CallContext, CredentialRef } from './exchange-call.ts';
import type { DecimalString } from '../shared/money.ts';
import type { MarketPort } from './market-port.ts';
import type { TradePort } from './trade-port.ts';
import type { VenueDataPort } from './venue-data-port.ts';
import type { VenueState } from './venue-state.ts';
import type { WalletPort } from './wallet-port.ts';

/** The exchange keys before sealing. Exists only in the request that brings them, and inside custody. */
export interface ExchangeKeys {
  readonly apiKey: string;
  readonly secret: string;
  readonly passphrase?: string;
  readonly customerId?: string;
  readonly subaccountName?: string;
}

export interface KeyRights {
  /** null: the exchange cannot say. */
  readonly canRead: boolean | null;
  readonly canTrade: boolean | null;
  readonly canWithdraw: boolean | null;
  /** true: the key works from listed addresses only. */
  readonly ipRestricted: boolean | null;
  /** ISO 8601, null: no expiry, or not known. */
  readonly expiresAt: string | null;
  /** Where the answer comes from. */
  readonly source: 'exchange' | 'probe' | 'unknown';
}

/**
 * One asset as held at the venue; exact decimals. `total = free + locked`, less what is owed of it on a margin wallet,
 * so it can be negative; on contract wallets the total includes open profit.
 */
export interface Balance {
  /** Unified asset code, e.g. `BTC`. */
  readonly asset: string;
  readonly free: DecimalString;
  readonly locked: DecimalString;
  readonly total: DecimalString;
}

/** What one market code of a credential holds. */
export interface VenueAccount {
  readonly marketCode: string;
  /** Assets of which anything is held or owed, ordered by asset. */
  readonly balances: readonly Balance[];
  readonly openPositions: number;
  readonly hedgeModeEnabled: boolean;
  /** When the venue answered, ISO 8601. */
  readonly asOf: string;
}

export interface Connection {
  readonly rights: KeyRights;
  /** One for each market code asked for, in the same order. */
  readonly accounts: readonly VenueAccount[];
}

/** An address on a public chain, in the chain's canonical spelling; needs no credential. */
export interface WalletRef {
  readonly marketCode: string;
  readonly address: string;
}

/** Last traded price of a spot market. */
export interface TickerPrice {
  readonly base: string;
  readonly quote: string;
  readonly last: DecimalString;
}

export interface TickerPrices {
  readonly prices: readonly TickerPrice[];
  /** When the venue answered, ISO 8601. */
  readonly asOf: string;
}

/** A deposit or withdrawal that is completed. */
export interface Transfer {
  readonly kind: 'deposit' | 'withdrawal';
  /** The venue's own id, unique with the kind. */
  readonly id: string;
  readonly asset: string;
  /** What arrived, or was sent without the fee. */
  readonly amount: DecimalString;
  /** Of a withdrawal: taken besides its amount. null: none is known. */
  readonly fee: { readonly asset: string; readonly amount: DecimalString } | null;
  /** When it began, ISO 8601. */
  readonly at: string;
}

export interface Transfers {
  /** Oldest first. */
  readonly transfers: readonly Transfer[];
  /** All that began until then is here, ISO 8601. */
  readonly asOf: string;
}

export interface ExchangePort extends MarketPort, TradePort, VenueDataPort, WalletPort {
  /** Opens the keys once and asks the venue: do they work, what may they do, what is there. */
  connect(context: CallContext, ref: CredentialRef, marketCodes: readonly string[]): Promise<Connection>;
  /** What a stored credential holds now. */
  fetchAccount(context: CallContext, ref: CredentialRef, marketCode: string): Promise<VenueAccount>;
  /** Completed deposits and withdrawals that began at `since` (ISO 8601) or later; not_supported where the venue tells none. */
  fetchTransfers(
    context: CallContext,
    ref: CredentialRef,
    marketCode: string,
    since: string,
  ): Promise<Transfers>;
  /** What lies on an address: the chain's coin and the configured tokens. */
  fetchWallet(context: CallContext, wallet: WalletRef): Promise<VenueAccount>;
  /** Last prices of all active spot markets of the venue; needs no credential. */
  fetchPrices(context: CallContext, venueId: string): Promise<TickerPrices>;
  /** Of the venues that were asked something since custody started; asks none. */
  venueStates(): Promise<readonly VenueState[]>;
}

/** A tenant's public sealing key (JWK, OKP X25519) and the id of its row in tenant_keys. */
export interface SealingKey {
  readonly keyId: string;
  readonly publicJwk: { readonly kty: 'OKP'; readonly crv: 'X25519'; readonly x: string };
}

/** Custody beside the exchange calls: makes the tenant's sealing key pair when it has none. */
export interface SealingKeyIssuer {
  ensureTenantKey(tenantId: string): Promise<SealingKey>;
}

/** What was done with exchange keys since custody began; nothing of whose they are. */
export interface CustodyStats {
  /** How many were opened, by purpose of the call. */
  readonly openings: Readonly<Record<string, number>>;
  /** Those that were asked for and not opened. */
  readonly refused: number;
  /** Openings that are left at this moment, of what a minute may have. */
  readonly budgetLeft: number;
}

/** Custody beside the exchange calls: tells operators what it does. */
export interface CustodyReporter {
  ping(): Promise<{ readonly frozen: boolean }>;
  stats(): Promise<CustodyStats>;
}
