/** All settings as a file: out without passwords, in after it was said what becomes different. */
import { Alert, Button, FileButton, Group, List, Modal, Stack, Text, Textarea } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { Download, FileUp } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { formatSettingProblem } from "../../../core/model/setting-problems.ts";
import type { Settings } from "../../../core/model/settings.ts";
import { Section } from "../../components/page.tsx";
import { ProblemAlert } from "../../components/problem-alert.tsx";
import { problemOf, useAction, useCall } from "../../state/calls.ts";
import { saveAs } from "../../state/save-as.ts";
import { exportName } from "./data-path.ts";
import { type ImportSummary, summariseImport } from "./import-summary.ts";

export function MoveSettings() {
  const { t } = useTranslation();
  const exporting = useAction("export-settings");
  const { data } = useCall("settings", {});
  const [opened, dialogue] = useDisclosure(false);
  return (
    <Section title={t("server.advanced.move")} help={t("server.advanced.moveHelp")}>
      <Group gap="xs">
        <Button
          variant="default"
          leftSection={<Download size={16} aria-hidden />}
          loading={exporting.isPending}
          onClick={() => exporting.mutate({}, { onSuccess: download })}
        >
          {t("server.advanced.export")}
        </Button>
        <Button variant="default" leftSection={<FileUp size={16} aria-hidden />} onClick={dialogue.open}>
          {t("server.advanced.import")}
        </Button>
      </Group>
      {exporting.error && <ProblemAlert problem={problemOf(exporting.error)} />}
      <Modal opened={opened} onClose={dialogue.close} size="lg" title={t("server.advanced.importTitle")}>
        {data !== undefined && <ImportDialogue current={data.settings} onDone={dialogue.close} />}
      </Modal>
    </Section>
  );
}

function ImportDialogue({ current, onDone }: { readonly current: Settings; readonly onDone: () => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const importing = useAction("import-settings", ["settings", "status", "lists"]);
  const summary = summariseImport(text, current);
  return (
    <Stack>
      <Text size="sm">{t("server.advanced.importText")}</Text>
      <Group>
        <FileButton
          accept="application/json,.json"
          onChange={(file) => void file?.text().then(setText)}
          inputProps={{ "aria-label": t("server.advanced.chooseFile") }}
        >
          {(props) => (
            <Button {...props} variant="default" leftSection={<FileUp size={16} aria-hidden />}>
              {t("server.advanced.chooseFile")}
            </Button>
          )}
        </FileButton>
      </Group>
      <Textarea
        label={t("server.advanced.paste")}
        value={text}
        onChange={({ currentTarget }) => {
          importing.reset();
          setText(currentTarget.value);
        }}
        minRows={4}
        maxRows={8}
        autosize
        spellCheck={false}
        styles={{ input: { fontFamily: "var(--efs-mono)", fontSize: 12 } }}
      />
      <div aria-live="polite">
        <Summary summary={summary} />
      </div>
      {importing.error && <ProblemAlert problem={problemOf(importing.error)} />}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onDone}>
          {t("server.cancel")}
        </Button>
        <Button
          disabled={summary.kind !== "changes"}
          loading={importing.isPending}
          onClick={() =>
            importing.mutate(
              { text },
              {
                onSuccess() {
                  notifications.show({ message: t("server.advanced.imported") });
                  onDone();
                },
              },
            )
          }
        >
          {t("server.advanced.replace")}
        </Button>
      </Group>
    </Stack>
  );
}

function Summary({ summary }: { readonly summary: ImportSummary }) {
  const { t } = useTranslation();
  switch (summary.kind) {
    case "empty":
      return null;
    case "same":
      return <Text size="sm">{t("server.summary.same")}</Text>;
    case "no-json":
      return (
        <Alert color="red" title={t("server.summary.noJson")}>
          <pre className="efs-quote">{summary.message}</pre>
        </Alert>
      );
    case "newer":
      return <Alert color="red" title={t("server.summary.newer", { version: summary.version })} />;
    case "invalid":
      return (
        <Alert color="red" title={t("server.summary.invalid")}>
          <List size="sm">
            {summary.problems.slice(0, 20).map((problem) => (
              <List.Item key={problem.path}>{formatSettingProblem(problem)}</List.Item>
            ))}
          </List>
          {summary.problems.length > 20 && (
            <Text size="sm">{t("server.summary.more", { count: summary.problems.length - 20 })}</Text>
          )}
        </Alert>
      );
    case "changes": {
      const { added, removed, changed, sections } = summary;
      const lines = [
        [added, "added"],
        [changed, "changed"],
        [removed, "removed"],
      ] as const;
      return (
        <Alert color="yellow" title={t("server.summary.title")}>
          <List size="sm">
            {lines.map(([ids, what]) =>
              ids.length === 0 ? null : (
                <List.Item key={what}>{t(`server.summary.${what}`, { list: ids.join(", ") })}</List.Item>
              ),
            )}
            {sections.length > 0 && (
              <List.Item>
                {t("server.summary.sections", {
                  list: sections.map((section) => t(`server.summary.names.${section}`)).join(", "),
                })}
              </List.Item>
            )}
          </List>
        </Alert>
      );
    }
  }
}

/** Through the browser's own saving; nothing leaves this computer. */
function download(settings: Settings): void {
  const text = `${JSON.stringify(settings, null, 2)}\n`;
  saveAs(new Blob([text], { type: "application/json" }), exportName(new Date()));
}
