/**
 * The service for Windows, as a task that starts with the computer. Pure.
 *
 * Why the Task Scheduler, and no service wrapper: Node and Electron cannot be Windows services by themselves, and each
 * wrapper (WinSW, NSSM, node-windows around WinSW) is another program to ship, sign and keep free of holes, some without
 * a release for years. The Task Scheduler is part of every Windows, is maintained with it, and has what is needed: start
 * at boot without anybody logged in, an account with few rights, no time limit, another start when it has ended. What it
 * has not: a way to ask a program to stop. It is ended as by a power cut, which the data folder is made for: what was on
 * disk is delivered at the next start; at most the messages that were just being sent can come twice.
 */
import { SERVICE, type ServiceCommand } from "./service-facts.ts";
import { xmlText } from "./xml-text.ts";

/** LOCAL SERVICE: few rights here, none in the network. By number: its name is another in each language. */
export const LOCAL_SERVICE = "S-1-5-19";

/**
 * 1. Besides the start at boot it is looked after every five minutes: a task that runs is left alone (IgnoreNew), one
 *    that ended is started again. RestartOnFailure alone counts only what could not be started at all.
 * 2. A laptop's battery, idleness and the three days after which tasks are ended by default do not matter to it.
 */
export function windowsTask({ program, args }: ServiceCommand, dataDirectory: string): string {
  return `<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>${xmlText(SERVICE.description)}</Description>
  </RegistrationInfo>
  <Triggers>
    <BootTrigger>
      <Repetition>
        <Interval>PT5M</Interval>
        <StopAtDurationEnd>false</StopAtDurationEnd>
      </Repetition>
      <Enabled>true</Enabled>
    </BootTrigger>
  </Triggers>
  <Principals>
    <Principal id="Author">
      <UserId>${LOCAL_SERVICE}</UserId>
      <RunLevel>LeastPrivilege</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <AllowHardTerminate>true</AllowHardTerminate>
    <StartWhenAvailable>true</StartWhenAvailable>
    <RunOnlyIfNetworkAvailable>false</RunOnlyIfNetworkAvailable>
    <IdleSettings>
      <StopOnIdleEnd>false</StopOnIdleEnd>
      <RestartOnIdle>false</RestartOnIdle>
    </IdleSettings>
    <AllowStartOnDemand>true</AllowStartOnDemand>
    <Enabled>true</Enabled>
    <Hidden>false</Hidden>
    <RunOnlyIfIdle>false</RunOnlyIfIdle>
    <WakeToRun>false</WakeToRun>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <Priority>5</Priority>
    <RestartOnFailure>
      <Interval>PT1M</Interval>
      <Count>255</Count>
    </RestartOnFailure>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>${xmlText(program)}</Command>
      <Arguments>${xmlText(args.map(quoted).join(" "))}</Arguments>
      <WorkingDirectory>${xmlText(dataDirectory)}</WorkingDirectory>
    </Exec>
  </Actions>
</Task>
`;
}

/** As programs of Windows take their command line apart (CommandLineToArgvW). */
function quoted(argument: string): string {
  if (/^[\w:\\./=-]+$/.test(argument)) return argument;
  return `"${argument.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, "$1$1")}"`;
}
