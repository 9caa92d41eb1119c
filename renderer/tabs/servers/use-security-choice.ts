import { useSettingsForm } from "../../components/settings-form.tsx";
import { portFor, type UsualPorts } from "./ports.ts";

/** Of the server at this place of the settings: the port follows the security while it is the usual one. */
export function useSecurityChoice(at: string, usual: UsualPorts): (chosen: string) => void {
  const { form } = useSettingsForm();
  return (chosen) => {
    const { security, port } = form.getInputProps(at).value;
    form.setFieldValue(`${at}.security`, chosen);
    form.setFieldValue(`${at}.port`, portFor(usual, port, String(security), chosen));
  };
}
