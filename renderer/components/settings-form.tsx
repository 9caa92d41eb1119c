/**
 * The form of a settings page: some sections of the settings, edited together and saved as a whole.
 *
 * 1. One source of validation: the settings' own schema, here before saving and in the gateway again.
 * 2. Nothing is saved half: either every value is right, or each wrong one is marked at its field.
 * 3. Settings that were saved elsewhere meanwhile are not overwritten unasked: those of other pages stay, and about
 *    those of this page somebody decides.
 */
import { Alert, Button, Group, List, Modal, Paper, Skeleton, Stack, Text } from "@mantine/core";
import { type UseFormReturnType, useForm } from "@mantine/form";
import { notifications } from "@mantine/notifications";
import { createContext, type ReactNode, useContext, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { SaveSettingsResult, SettingsDocument } from "../../core/api/contract.ts";
import {
  formatSettingProblem,
  type SettingProblem,
  settingProblems,
} from "../../core/model/setting-problems.ts";
import { type Settings, settingsSchema } from "../../core/model/settings.ts";
import { afterPress } from "../state/after-press.ts";
import { problemOf, useAction, useCall } from "../state/calls.ts";
import { useUnsaved } from "../state/leave-guard.ts";
import { splitProblems } from "../state/setting-path.ts";
import { callValue, useTransport } from "../transport/transport-context.tsx";
import { ProblemAlert } from "./problem-alert.tsx";

/** Values of the sections that a page edits. */
// biome-ignore lint/suspicious/noExplicitAny: fields are named by paths, whose types Mantine cannot follow through unions
export type SettingsFormHandle = UseFormReturnType<any>;

export interface SettingsFormState {
  readonly form: SettingsFormHandle;
  /** All settings, with this page's unsaved values: what tests and "Try it" are asked with. */
  readonly unsaved: () => Settings;
}

const FormContext = createContext<SettingsFormState | null>(null);

/** For fields of settings outside of a page's form. */
export const SettingsFormProvider = FormContext.Provider;

export function useSettingsForm(): SettingsFormState {
  const state = useContext(FormContext);
  if (state === null) throw new Error("there is no settings form above this field");
  return state;
}

export interface SettingsFormProps {
  readonly sections: readonly (keyof Settings)[];
  /** Told which fields are wrong when nothing was saved: a page that hides some shows them. */
  readonly onRefused?: (fields: readonly string[]) => void;
  readonly children: ReactNode;
}

export function SettingsForm({ children, ...props }: SettingsFormProps) {
  const { data, error } = useCall("settings", {});
  // What is being edited stays, also when it could not be asked for again.
  if (error && data === undefined) return <ProblemAlert problem={problemOf(error)} />;
  if (data === undefined) return <FormSkeleton />;
  return (
    <LoadedForm latest={data} {...props}>
      {children}
    </LoadedForm>
  );
}

function LoadedForm({
  latest,
  sections,
  onRefused,
  children,
}: SettingsFormProps & { readonly latest: SettingsDocument }) {
  const { t } = useTranslation();
  // What is edited. While there are unsaved changes it stays what they began from, whatever is saved elsewhere:
  // with its revision the gateway notices.
  const [document, setDocument] = useState(latest);
  const savedHere = useRef<string | null>(null);
  const [others, setOthers] = useState<readonly SettingProblem[]>([]);
  const [refused, setRefused] = useState<Readonly<Record<string, unknown>> | null>(null);
  const [elsewhere, setElsewhere] = useState<SettingsDocument | null>(null);
  const transport = useTransport();
  const save = useAction("save-settings", ["settings", "status", "lists"]);

  const whole = (values: Record<string, unknown>, from = document): Record<string, unknown> => ({
    ...from.settings,
    ...values,
  });
  /** Nobody else changed what is edited here. */
  const isUntouched = (now: SettingsDocument): boolean =>
    JSON.stringify(pick(now.settings, sections)) === JSON.stringify(pick(document.settings, sections));
  const problemsOf = (values: Record<string, unknown>): readonly SettingProblem[] => {
    const parsed = settingsSchema.safeParse(whole(values), { reportInput: true });
    return parsed.success ? [] : settingProblems(parsed.error.issues);
  };
  const form = useForm<Record<string, unknown>>({
    initialValues: pick(document.settings, sections),
    validate: (values) => splitProblems(problemsOf(values), sections).fields,
    // A field is judged when it is left.
    enhanceGetInputProps: ({ field, form: { validateField } }) => ({
      onBlur: () => afterPress(String(field), () => validateField(field)),
    }),
  }) as SettingsFormHandle;
  const changed = form.isDirty();
  useUnsaved(changed);

  const beginWith = (next: SettingsDocument, keepChanges: boolean): void => {
    const values = pick(next.settings, sections);
    setDocument(next);
    form.setInitialValues(values);
    if (keepChanges) return;
    form.setValues(values);
    form.resetDirty(values);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: only new settings of the gateway's make the form begin anew
  useEffect(() => {
    if (latest.revision === document.revision) return;
    if (!changed || latest.revision === savedHere.current || isUntouched(latest)) beginWith(latest, changed);
  }, [latest.revision, changed]);
  const refuse = (fields: Readonly<Record<string, unknown>>): void => {
    onRefused?.(Object.keys(fields));
    setRefused(fields);
  };
  // When the fields show their errors. What none of them shows (too many accounts, for instance) is said above them.
  useEffect(() => {
    if (refused === null) return;
    setRefused(null);
    if (showFirstError()) return;
    setOthers(Object.entries(refused).map(([path, message]) => ({ path, message: String(message) })));
  }, [refused]);

  /** Saved elsewhere meanwhile, but nothing of this page: this page's values go into what is there now. */
  const saveOnto = async (
    from: SettingsDocument,
    values: Record<string, unknown>,
  ): Promise<SaveSettingsResult> => {
    const text = JSON.stringify(whole(values, from));
    const result = await save.mutateAsync({ text, revision: from.revision });
    if (result.kind !== "changed-elsewhere" || from !== document) return result;
    const now = await callValue(transport, "settings", {});
    return isUntouched(now) ? saveOnto(now, values) : result;
  };
  const decide = (keepMine: boolean): void => {
    if (elsewhere === null) return;
    setElsewhere(null);
    form.clearErrors();
    beginWith(elsewhere, keepMine);
  };

  const submit = form.onSubmit(async (values: Record<string, unknown>) => {
    const { others: elsewhereWrong } = splitProblems(problemsOf(values), sections);
    setOthers(elsewhereWrong);
    if (elsewhereWrong.length > 0) return;
    const result = await saveOnto(document, values).catch(() => null);
    // The error is shown above the fields.
    if (result === null) return;
    if (result.kind === "invalid") {
      const { fields, others: rest } = splitProblems(result.problems, sections);
      form.setErrors(fields);
      setOthers(rest);
      if (rest.length === 0) refuse(fields);
    } else if (result.kind === "changed-elsewhere") {
      setElsewhere(await callValue(transport, "settings", {}).catch(() => null));
    } else {
      savedHere.current = result.revision;
      form.resetDirty(values);
      notifications.show({ message: t("form.saved") });
    }
  }, refuse);

  return (
    <FormContext.Provider value={{ form, unsaved: () => whole(form.getValues()) as unknown as Settings }}>
      <form onSubmit={submit} noValidate>
        <Stack gap="lg">
          {others.length > 0 && (
            <Alert role="alert" ref={intoView} color="red" title={t("form.wrongElsewhere")}>
              <List size="sm">
                {others.map((problem) => (
                  <List.Item key={problem.path}>{formatSettingProblem(problem)}</List.Item>
                ))}
              </List>
            </Alert>
          )}
          {save.error && (
            <div ref={intoView}>
              <ProblemAlert problem={problemOf(save.error)} />
            </div>
          )}
          {children}
          {changed && (
            <Paper withBorder shadow="sm" p="sm" style={{ position: "sticky", bottom: 12, zIndex: 2 }}>
              <Group justify="space-between">
                <Text size="sm">{t("form.unsaved")}</Text>
                <Group gap="xs">
                  <Button variant="default" onClick={() => form.reset()}>
                    {t("form.revert")}
                  </Button>
                  <Button type="submit" loading={save.isPending}>
                    {t("form.save")}
                  </Button>
                </Group>
              </Group>
            </Paper>
          )}
        </Stack>
      </form>
      <Modal opened={elsewhere !== null} onClose={() => setElsewhere(null)} title={t("form.elsewhereTitle")}>
        <Stack>
          <Text size="sm">{t("form.elsewhere")}</Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={() => decide(true)}>
              {t("form.keepMine")}
            </Button>
            <Button onClick={() => decide(false)}>{t("form.takeTheirs")}</Button>
          </Group>
        </Stack>
      </Modal>
    </FormContext.Provider>
  );
}

/** The button Save stays at the bottom; why nothing was saved stands at the top. */
function intoView(element: HTMLElement | null): void {
  element?.scrollIntoView({ block: "center" });
}

/** Whether there is one. */
function showFirstError(): boolean {
  const field = document.querySelector<HTMLElement>("[aria-invalid='true']");
  field?.focus();
  // A group of choices has an error line, but no field that is wrong.
  const line = field ?? document.querySelector<HTMLElement>(".mantine-InputWrapper-error");
  if (field === null) line?.scrollIntoView({ block: "center" });
  return line !== null;
}

function FormSkeleton() {
  return (
    <Stack maw={640}>
      {["a", "b", "c", "d"].map((key) => (
        <Skeleton key={key} height={52} />
      ))}
    </Stack>
  );
}

function pick(settings: Settings, sections: readonly (keyof Settings)[]): Record<string, unknown> {
  return Object.fromEntries(sections.map((section) => [section, structuredClone(settings[section])]));
}
