// Typed lint rules. Biome owns formatting; this file owns everything that needs the type checker.
import tseslint from 'typescript-eslint';

const money = [
  {
    selector: "CallExpression[callee.name='Number']",
    message: 'Amounts are decimal strings: use shared/money.ts.',
  },
  {
    selector: "CallExpression[callee.name='parseFloat']",
    message: 'Amounts are decimal strings: use shared/money.ts.',
  },
  {
    selector: "CallExpression[callee.property.name='toFixed']",
    message: 'Amounts are decimal strings: use shared/money.ts.',
  },
];

const rules = {
  '@typescript-eslint/no-floating-promises': ['error', { checkThenables: true }],
  '@typescript-eslint/switch-exhaustiveness-check': 'error',
  '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
  '@typescript-eslint/consistent-type-imports': 'error',
  '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
  'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
  'no-restricted-syntax': ['error', { selector: 'ExportDefaultDeclaration', message: 'Use named exports.' }],
};

export default tseslint.config(
  {
    ignores: [
      'dist/**',
      'node_modules/**',
      '.countersign/**',
      'coverage/**',
      'config/**/*.js',
      'config/**/*.cjs',
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts'],
    ignores: ['src/console/**', 'src/api-page/**'],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: {
        project: './config/tsconfig.check.json',
        tsconfigRootDir: `${import.meta.dirname}/..`,
      },
    },
    rules,
  },
  {
    files: ['src/features/**/*.ts', 'src/exchanges/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', ...money] },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/config/env.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Only src/config/env.ts reads the environment.' },
      ],
    },
  },
  {
    files: ['src/console/**/*.{ts,tsx}', 'src/api-page/**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: {
        project: './config/tsconfig.console.json',
        tsconfigRootDir: `${import.meta.dirname}/..`,
      },
    },
    rules: {
      ...rules,
      // Event handlers of React may be async: each of ours shows its own failure.
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
    },
  },
  // Written by `npm run docs`, as long as the API is wide.
  { files: ['src/sdk/api-types.ts', 'src/console/api-types.ts'], rules: { 'max-lines': 'off' } },
  { files: ['knexfile.ts'], rules: { 'no-restricted-syntax': 'off' } },
);
