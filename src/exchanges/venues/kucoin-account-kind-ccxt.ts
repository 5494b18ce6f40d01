/** Of which kind a KuCoin account is: its funds and its trades lie elsewhere for each. Source: KuCoin API reference. */
import { badResponse, callEndpoint, type CcxtExchange, isObject, objectAt } from '../ccxt-exchange.ts';

/**
 * Accounts that moved to the fast matching engine, and unified ones, keep their funds elsewhere. ccxt asks for the
 * first when it loads markets with keys, which is never here, and would read such an account as empty.
 */
export const learnAccountKind = async (exchange: CcxtExchange): Promise<void> => {
  const { options } = exchange;
  if (options['uta'] === undefined) {
    const data = objectAt(await callEndpoint(exchange, 'utaPrivateGetAccountMode'), 'data');
    const mode = data?.['selfAccountMode'];
    if (typeof mode !== 'string') throw badResponse();
    options['uta'] = mode === 'UNIFIED';
  }
  if (options['uta'] === false && typeof options['hf'] !== 'boolean') {
    const answer = await callEndpoint(exchange, 'privateGetHfAccountsOpened');
    const opened = isObject(answer) ? answer['data'] : undefined;
    if (typeof opened !== 'boolean') throw badResponse();
    options['hf'] = opened;
  }
};
