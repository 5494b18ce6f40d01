/** The two kinds of dialog: a form, and a question before something is done. */
import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import type { Action } from '../use-action.ts';
import { ErrorNotice } from './notices.tsx';
import { useReturnFocus } from './use-return-focus.ts';

interface FormDialogProps {
  readonly title: string;
  readonly submitLabel: string;
  readonly action: Action;
  readonly isDangerous?: boolean;
  /** Keeps the button shut until what is asked for has been typed. */
  readonly isReady?: boolean;
  /** Resolves to whether it worked; then the dialog closes. */
  readonly onSubmit: () => Promise<boolean>;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** Open as long as it is rendered. */
export const FormDialog = (props: FormDialogProps) => {
  const {
    title,
    submitLabel,
    action,
    isDangerous = false,
    isReady = true,
    onSubmit,
    onClose,
    children,
  } = props;
  useReturnFocus();
  const close = (): void => {
    action.forgetError();
    onClose();
  };
  return (
    <Modal opened onClose={close} title={title}>
      <form
        onSubmit={async (event) => {
          event.preventDefault();
          if (isReady && !action.isPending && (await onSubmit())) close();
        }}
      >
        <Stack>
          {children}
          <ErrorNotice error={action.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button
              type="submit"
              loading={action.isPending}
              disabled={!isReady}
              {...(isDangerous && { color: 'red' })}
            >
              {submitLabel}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
};

interface ConfirmDialogProps {
  readonly title: string;
  readonly confirmLabel: string;
  readonly action: Action;
  readonly isDangerous?: boolean;
  /** What has to be typed before it can be done. */
  readonly typed?: string;
  /** The label of a reason that has to be given. */
  readonly reasonLabel?: string;
  readonly onConfirm: (reason: string) => Promise<boolean>;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

const LONGEST_REASON = 200;

export const ConfirmDialog = (props: ConfirmDialogProps) => {
  const { typed, reasonLabel, confirmLabel, onConfirm, children, ...dialog } = props;
  const [typedText, setTypedText] = useState('');
  const [reason, setReason] = useState('');
  const isReady =
    (typed === undefined || typedText === typed) && (reasonLabel === undefined || reason.trim() !== '');
  return (
    <FormDialog
      {...dialog}
      submitLabel={confirmLabel}
      isReady={isReady}
      onSubmit={() => onConfirm(reason.trim())}
    >
      <Text component="div">{children}</Text>
      {reasonLabel !== undefined && (
        <TextInput
          label={reasonLabel}
          required
          maxLength={LONGEST_REASON}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          data-autofocus
        />
      )}
      {typed !== undefined && (
        <TextInput
          label={`Type “${typed}” to confirm`}
          required
          autoComplete="off"
          value={typedText}
          onChange={(event) => setTypedText(event.currentTarget.value)}
          data-autofocus
        />
      )}
    </FormDialog>
  );
};
